import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { Fault } from "../../src/base/fault.ts";
import type { Connection } from "../../src/base/network.ts";
import { createJournal } from "../../src/journal/journal.ts";
import type { Intercept } from "../../src/protocol/smtp/interception.ts";
import { type SmtpServerOptions, startSmtpServer } from "../../src/server/smtp/server.ts";
import { createAcceptingHouse, type Taken } from "./accepting-house.ts";
import { createMemoryWorld, type MemoryWorld, settle } from "./memory-world.ts";

const AT = { address: "10.66.0.21", port: 25 };
const IDENTITY = { certificatePem: "", privateKeyPem: "", names: [], issuer: "", notBefore: 0, notAfter: 0 };

type Table = {
  readonly world: MemoryWorld;
  readonly heard: () => string;
  readonly say: (text: string) => Promise<void>;
  readonly connection: Connection;
  readonly taken: Taken[];
  readonly failWith: (error: Error | undefined) => void;
  readonly events: () => readonly { kind: string }[];
  readonly closed: () => boolean;
  readonly close: () => Promise<void>;
};

/** A server and one client on its line, after the greeting. */
async function sitDown(more: Partial<SmtpServerOptions> = {}): Promise<Table> {
  const world = createMemoryWorld();
  const house = createAcceptingHouse();
  const journal = createJournal(world.clock);
  const { reception } = house;
  const base = {
    world,
    recorder: journal.recorder("mx"),
    endpoint: AT,
    service: "smtp",
    hostname: "mx.example.org",
    reception,
  } as const;
  const server = await startSmtpServer({ ...base, ...more });
  const connection = await world.network.connect(AT, { timeoutMs: 1 });
  let text = "";
  let isClosed = false;
  connection.attach({
    data: (bytes) => (text += Buffer.from(bytes).toString("utf8")),
    end: () => connection.end(),
    closed: () => (isClosed = true),
  });
  await settle();
  return {
    world,
    connection,
    heard: () => text,
    async say(line) {
      connection.write(Buffer.from(line, "utf8"));
      await settle();
    },
    taken: house.taken,
    failWith: house.failWith,
    events: () => journal.read(),
    closed: () => isClosed,
    async close() {
      const closing = server.close({ graceMs: 1 });
      await settle();
      await world.clock.advance(20_000);
      await closing;
    },
  };
}

/** Scripts: `C:` is said, `S:` is heard and matched as a beginning, `#` options or a remark. */
async function play(file: string): Promise<void> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const options = Object.fromEntries(
    lines.filter((line) => line.startsWith("# with ")).map((line) => [line.slice(7), true]),
  );
  const service = options["lmtp"] === true ? "lmtp" : "smtp";
  const table = await sitDown({
    service,
    ...(options["tls"] === true ? { identity: IDENTITY } : {}),
    auth: () => options["auth"] === true,
    allowPlaintextAuth: options["auth"] === true,
  });
  let read = 0;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("C:"))
      await table.say(
        `${line.slice(3).replaceAll("\\r", "\r").replaceAll("\\n", "\n")}${line.endsWith("\\c") ? "" : "\r\n"}`.replace(
          "\\c",
          "",
        ),
      );
    if (!line.startsWith("S:")) continue;
    const said = table.heard().split("\r\n");
    const wanted = line.slice(3);
    assert.ok(
      said[read]?.startsWith(wanted),
      `${basename(file)}:${index + 1}: wanted ${wanted}, heard ${said[read]}`,
    );
    read++;
  }
  assert.equal(
    table.heard().split("\r\n").slice(read).join(""),
    "",
    `${basename(file)}: more was said than the script has`,
  );
  await table.close();
}

for (const file of globSync("tests/conversations/smtp/*.txt").sort()) {
  test(`the script ${basename(file, ".txt")} is spoken line by line`, () => play(file));
}

test("commands sent in one packet are answered in order", async () => {
  const table = await sitDown();
  await table.say("EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<no@e.f>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n");
  await table.say("x\r\n.\r\nQUIT\r\n");
  assert.deepEqual(
    table
      .heard()
      .match(/^\d{3} /gm)
      ?.join(""),
    "220 250 250 550 250 354 250 221 ",
  );
  assert.equal(table.taken[0]?.text, "x\r\n");
  assert.equal(table.closed(), true);
  await table.close();
});

test("plaintext sent behind STARTTLS is dropped and nothing said before TLS counts", async () => {
  const table = await sitDown({ identity: IDENTITY });
  await table.say("EHLO a\r\nSTARTTLS\r\nMAIL FROM:<evil@b.c>\r\n");
  const before = table.heard();
  assert.match(before, /220 2\.0\.0 ready for TLS\r\n$/);
  await table.connection.startTls({ role: "client", serverName: "mx", verify: "none", timeoutMs: 1 });
  await settle();
  assert.equal(table.heard(), before);
  await table.say("MAIL FROM:<a@b.c>\r\n");
  assert.match(table.heard(), /503 5\.5\.1 say EHLO first\r\n$/);
  await table.say("EHLO a\r\n");
  assert.ok(!table.heard().slice(before.length).includes("STARTTLS"));
  assert.ok(table.events().some((event) => event.kind === "warning"));
  await table.close();
});

