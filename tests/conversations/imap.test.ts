import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createImapWorld, type ImapTalk } from "./imap-world.ts";

const MESSAGE = "From: bob@far.test\r\nSubject: hi\r\n\r\nhello\r\n";

async function append(talk: ImapTalk, mailbox: string, content = MESSAGE, options = ""): Promise<string> {
  const lines = await talk.say(`P APPEND ${mailbox} ${options}{${content.length}+}\r\n${content}`);
  return lines.at(-1) ?? "";
}

describe("an imap session", () => {
  it("greets, logs in, and says goodbye", async () => {
    const { connect, server, journal } = await createImapWorld();
    const talk = await connect();
    assert.match((await talk.say("a1 LOGIN ann@arch.test wrong")).join(), /^a1 NO \[AUTHENTICATIONFAILED\]/);
    assert.match((await talk.say("a2 SELECT INBOX")).join(), /^a2 BAD SELECT is for after the login/);
    assert.match((await talk.say("a3 LOGIN ann@arch.test secret")).join(), /^a3 OK \[CAPABILITY IMAP4rev2 /);
    assert.deepEqual(await talk.say("a4 LOGOUT"), ["* BYE until next time", "a4 OK LOGOUT completed"]);
    assert.equal(talk.isClosed, true);
    talk.connection.end();
    await talk.heard();
    assert.equal(server.connections, 0);
    assert.doesNotMatch(JSON.stringify(journal.read()), /secret|wrong"/);
  });

  it("authenticates with PLAIN, at once or when asked", async () => {
    const { connect } = await createImapWorld();
    const plain = Buffer.from("\0ann@arch.test\0secret").toString("base64");
    const one = await connect();
    assert.match((await one.say(`a AUTHENTICATE PLAIN ${plain}`)).join(), /^a OK/);
    const two = await connect();
    assert.deepEqual(await two.say("a AUTHENTICATE PLAIN"), ["+ "]);
    assert.match((await two.say(plain)).join(), /^a OK/);
    const three = await connect();
    await three.say("a AUTHENTICATE PLAIN");
    assert.match((await three.say("*")).join(), /^a BAD/);
    assert.match((await three.say("b NOOP")).join(), /^b OK/);
  });

  it("keeps passwords to itself without TLS unless told otherwise", async () => {
    const { connect } = await createImapWorld({}, { plaintext: false });
    const talk = await connect();
    const [capabilities = ""] = await talk.say("a CAPABILITY");
    assert.match(capabilities, / LOGINDISABLED AUTH=SCRAM-SHA-256$/);
    assert.match((await talk.say("b LOGIN ann@arch.test secret")).join(), /^b NO \[PRIVACYREQUIRED\]/);
  });

  it("selects a mailbox and says what it holds", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    assert.match(await append(talk, "INBOX", MESSAGE, "(\\Seen) "), /^P OK \[APPENDUID \d+ 1\]/);
    await append(talk, "INBOX");
    const lines = await talk.say("a SELECT INBOX");
    assert.deepEqual(
      lines.map((line) => line.replace(/\d{3,}/, "N")),
      [
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "* 2 EXISTS",
        "* 0 RECENT",
        "* OK [UNSEEN 2] first unseen message",
        "* OK [UIDVALIDITY N] UIDs are valid",
        "* OK [UIDNEXT 3] predicted next UID",
        "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] flags that are kept",
        lines[7] ?? "",
        "* OK [MAILBOXID (F1-1)] its id",
        "a OK [READ-WRITE] SELECT completed",
      ],
    );
    assert.match(lines[7] ?? "", /^\* OK \[HIGHESTMODSEQ \d+\]/);
  });

  it("fetches what is asked, and marks as seen what is read", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    await append(talk, "INBOX");
    await talk.say("a SELECT INBOX");
    assert.deepEqual(await talk.say("b FETCH 1 (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject)])"), [
      "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 42 BODY[HEADER.FIELDS (Subject)] {15}",
      "Subject: hi",
      "",
      ")",
      "b OK FETCH completed",
    ]);
    assert.deepEqual(await talk.say("c FETCH 1:* BODY[TEXT]<1.3>"), [
      "* 1 FETCH (BODY[TEXT]<1> {3}",
      "ell FLAGS (\\Seen))",
      "c OK FETCH completed",
    ]);
    assert.match((await talk.say("d FETCH 2 FLAGS")).join(), /^d BAD/);
    assert.deepEqual(await talk.say("e UID FETCH 5:9 FLAGS"), ["e OK UID FETCH completed"]);
  });

  it("stores flags, tells others, and expunges", async () => {
    const { login } = await createImapWorld();
    const [ann, other] = [await login(), await login()];
    for (let i = 0; i < 4; i++) await append(ann, "INBOX");
    await ann.say("a SELECT INBOX");
    await other.say("a SELECT INBOX");
    assert.deepEqual(await ann.say("b STORE 2:3 +FLAGS (\\Deleted x)"), [
      "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft x)",
      "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft x \\*)] flags that are kept",
      "* 2 FETCH (FLAGS (\\Deleted x))",
      "* 3 FETCH (FLAGS (\\Deleted x))",
      "b OK STORE completed",
    ]);
    assert.deepEqual(await ann.say("c STORE 2 FLAGS.SILENT (\\Deleted)"), ["c OK STORE completed"]);
    assert.deepEqual(
      (await other.say("b FETCH 1 UID")).filter((line) => !/FLAGS \(\\A/.test(line)),
      [
        "* 1 FETCH (UID 1)",
        "* 2 FETCH (FLAGS (\\Deleted))",
        "* 3 FETCH (FLAGS (\\Deleted x))",
        "b OK FETCH completed",
      ],
    );
    assert.deepEqual(await ann.say("d EXPUNGE"), ["* 2 EXPUNGE", "* 2 EXPUNGE", "d OK EXPUNGE completed"]);
    assert.deepEqual(await other.say("c FETCH 2 FLAGS"), [
      "c NO [EXPUNGEISSUED] some of those messages are gone",
    ]);
    assert.deepEqual(await other.say("d NOOP"), ["* 2 EXPUNGE", "* 2 EXPUNGE", "d OK NOOP completed"]);
    assert.deepEqual(await other.say("e UID FETCH 1:* UID"), [
      "* 1 FETCH (UID 1)",
      "* 2 FETCH (UID 4)",
      "e OK UID FETCH completed",
    ]);
  });

  it("copies and moves with COPYUID", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    for (let i = 0; i < 3; i++) await append(talk, "INBOX");
    assert.match((await talk.say("a CREATE Work/2026")).join(), /^a OK \[MAILBOXID \(F1-\d+\)\]/);
    await talk.say("b SELECT INBOX");
    assert.match((await talk.say("c COPY 1:2 Nowhere")).join(), /^c NO \[TRYCREATE\]/);
    assert.match((await talk.say("d COPY 1:2 Work/2026")).join(), /^d OK \[COPYUID \d+ 1:2 1:2\]/);
    const moved = await talk.say("e UID MOVE 1,3 Work/2026");
    assert.match(moved[0] ?? "", /^\* OK \[COPYUID \d+ 1,3 3:4\]/);
    assert.deepEqual(moved.slice(1), ["* 1 EXPUNGE", "* 2 EXPUNGE", "e OK UID MOVE completed"]);
    assert.deepEqual(await talk.say("f STATUS Work/2026 (MESSAGES UIDNEXT UNSEEN)"), [
      "* STATUS Work/2026 (MESSAGES 4 UIDNEXT 5 UNSEEN 4)",
      "f OK STATUS completed",
    ]);
  });

  it("lists mailboxes with their attributes", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    await talk.say("a CREATE a/b/c");
    await talk.say("a SUBSCRIBE a/b");
    await talk.say("a SUBSCRIBE gone");
    assert.deepEqual(await talk.say('b LIST "" ""'), ['* LIST (\\Noselect) "/" ""', "b OK LIST completed"]);
    assert.deepEqual((await talk.say('b LIST "" INBOX')).at(0), '* LIST (\\HasNoChildren) "/" INBOX');
    assert.deepEqual(await talk.say('c LIST "a/" %'), [
      '* LIST (\\HasChildren) "/" a/b',
      "c OK LIST completed",
    ]);
    assert.deepEqual(await talk.say('d LIST (SUBSCRIBED) "" *'), [
      '* LIST (\\Subscribed \\HasChildren) "/" a/b',
      '* LIST (\\NonExistent \\Noselect \\Subscribed \\HasNoChildren) "/" gone',
      "d OK LIST completed",
    ]);
    assert.deepEqual(await talk.say('e LIST (SUBSCRIBED RECURSIVEMATCH) "" %'), [
      '* LIST (\\HasChildren) "/" a ("CHILDINFO" ("SUBSCRIBED"))',
      '* LIST (\\NonExistent \\Noselect \\Subscribed \\HasNoChildren) "/" gone',
      "e OK LIST completed",
    ]);
    assert.deepEqual(await talk.say('f LIST "" (a) RETURN (STATUS (MESSAGES) MYRIGHTS)'), [
      '* LIST (\\HasChildren) "/" a',
      "* MYRIGHTS a lrswipkxteacd",
      "* STATUS a (MESSAGES 0)",
      "f OK LIST completed",
    ]);
    await talk.say("g CREATE Entw&APw-rfe/x");
    assert.deepEqual((await talk.say('h LIST "" Entw*'))[0], '* LIST (\\HasChildren) "/" Entw&APw-rfe');
    await talk.say("i ENABLE UTF8=ACCEPT");
    assert.deepEqual(
      Buffer.from((await talk.say('j LIST "" Entw*'))[0] ?? "", "latin1").toString(),
      '* LIST (\\HasChildren) "/" "Entwürfe"',
    );
  });

  it("tells an idle client what happens when it happens", async () => {
    const { login } = await createImapWorld();
    const [ann, other] = [await login(), await login()];
    await ann.say("a SELECT INBOX");
    assert.deepEqual(await ann.say("b IDLE"), ["+ idling"]);
    await append(other, "INBOX");
    assert.deepEqual(await ann.lines(), ["* 1 EXISTS"]);
    await other.say("c SELECT INBOX");
    await other.say("d STORE 1 +FLAGS (\\Deleted)");
    assert.deepEqual(await ann.lines(), ["* 1 FETCH (FLAGS (\\Deleted))"]);
    await other.say("e EXPUNGE");
    assert.deepEqual(await ann.lines(), ["* 1 EXPUNGE"]);
    assert.deepEqual(await ann.say("DONE"), ["b OK IDLE completed"]);
  });

  it("answers pipelined commands in their order", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    talk.send("a SELECT INBOX\r\nb NOOP\r\nc STATUS INBOX (MESSAGES)\r\nd LOGOUT\r\n");
    const tagged = (await talk.lines())
      .filter((line) => /^[a-d] /.test(line))
      .map((line) => line.slice(0, 4));
    assert.deepEqual(tagged, ["a OK", "b OK", "c OK", "d OK"]);
  });

  it("changes conditionally, and brings a client that was away up to date", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    for (let i = 0; i < 4; i++) await append(talk, "INBOX");
    await talk.say("a ENABLE QRESYNC");
    const selected = (await talk.say("b SELECT INBOX")).join("\n");
    const modseq = /HIGHESTMODSEQ (\d+)/.exec(selected)?.[1] ?? "";
    const validity = /UIDVALIDITY (\d+)/.exec(selected)?.[1] ?? "";
    const stored = await talk.say("c STORE 2 +FLAGS (\\Flagged)");
    assert.match(stored[0] ?? "", /^\* 2 FETCH \(UID 2 FLAGS \(\\Flagged\) MODSEQ \(\d+\)\)$/);
    assert.match(
      (await talk.say(`d STORE 1:3 (UNCHANGEDSINCE ${modseq}) +FLAGS (x)`)).at(-1) ?? "",
      /^d OK \[MODIFIED 2\]/,
    );
    await talk.say("e STORE 3 +FLAGS (\\Deleted)");
    const expunged = await talk.say("f EXPUNGE");
    assert.equal(expunged[0], "* VANISHED 3");
    assert.match(expunged[1] ?? "", /^f OK \[HIGHESTMODSEQ \d+\]/);
    await talk.say("g UNSELECT");
    const again = await talk.say(`h SELECT INBOX (QRESYNC (${validity} ${modseq} 1:4))`);
    assert.deepEqual(
      again.filter((line) => /VANISHED|FETCH/.test(line)).map((line) => line.replace(/MODSEQ.*/, "")),
      ["* VANISHED (EARLIER) 3", "* 1 FETCH (UID 1 FLAGS (x) ", "* 2 FETCH (UID 2 FLAGS (\\Flagged) "],
    );
    const fetched = await talk.say(`i UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${modseq} VANISHED)`);
    assert.equal(fetched[0], "* VANISHED (EARLIER) 3");
    assert.equal(fetched.length, 4);
  });

  it("says no to what is over quota, and keeps nothing of it", async () => {
    const { login } = await createImapWorld({}, { accounts: { "ann@arch.test": 100 } });
    const talk = await login();
    assert.match(await append(talk, "INBOX"), /^P OK/);
    assert.match(await append(talk, "INBOX", "x".repeat(90)), /^P NO \[OVERQUOTA\]/);
    assert.deepEqual(await talk.say("q GETQUOTAROOT INBOX"), [
      '* QUOTAROOT INBOX ""',
      '* QUOTA "" (STORAGE 1 0)',
      "q OK GETQUOTAROOT completed",
    ]);
    assert.match((await talk.say('r SETQUOTA "" (STORAGE 100)')).join(), /^r NO \[NOPERM\]/);
  });

  it("shares mailboxes with those who have the rights", async () => {
    const accounts = { "ann@arch.test": undefined, "bob@arch.test": undefined };
    const { login } = await createImapWorld({}, { accounts });
    const [ann, bob] = [await login(), await login("bob@arch.test")];
    await ann.say("a CREATE Team");
    await append(ann, "Team");
    const path = '"Other Users/ann@arch.test/Team"';
    assert.match((await bob.say(`a SELECT ${path}`)).join(), /^a NO \[NONEXISTENT\]/);
    await ann.say("b SETACL Team bob@arch.test lrs");
    assert.deepEqual(await ann.say("c GETACL Team"), [
      "* ACL Team ann@arch.test lrswipkxteacd bob@arch.test lrs",
      "c OK GETACL completed",
    ]);
    assert.ok((await bob.say('b LIST "" *')).includes(`* LIST (\\HasNoChildren) "/" ${path}`));
    assert.match((await bob.say(`c SELECT ${path}`)).at(-1) ?? "", /^c OK \[READ-WRITE\]/);
    assert.match((await bob.say("d STORE 1 +FLAGS (\\Deleted)")).join(), /^d NO \[NOPERM\]/);
    await bob.say("e IDLE");
    await append(ann, "Team");
    assert.deepEqual(await bob.lines(), ["* 2 EXISTS"]);
    await bob.say("DONE");
    assert.match((await bob.say(`f SETACL ${path} anyone l`)).join(), /^f NO \[NOPERM\]/);
  });

  it("replaces and catenates", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    await append(talk, "INBOX");
    await talk.say("a SELECT INBOX");
    const replaced = await talk.say("b REPLACE 1 INBOX (\\Draft) {5+}\r\nA: b\n");
    assert.match(replaced[0] ?? "", /^\* OK \[APPENDUID \d+ 2\]/);
    assert.deepEqual(replaced.slice(1), ["* 1 EXPUNGE", "* 1 EXISTS", "b OK REPLACE completed"]);
    await append(talk, "INBOX");
    const url = "/INBOX/;UID=3/;SECTION=TEXT";
    assert.match(
      (await talk.say(`c APPEND INBOX CATENATE (TEXT {8+}\r\nX: y\r\n\r\n URL "${url}")`)).at(-1) ?? "",
      /^c OK \[APPENDUID \d+ 4\]/,
    );
    assert.deepEqual(await talk.say("d UID FETCH 4 BODY.PEEK[]"), [
      "* 3 FETCH (UID 4 BODY[] {15}",
      "X: y",
      "",
      "hello",
      ")",
      "d OK UID FETCH completed",
    ]);
    assert.match(
      (await talk.say('e APPEND INBOX CATENATE (URL "/INBOX/;UID=99")')).join(),
      /^e NO \[BADURL "\/INBOX\/;UID=99"\]/,
    );
  });

  it("keeps metadata", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    assert.match((await talk.say('a SETMETADATA INBOX (/private/comment "mine")')).join(), /^a OK/);
    assert.deepEqual(await talk.say("b GETMETADATA INBOX (/private/comment /shared/comment)"), [
      '* METADATA INBOX (/private/comment "mine" /shared/comment NIL)',
      "b OK GETMETADATA completed",
    ]);
    assert.match((await talk.say('c SETMETADATA "" (/shared/comment "x")')).join(), /^c NO \[NOPERM\]/);
  });

  it("speaks in UIDs only when asked to", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    await append(talk, "INBOX");
    await append(talk, "INBOX");
    await talk.say("a ENABLE UIDONLY");
    await talk.say("b SELECT INBOX");
    assert.match((await talk.say("c FETCH 1 FLAGS")).join(), /^c BAD \[UIDREQUIRED\]/);
    assert.deepEqual(await talk.say("d UID FETCH 2 FLAGS"), [
      "* 2 UIDFETCH (FLAGS ())",
      "d OK UID FETCH completed",
    ]);
    await talk.say("e UID STORE 1 +FLAGS.SILENT (\\Deleted)");
    assert.equal((await talk.say("f EXPUNGE"))[0], "* VANISHED 1");
  });

  it("forgives a bad command, and hangs up after many", async () => {
    const { connect } = await createImapWorld({ badCommandsMax: 3 });
    const talk = await connect();
    assert.match((await talk.say("a FOO")).join(), /^a BAD there is no command FOO/);
    assert.match((await talk.say("+")).join(), /^\* BAD/);
    assert.match((await talk.say("b NOOP")).join(), /^b OK/);
    assert.match((await talk.say("c BAR")).join("\n"), /^c BAD .*\n\* BYE too many errors$/);
    assert.equal(talk.isClosed, true);
  });

  it("ends a silent session, sooner before login", async () => {
    const { connect, login, world } = await createImapWorld();
    const [stranger, ann] = [await connect(), await login()];
    await world.clock.advance(121_000);
    assert.match((await stranger.lines()).join(), /^\* BYE/);
    assert.equal(ann.isClosed, false);
    await world.clock.advance(1_800_000);
    assert.match((await ann.lines()).join(), /^\* BYE/);
  });
});

describe("octets that a plain literal should not hold", () => {
  it("come and go by literal8 (RFC 3516)", async () => {
    const { login } = await createImapWorld();
    const talk = await login();
    const mail = "Content-Transfer-Encoding: binary\r\n\r\na\0b";
    talk.send(`b APPEND INBOX ~{${mail.length}+}\r\n${mail}\r\n`);
    assert.match((await talk.lines()).join("\n"), /^b OK \[APPENDUID/m);
    await talk.say("c SELECT INBOX");
    assert.deepEqual(await talk.say("d FETCH 1 BINARY.PEEK[1]"), [
      "* 1 FETCH (BINARY[1] ~{3}",
      "a\0b)",
      "d OK FETCH completed",
    ]);
  });
});
