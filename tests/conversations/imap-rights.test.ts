/** RFC 4314 §4: what each command needs on somebody else's mailbox. With all of it, it is done; without any one, not. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createImapWorld, type ImapTalk } from "./imap-world.ts";

const ANN = "ann@arch.test";
const BOB = "bob@arch.test";
const SHARED = `"Other Users/${BOB}/Box"`;
/** All but none: what "without one" is counted from. */
const EVERY = "lrswipkxtea";

type Case = {
  readonly command: string;
  /** Each of these alone makes it fail. */
  readonly needs: string;
  readonly before?: readonly string[];
};

const SELECT = `SELECT ${SHARED}`;
const LETTER = "Subject: x\r\n\r\nx\r\n";
const LITERAL = `{${LETTER.length}+}\r\n${LETTER}`;

const CASES: readonly Case[] = [
  { command: SELECT, needs: "r" },
  { command: `EXAMINE ${SHARED}`, needs: "r" },
  { command: `STATUS ${SHARED} (MESSAGES)`, needs: "r" },
  { command: `CREATE "Other Users/${BOB}/Box/New"`, needs: "k" },
  { command: `DELETE ${SHARED}`, needs: "x" },
  { command: `RENAME ${SHARED} "Other Users/${BOB}/Top/Box2"`, needs: "x" },
  { command: `APPEND ${SHARED} ${LITERAL}`, needs: "i" },
  { command: `COPY 1 ${SHARED}`, needs: "i", before: ["SELECT INBOX"] },
  { command: `MOVE 1 ${SHARED}`, needs: "i", before: ["SELECT INBOX"] },
  { command: "MOVE 1 INBOX", needs: "te", before: [SELECT] },
  { command: `REPLACE 1 ${SHARED} ${LITERAL}`, needs: "ite", before: [SELECT] },
  { command: "EXPUNGE", needs: "e", before: [SELECT] },
  { command: "UID EXPUNGE 1", needs: "e", before: [SELECT] },
  { command: "STORE 1 +FLAGS (\\Seen)", needs: "s", before: [SELECT] },
  { command: "STORE 1 +FLAGS (\\Deleted)", needs: "t", before: [SELECT] },
  { command: "STORE 1 +FLAGS (\\Flagged work)", needs: "w", before: [SELECT] },
  { command: `GETACL ${SHARED}`, needs: "a" },
  { command: `SETACL ${SHARED} anyone lr`, needs: "a" },
  { command: `DELETEACL ${SHARED} anyone`, needs: "a" },
  { command: `LISTRIGHTS ${SHARED} ${ANN}`, needs: "a" },
  { command: `GETMETADATA ${SHARED} /shared/comment`, needs: "r" },
  { command: `SETMETADATA ${SHARED} (/shared/comment "x")`, needs: "w" },
  { command: `GETQUOTAROOT ${SHARED}`, needs: "r" },
];

async function sharedBox(rights: string): Promise<ImapTalk> {
  const world = await createImapWorld({}, { accounts: { [ANN]: undefined, [BOB]: undefined } });
  const bob = await world.login(BOB);
  for (const line of [
    "CREATE Box",
    "CREATE Top",
    `SETACL Top ${ANN} lrk`,
    `APPEND Box ${LITERAL}`,
    `SETACL Box ${ANN} "${rights}"`,
  ])
    assert.match((await bob.say(`b ${line}`)).at(-1) ?? "", /^b OK/, line);
  const ann = await world.login(ANN);
  await ann.say(`a APPEND INBOX ${LITERAL}`);
  return ann;
}

async function run({ command, before = [] }: Case, rights: string): Promise<string> {
  const ann = await sharedBox(rights);
  for (const line of before) {
    const said = (await ann.say(`a ${line}`)).at(-1) ?? "";
    if (!said.startsWith("a OK")) return `${line}: ${said}`;
  }
  return (await ann.say(`c ${command}`)).at(-1) ?? "";
}

