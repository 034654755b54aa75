import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { createMemoryMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { deriveCredentials } from "../../src/protocol/sasl/scram-credentials.ts";
import { createMisbehaviour } from "../../src/mta/reception/misbehaviour.ts";
import { createAuthenticator } from "../../src/server/accounts/authenticator.ts";
import type { Pop3ServerLimits } from "../../src/server/pop3/limits.ts";
import { createHeldMaildrops } from "../../src/server/pop3/held-maildrops.ts";
import { startPop3Server } from "../../src/server/pop3/server.ts";
import type { AccountMail } from "../../src/store/account-mail.ts";
import { GUESSING, ImapTalk } from "./imap-world.ts";
import { createMemoryWorld } from "./memory-world.ts";

const AT = { address: "10.66.0.21", port: 110 };
const OTHER_DOOR = { ...AT, port: 1_110 };
const FIRST = "Subject: one\r\n\r\n.dot\r\n..two\r\nlast\r\n";
const SECOND = "Subject: two\r\n\r\na\r\nb\r\nc";

// oxlint-disable-next-line typescript/explicit-function-return-type -- a world of its own shape
async function pop3World(limits: Partial<Pop3ServerLimits> = {}, plaintext = true) {
  const world = createMemoryWorld();
  const journal = createJournal(world.clock);
  const store = createMemoryMailStore(() => world.clock.now());
  await store.open();
  const scram = deriveCredentials("my secret", Uint8Array.of(1), 4_096);
  await store.putAccount("ann@arch.test", { secrets: { scram } });
  const mail = store.mail("ann@arch.test") as AccountMail;
  const inbox = mail.find("INBOX")?.id as number;
  await mail.append(
    inbox,
    [FIRST, SECOND].map((text) => ({ content: Buffer.from(text), flags: [] })),
  );
  const recorder = journal.recorder("arch");
  const misbehaviour = createMisbehaviour(world.clock, () => GUESSING);
  const authenticator = createAuthenticator({ world, store, recorder, misbehaviour });
  const base = { world, recorder, endpoint: AT, hostname: "arch.test", store, authenticator, misbehaviour };
  const options = { ...base, held: createHeldMaildrops(), allowPlaintextAuth: plaintext, limits };
  const server = await startPop3Server(options);
  const other = await startPop3Server({ ...options, endpoint: OTHER_DOOR });
  const connect = async (): Promise<ImapTalk> => {
    const talk = new ImapTalk(await world.network.connect(AT, { timeoutMs: 1_000 }));
    assert.deepEqual(await talk.lines(), ["+OK arch.test is ready"]);
    return talk;
  };
  const login = async (): Promise<ImapTalk> => {
    const talk = await connect();
    talk.send("USER ann@arch.test\r\nPASS my secret\r\n");
    assert.deepEqual(await talk.lines(), ["+OK and the password?", "+OK 2 messages here"]);
    return talk;
  };
  return { world, journal, store, mail, inbox, server, other, connect, login };
}

describe("a pop3 session", () => {
  it("is that of RFC 1939's example", async () => {
    const { login, mail, inbox } = await pop3World();
    const talk = await login();
    const total = FIRST.length + SECOND.length;
    assert.deepEqual(await talk.say("STAT"), [`+OK 2 ${total}`]);
    assert.deepEqual(await talk.say("LIST"), [
      `+OK 2 messages (${total} octets)`,
      `1 ${FIRST.length}`,
      `2 ${SECOND.length}`,
      ".",
    ]);
    assert.deepEqual(await talk.say("LIST 2"), [`+OK 2 ${SECOND.length}`]);
    const [, first, second, end] = await talk.say("UIDL");
    assert.match(`${first} ${second} ${end}`, /^1 \d+\.1 2 \d+\.2 \.$/);
    talk.send("RETR 1\r\n");
    assert.equal(
      await talk.heard(),
      `+OK ${FIRST.length} octets\r\nSubject: one\r\n\r\n..dot\r\n...two\r\nlast\r\n.\r\n`,
    );
    talk.send("retr 2\r\n");
    assert.equal(await talk.heard(), `+OK ${SECOND.length} octets\r\n${SECOND}\r\n.\r\n`);
    talk.send("TOP 2 1\r\n");
    assert.equal(await talk.heard(), "+OK the top of it\r\nSubject: two\r\n\r\na\r\n.\r\n");
    assert.deepEqual(await talk.say("DELE 1"), ["+OK message 1 goes when you QUIT"]);
    assert.deepEqual(await talk.say("RETR 1"), ["-ERR message 1 is deleted"]);
    assert.deepEqual(await talk.say("LIST"), [
      `+OK 1 message (${SECOND.length} octets)`,
      `2 ${SECOND.length}`,
      ".",
    ]);
    assert.deepEqual(await talk.say("RSET"), ["+OK 2 messages here"]);
    await talk.say("DELE 2");
    assert.equal(mail.mailbox(inbox)?.messages, 2);
    assert.deepEqual(await talk.say("QUIT"), ["+OK 1 removed, until next time"]);
    assert.equal(talk.isClosed, true);
    assert.equal(mail.mailbox(inbox)?.messages, 1);
  });

  it("deletes nothing when the connection drops, and lets the next one in", async () => {
    const { login, mail, inbox } = await pop3World();
    const one = await login();
    await one.say("DELE 1");
    const two = await login().catch(() => undefined);
    assert.equal(two, undefined, "one at a time");
    one.connection.destroy();
    await one.heard();
    assert.equal(mail.mailbox(inbox)?.messages, 2);
    await login();
  });

  it("lets nobody in through another door of the host while it is held", async () => {
    const { login, world, other } = await pop3World();
    await login();
    const second = new ImapTalk(await world.network.connect(other.endpoint, { timeoutMs: 1 }));
    second.send("USER ann@arch.test\r\nPASS my secret\r\n");
    assert.match((await second.lines()).join(), /-ERR \[IN-USE\]/);
  });

  it("takes a mailbox over from a holder that has been silent for long", async () => {
    const { login, connect, world } = await pop3World();
    const dead = await login();
    const early = await connect();
    early.send("USER ann@arch.test\r\nPASS my secret\r\n");
    assert.match((await early.lines()).join(), /-ERR \[IN-USE\]/);
    await world.clock.advance(61_000);
    await login();
    await dead.heard();
    assert.equal(dead.isClosed, true);
  });

  it("says what it can do, and only that", async () => {
    const { connect } = await pop3World({}, false);
    const talk = await connect();
    assert.deepEqual(await talk.say("CAPA"), [
      "+OK this can be done here",
      "TOP",
      "UIDL",
      "RESP-CODES",
      "AUTH-RESP-CODE",
      "PIPELINING",
      "EXPIRE NEVER",
      "LOGIN-DELAY 0",
      "UTF8",
      "SASL SCRAM-SHA-256",
      "IMPLEMENTATION Posthorn",
      ".",
    ]);
    assert.match((await talk.say("USER ann@arch.test")).join(), /^-ERR passwords only over TLS/);
    assert.match((await talk.say("STLS")).join(), /^-ERR TLS is not offered/);
    assert.match((await talk.say("STAT")).join(), /^-ERR STAT is for after the login/);
  });

  it("authenticates by SASL, and never writes the password down", async () => {
    const { connect, journal } = await pop3World();
    const talk = await connect();
    assert.match((await talk.say("AUTH PLAIN !!!")).join(), /^-ERR that is not what/);
    assert.match(
      (await talk.say(`AUTH PLAIN ${Buffer.from("\0ann@arch.test\0wrong").toString("base64")}`)).join(),
      /^-ERR \[AUTH\]/,
    );
    assert.deepEqual(await talk.say("AUTH PLAIN"), ["+ "]);
    assert.deepEqual(await talk.say(Buffer.from("\0ann@arch.test\0my secret").toString("base64")), [
      "+OK 2 messages here",
    ]);
    assert.doesNotMatch(JSON.stringify(journal.read()), /my secret|bXkgc2VjcmV0/);
  });

  it("holds logins apart where that is asked", async () => {
    const { login, connect, world } = await pop3World({ loginDelaySeconds: 30 });
    await (await login()).say("QUIT");
    const soon = await connect();
    soon.send("USER ann@arch.test\r\nPASS my secret\r\n");
    assert.match((await soon.lines()).join(), /-ERR \[LOGIN-DELAY\]/);
    await world.clock.advance(30_000);
    await login();
  });

  it("answers pipelined commands in order, however they are cut", async () => {
    const { connect } = await pop3World();
    const whole =
      "USER ann@arch.test\r\nPASS my secret\r\nSTAT\r\nUIDL 9\r\nTOP 1 0\r\nNOOP\r\nXYZ\r\nDELE x\r\nQUIT\r\n";
    const reference = await connect();
    reference.send(whole);
    const want = await reference.heard();
    assert.match(want, /^\+OK and.*\r\n\+OK 2 messages.*\r\n\+OK 2 \d+\r\n-ERR there is no message 9/);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), async (cuts) => {
        const talk = await connect();
        let at = 0;
        for (const cut of cuts) talk.send(whole.slice(at, (at += cut)));
        talk.send(whole.slice(at));
        assert.equal(await talk.heard(), want);
      }),
      { numRuns: 30 },
    );
  });

  it("ends a client that is silent, that talks nonsense, and that sends a line without end", async () => {
    const { connect, world } = await pop3World({ badCommandsMax: 3 });
    const silent = await connect();
    await world.clock.advance(61_000);
    assert.match(await silent.heard(), /silent for too long/);
    const nonsense = await connect();
    nonsense.send("\0\xff\r\n(((\r\n\r\n");
    assert.equal((await nonsense.lines()).length, 3);
    assert.equal(nonsense.isClosed, true);
    const endless = await connect();
    endless.send("x".repeat(20_000));
    assert.match(await endless.heard(), /^-ERR a line has 255 octets/);
    assert.equal(endless.isClosed, true);
  });
});
