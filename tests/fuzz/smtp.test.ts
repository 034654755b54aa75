import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { seededRandom } from "../../src/base/random.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { ClientTransaction } from "../../src/protocol/smtp/client-transaction.ts";
import { handshakeHeard, startHandshake } from "../../src/protocol/smtp/client-handshake.ts";
import { NO_CAPABILITIES } from "../../src/protocol/smtp/capabilities.ts";
import { ReplyReader } from "../../src/protocol/smtp/reply-codec.ts";
import { startSmtpServer } from "../../src/server/smtp/server.ts";
import { downgrade } from "../../src/server/outbound/smtp/downgrade.ts";
import { createAcceptingHouse } from "../conversations/accepting-house.ts";
import { createMemoryWorld, settle } from "../conversations/memory-world.ts";

const AT = { address: "10.66.0.21", port: 25 };
const WORDS = [
  "EHLO a",
  "HELO b",
  "MAIL FROM:<a@b.c>",
  "MAIL FROM:<> SIZE=9 BODY=BINARYMIME",
  "RCPT TO:<d@e.f>",
  'RCPT TO:<"a>b"@c>',
  "DATA",
  "BDAT 3",
  "BDAT 9999999999 LAST",
  "BDAT 2 LAST",
  "RSET",
  "AUTH PLAIN",
  "AUTH SCRAM-SHA-256 biwsbj1hLHI9eA==",
  "*",
  ".",
  "x",
  "\r\n",
  "\n",
  "\r",
  "\r\n.\r\n",
  "\0",
  "é",
  "STARTTLS",
  "VRFY x",
  "\r\n",
  "\r\n",
  "A".repeat(3000),
];

/** A session's worth of half-sense, from a number. */
function nonsense(seed: number): Buffer {
  const random = seededRandom(seed);
  const words = Array.from(
    { length: 1 + random.integer(30) },
    () => WORDS[random.integer(WORDS.length)] + (random.integer(2) === 0 ? "\r\n" : ""),
  );
  return random.integer(10) === 0
    ? Buffer.from(random.bytes(random.integer(2000)))
    : Buffer.from(words.join(""));
}

test(
  "10,000 malformed sessions leave the server up, answering, and empty",
  { timeout: 120_000 },
  async () => {
    const world = createMemoryWorld();
    const journal = createJournal(world.clock, 1000);
    const recorder = journal.recorder("mx");
    const { reception, taken } = createAcceptingHouse();
    const server = await startSmtpServer({
      world,
      recorder,
      endpoint: AT,
      service: "smtp",
      hostname: "mx",
      reception,
      auth: () => true,
      allowPlaintextAuth: true,
    });
    const sessions = async (from: number, to: number): Promise<number> => {
      for (let seed = from; seed < to; seed += 100) {
        for (let one = seed; one < seed + 100; one++) {
          const connection = await world.network.connect(AT, { timeoutMs: 1 });
          let text = "";
          connection.attach({
            data: (bytes) => (text += Buffer.from(bytes).toString("latin1")),
            end: () => connection.end(),
            closed() {},
          });
          const bytes = nonsense(one);
          const cut = one % (bytes.length + 1);
          connection.write(bytes.subarray(0, cut));
          connection.write(bytes.subarray(cut));
          connection.end();
          void text;
        }
        await settle(40);
        taken.length = 0;
      }
      await world.clock.advance(400_000);
      return process.memoryUsage().heapUsed;
    };
    const before = await sessions(0, 2000);
    const after = await sessions(2000, 10_000);
    assert.equal(server.connections, 0);
    assert.ok(after - before < 60_000_000, `${after - before} bytes more`);
    assert.ok(!journal.read().some((event) => event.kind === "warning" && event.what === "bug"));
  },
);

test("any cutting of a session gives the same transcript", async () => {
  const transcript = async (bytes: Buffer, cuts: readonly number[]): Promise<string> => {
    const world = createMemoryWorld();
    const { reception, taken } = createAcceptingHouse();
    await startSmtpServer({
      world,
      recorder: createJournal(world.clock, 100).recorder("mx"),
      endpoint: AT,
      service: "smtp",
      hostname: "mx",
      reception,
    });
    const connection = await world.network.connect(AT, { timeoutMs: 1 });
    let text = "";
    connection.attach({
      data: (part) => (text += Buffer.from(part).toString("latin1")),
      end: () => connection.end(),
      closed() {},
    });
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      connection.write(bytes.subarray(from, from + cut));
      from += cut;
    }
    await settle(80);
    return text + JSON.stringify(taken);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.nat(100_000),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }),
      async (seed, cuts) => {
        const bytes = nonsense(seed);
        assert.equal(await transcript(bytes, cuts), await transcript(bytes, []));
      },
    ),
    { numRuns: 150 },
  );
});

const REPLIES = fc.array(
  fc.constantFrom(
    "250 ok",
    "250-x",
    "354 go",
    "421 no",
    "550 5.1.1 no",
    "334 ",
    "220 hi",
    "\r\n",
    "\r\n",
    "999",
    "2",
    "\0",
  ),
  { maxLength: 30 },
);

test("no server makes the client's side throw or run away", () => {
  fc.assert(
    fc.property(REPLIES, fc.boolean(), fc.boolean(), (words, pipelining, chunking) => {
      const reader = new ReplyReader();
      reader.push(Buffer.from(words.join("")));
      const message = {
        reversePath: "",
        recipients: [{ address: "a@b" }, { address: "c@d" }],
        body: "7BIT",
        smtputf8: false,
        sizeBytes: 1,
      } as const;
      const transaction = new ClientTransaction(
        message,
        { ...NO_CAPABILITIES, pipelining, chunking },
        words.length % 2 === 0,
      );
      let handshake = startHandshake(
        { hostname: "a", protocol: "smtp", tls: "may", secrets: undefined },
        false,
      );
      transaction.start(false);
      let isDone = false;
      for (let read = reader.next(); read?.kind === "reply"; read = reader.next()) {
        [handshake] = handshakeHeard(handshake, read.reply);
        if (isDone) continue;
        const move = transaction.heard(read.reply);
        isDone = move.kind === "done";
        if (move.kind === "done") assert.equal(move.result.replies.length, 2);
      }
    }),
    { numRuns: 2000 },
  );
});

test("downgrading never throws, and what it gives is 7-bit", () => {
  const parts = fc.array(
    fc.constantFrom(
      "Content-Type: multipart/mixed; boundary=b",
      "Content-Type: text/plain",
      "Content-Type: image/png",
      "Content-Transfer-Encoding: 8bit",
      "\r\n",
      "\r\n\r\n",
      "--b",
      "--b--",
      "\xe9",
      "x".repeat(200),
      "a=b ",
    ),
  );
  fc.assert(
    fc.property(parts, (words) => {
      const result = downgrade(Buffer.from(words.join(""), "latin1"));
      if (result !== undefined) assert.ok(result.every((byte) => byte < 128));
    }),
    {
      numRuns: 2000,
      // Text on the boundary's own line, which makes it no boundary.
      examples: [[["Content-Type: multipart/mixed; boundary=b", "\r\n\r\n", "--b", "\xe9", "\r\n"]]],
    },
  );
});