describe("somebody else's mailbox", () => {
  for (const one of CASES) {
    const shown = one.command.replaceAll("\r\n", " ").slice(0, 60);
    it(`takes ${shown} with the right ${one.needs}, and not without`, async () => {
      assert.match(await run(one, EVERY), /^c OK/);
      for (const right of one.needs) {
        const said = await run(one, EVERY.replace(right, ""));
        assert.match(said, /^c NO/, `without ${right}: ${said}`);
      }
    });
  }

  it("does not exist for those who have no right that shows it", async () => {
    for (const rights of ["", "swipkxtea"]) {
      const ann = await sharedBox(rights);
      assert.deepEqual((await ann.say(`l LIST "" "Other Users/*/Box"`)).length, 1, "not listed");
      for (const { command, before = [] } of CASES) {
        if (before.includes(SELECT) || command.startsWith("CREATE")) continue;
        for (const line of before) await ann.say(`a ${line}`);
        const said = (await ann.say(`c ${command}`)).at(-1) ?? "";
        assert.match(said, /^c NO/, `${command.slice(0, 40)} with "${rights}": ${said}`);
      }
    }
  });

  it("gives nothing away with the right to look up alone", async () => {
    const ann = await sharedBox("l");
    assert.equal((await ann.say(`l LIST "" "Other Users/*/Box"`)).length, 2);
    for (const { command, before = [] } of CASES) {
      if (before.includes(SELECT)) continue;
      for (const line of before) await ann.say(`a ${line}`);
      const said = (await ann.say(`c ${command}`)).at(-1) ?? "";
      assert.match(said, /^c NO/, command.slice(0, 40));
    }
    const listed = await ann.say(
      `s LIST "" "Other Users/*/Box" RETURN (STATUS (MESSAGES) METADATA (/shared/comment))`,
    );
    assert.equal(listed.filter((line) => /^\* (STATUS|METADATA)/.test(line)).length, 0, listed.join("\n"));
    const searched = await ann.say(`e ESEARCH IN (mailboxes ${SHARED}) RETURN (ALL) ALL`);
    assert.deepEqual(searched.length, 1, "a search passes it over");
    const linked = await ann.say(`u APPEND INBOX CATENATE (URL "/Other%20Users/${BOB}/Box/;UID=1")`);
    assert.match(linked.at(-1) ?? "", /^u NO/, "no URL leads into it");
  });

  it("keeps \\Seen as it is when it is read without the right to set it", async () => {
    const ann = await sharedBox("lr");
    await ann.say(`a ${SELECT}`);
    assert.ok((await ann.say("b FETCH 1 BODY[]")).at(-1)?.startsWith("b OK"));
    assert.deepEqual(await ann.say("c FETCH 1 FLAGS"), ["* 1 FETCH (FLAGS ())", "c OK FETCH completed"]);
  });

  it("leaves out flags of an APPEND or COPY that are not one's to set", async () => {
    const ann = await sharedBox("lri");
    await ann.say(`a APPEND ${SHARED} (\\Seen \\Deleted \\Flagged work) ${LITERAL}`);
    await ann.say("b SELECT INBOX");
    await ann.say("c STORE 1 +FLAGS (\\Seen \\Flagged)");
    await ann.say(`d COPY 1 ${SHARED}`);
    await ann.say(`e ${SELECT}`);
    const fetched = await ann.say("f FETCH 2:3 FLAGS");
    assert.deepEqual(fetched.slice(0, 2), ["* 2 FETCH (FLAGS ())", "* 3 FETCH (FLAGS ())"]);
  });

  it("that is taken away is closed to a session that has it open", async () => {
    const world = await createImapWorld({}, { accounts: { [ANN]: undefined, [BOB]: undefined } });
    const bob = await world.login(BOB);
    for (const line of ["CREATE Box", `APPEND Box ${LITERAL}`, `SETACL Box ${ANN} ${EVERY}`])
      await bob.say(`b ${line}`);
    const ann = await world.login(ANN);
    await ann.say(`a ${SELECT}`);
    await bob.say(`b DELETEACL Box ${ANN}`);
    for (const command of [
      "FETCH 1 BODY[]",
      "STORE 1 +FLAGS (\\Deleted)",
      "EXPUNGE",
      "COPY 1 INBOX",
      "SEARCH ALL",
    ]) {
      const said = (await ann.say(`c ${command}`)).at(-1) ?? "";
      assert.doesNotMatch(said, /^c OK/, `${command}: ${said}`);
    }
  });
});