test("a fault of the house is a 4xx, a bug ends the connection, and the next message goes well", async () => {
  const table = await sitDown();
  const message = "MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 3 LAST\r\nx\r\n";
  await table.say("EHLO a\r\n");
  for (const [kind, said] of [
    ["diskFull", "452 4.3.1"],
    ["readOnly", "452 4.3.1"],
    ["io", "451 4.3.0"],
  ] as const) {
    table.failWith(new Fault(kind, "/var/secret: no space"));
    await table.say(message);
    assert.match(table.heard(), new RegExp(`${said} [^\\r]*\\r\\n$`));
  }
  assert.ok(!table.heard().includes("/var/secret"));
  table.failWith(undefined);
  await table.say(message);
  assert.match(table.heard(), /queued as Q1\r\n$/);
  table.failWith(new TypeError("a bug"));
  await table.say(message);
  assert.match(table.heard(), /421 4\.3\.0 [^\r]*\r\n$/);
  assert.equal(table.closed(), true);
  await table.close();
});

test("a silent client hears 421 and is cut off", async () => {
  const table = await sitDown();
  await table.world.clock.advance(299_000);
  await table.say("NOOP\r\n");
  await table.world.clock.advance(299_000);
  assert.equal(table.closed(), false);
  await table.world.clock.advance(2_000);
  assert.match(table.heard(), /421 4\.4\.2/);
  assert.equal(table.closed(), true);
  await table.close();
});

test("secrets stay out of the journal", async () => {
  const table = await sitDown({ auth: () => true, allowPlaintextAuth: true });
  await table.say("EHLO a\r\nauth PLAIN AGFubgBwdwAA\r\nAUTH LOGIN YW5u\r\ncHc=\r\n");
  assert.match(table.heard(), /235 2\.7\.0/);
  assert.ok(!/AGFubgBwdw|cHc=|YW5u/.test(JSON.stringify(table.events())));
  await table.close();
});

test("connections past the bound for one address hear 421", async () => {
  const table = await sitDown({ limits: { connectionsPerAddressMax: 1 } });
  const second = await table.world.network.connect(AT, { timeoutMs: 1 });
  let text = "";
  second.attach({ data: (bytes) => (text += Buffer.from(bytes).toString()), end() {}, closed() {} });
  await settle();
  assert.match(text, /^421 4\.7\.0/);
  await table.close();
});

const FAULTS: readonly (readonly [fault: ReturnType<Intercept>, said: RegExp, closed: boolean])[] = [
  [{ reply: { code: 450, status: "4.2.1", lines: ["busy"] } }, /450 4\.2\.1 busy\r\n$/, false],
  [{ reply: { code: 421, status: "4.7.0", lines: ["bye"] } }, /421 4\.7\.0 bye\r\n$/, true],
  [{ action: "drop" }, /sender ok\r\n$/, true],
  [{ action: "reset" }, /^220/, true],
  [{ action: "blackhole" }, /sender ok\r\n$/, false],
];

test("a fault of the lab speaks, hangs up or falls silent in our place", async () => {
  for (const [fault, said, closed] of FAULTS) {
    const table = await sitDown({ intercept: (point) => (point === "RCPT" ? fault : undefined) });
    await table.say("EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\n");
    assert.match(table.heard(), said);
    assert.equal(table.closed(), closed, JSON.stringify(fault));
    await table.close();
  }
});

test("a fault at DATA strikes the first chunk, too, and the octets behind it are no commands", async () => {
  for (const [said, heard, closed] of [
    [{ code: 451, status: "4.3.0", lines: ["not now"] }, /451 4\.3\.0 not now\r\n250 2\.0\.0 ok\r\n$/, false],
    [{ code: 421, status: "4.3.2", lines: ["bye"] }, /421 4\.3\.2 bye\r\n$/, true],
  ] as const) {
    const table = await sitDown({ intercept: (point) => (point === "DATA" ? { reply: said } : undefined) });
    await table.say("EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
    assert.match(table.heard(), heard);
    assert.equal(table.closed(), closed);
    await table.close();
  }
});

test("a fault can delay, slice and hide", async () => {
  const table = await sitDown({
    identity: IDENTITY,
    intercept: (point) =>
      point === "EHLO" ? { delayMs: 5_000, hideExtensions: ["STARTTLS"], sliceBytes: 1 } : undefined,
  });
  await table.say("EHLO a\r\n");
  assert.equal(table.heard().split("\r\n").length, 2);
  await table.world.clock.advance(5_000);
  assert.match(table.heard(), /SIZE/);
  assert.doesNotMatch(table.heard(), /STARTTLS/);
  await table.close();
});
