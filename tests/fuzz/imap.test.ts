import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { ResponseReader } from "../../src/protocol/imap/client/response-reader.ts";
import type { ImapResponse } from "../../src/protocol/imap/client/response.ts";
import { createImapWorld } from "../conversations/imap-world.ts";
import { settle } from "../conversations/memory-world.ts";

const COMMANDS = [
  "CAPABILITY",
  "NOOP",
  "LOGIN ann@arch.test secret",
  'LOGIN {13+}\r\nann@arch.test "secret"',
  "LOGIN {999999999+}",
  "AUTHENTICATE PLAIN",
  "AUTHENTICATE PLAIN AGFubkBhcmNoLnRlc3QAc2VjcmV0",
  "AUTHENTICATE SCRAM-SHA-256 biwsbj1hLHI9eA==",
  "ENABLE IMAP4rev2 QRESYNC UTF8=ACCEPT",
  "ENABLE UIDONLY",
  "SELECT INBOX",
  "SELECT INBOX (QRESYNC (1 1 1:* (1 1)))",
  "EXAMINE &Jjo",
  "CREATE &U,BTFw-/x",
  "CREATE //",
  "DELETE INBOX",
  "RENAME x y",
  'LIST (SUBSCRIBED RECURSIVEMATCH) "" (* %) RETURN (STATUS (MESSAGES SIZE) MYRIGHTS)',
  'LIST "" ""',
  "LSUB %%%%%%%%%%%% ****",
  "STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ MAILBOXID)",
  "APPEND INBOX {6+}\r\nA: b\r\n",
  "APPEND INBOX (\\Seen) {3}\r\nabc",
  "APPEND INBOX ~{3+}\r\na\0b",
  'APPEND INBOX CATENATE (URL "/INBOX/;UID=1" TEXT {1+}\r\nx)',
  "IDLE\r\nDONE",
  "IDLE",
  "DONE",
  "FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE BODY.PEEK[]<0.9>)",
  "FETCH 1 BODY[1.2.3.MIME]",
  "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)",
  "UID FETCH 4294967295:1 ALL",
  "STORE 1:* +FLAGS (\\Deleted x)",
  "UID STORE * FLAGS ()",
  "STORE 1 (UNCHANGEDSINCE 0) -FLAGS.SILENT \\Seen",
  "EXPUNGE",
  "UID EXPUNGE 1:*",
  "COPY 1:* INBOX",
  "UID MOVE 1:2 Trash",
  "REPLACE 1 INBOX {2+}\r\nxx",
  "SEARCH RETURN (ALL SAVE) OR NOT SEEN FROM x",
  "UID SEARCH CHARSET UTF-8 TEXT {2+}\r\n\xc3\xbc",
  `SEARCH ${"(".repeat(10_000)}`,
  `SEARCH ${"NOT ".repeat(200)}SEEN`,
  "SORT (REVERSE DATE) UTF-8 ALL",
  "THREAD REFERENCES UTF-8 ALL",
  "NOTIFY SET (SELECTED (MessageNew MessageExpunge))",
  "NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew (UID BODY[]) MessageExpunge FlagChange)) (PERSONAL (MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange))",
  "NOTIFY SET (SUBTREE (INBOX Sent) (MessageNew MessageExpunge)) (MAILBOXES x NONE)",
  "NOTIFY NONE",
  "SEARCH RETURN (UPDATE COUNT) NOT DELETED",
  "UID SEARCH RETURN (ALL UPDATE (FLAGS BODY.PEEK[])) UID 1:*",
  'CANCELUPDATE "l"',
  "UIDBATCHES 500",
  "UIDBATCHES 500 2:1",
  "FETCH 1:* (BINARY.SIZE[1] BINARY.PEEK[1]<0.2>)",
  "APPEND INBOX ~{3+}\r\n\0\0\0",
  "GETMETADATA (DEPTH infinity) INBOX /private",
  'SETMETADATA INBOX (/private/x "y")',
  "SETACL INBOX anyone lrs",
  "GETQUOTAROOT INBOX",
  "CLOSE",
  "UNSELECT",
  "UNAUTHENTICATE",
  "STARTTLS",
  'ID ("a" NIL)',
  "LOGOUT",
];
const NOISE = ["(", ")", '"', "\\", "{", "}", "*", "%", "\0", "\r", "\n", "\x80", "{5}\r\n", "~", "[", " "];

/** A session's worth of half-sense, from a number. */
function nonsense(seed: number): Buffer {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)] as T;
  if (random.integer(20) === 0) return Buffer.from(random.bytes(random.integer(2_000)));
  let text = random.integer(3) === 0 ? "" : "l LOGIN ann@arch.test secret\r\n";
  if (random.integer(2) === 0) text += "s SELECT INBOX\r\n";
  for (let left = 1 + random.integer(8); left > 0; left--) {
    let command = pick(COMMANDS);
    for (let wounds = random.integer(3) - 1; wounds > 0; wounds--) {
      const at = random.integer(command.length + 1);
      const cut = random.integer(4);
      command = command.slice(0, at) + pick(NOISE) + command.slice(at + cut);
    }
    text += `t${left} ${command}${random.integer(12) === 0 ? "" : "\r\n"}`;
  }
  return Buffer.from(text, "latin1");
}

test("10,000 malformed sessions leave the door up, in step, and empty", { timeout: 240_000 }, async () => {
  // A small quota: COPY 1:* INBOX doubles what is there.
  const { world, connect, server, journal } = await createImapWorld(
    { connectionsPerAddressMax: 1_000, connectionsPerAccountMax: 1_000 },
    { accounts: { "ann@arch.test": 1_000 } },
  );
  const bugs: string[] = [];
  journal.subscribe((event) => {
    if (event.kind === "warning" && event.what === "bug") bugs.push(event.detail ?? "");
  });
  let tagged = 0;
  const one = async (seed: number): Promise<void> => {
    const connection = await world.network.connect(server.endpoint, { timeoutMs: 1 });
    const reader = new ResponseReader({ responseBytesMax: 10_000_000 });
    connection.attach({
      data(bytes) {
        reader.push(bytes);
        for (let next = reader.next(); next !== undefined; next = reader.next()) {
          judge(next, seed);
          if (next.kind === "tagged") tagged++;
        }
      },
      end: () => connection.end(),
      closed() {},
    });
    const bytes = nonsense(seed);
    const cut = seed % (bytes.length + 1);
    connection.write(bytes.subarray(0, cut));
    if (seed % 3 === 0) await settle(1);
    connection.write(bytes.subarray(cut));
    connection.end();
  };
  for (let seed = 0; seed < 10_000; seed += 50) {
    for (let next = seed; next < seed + 50; next++) await one(next);
    await settle(8);
  }
  await settle(200);
  await world.clock.advance(60_000);
  assert.deepEqual(bugs.slice(0, 3), []);
  assert.ok(tagged > 10_000, `only ${tagged} answers`);
  const after = await connect();
  assert.match((await after.say("z LOGIN ann@arch.test secret")).join(), /^z OK/);
  after.connection.end();
  await after.heard();
  assert.equal(server.connections, 0);
});

/** What the door says is always IMAP. */
function judge(response: ImapResponse, seed: number): void {
  if (response.kind === "malformed" || response.kind === "broken")
    assert.fail(`session ${seed}: ${response.why}: ${JSON.stringify(response)}`);
}
