import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { createImapWorld, type ImapTalk } from "./imap-world.ts";

const MAILS = [
  ["ann", "Plans", "", "the quick brown fox"],
  ["bob", "Re: Plans", "<1@a>", "a slow reply"],
  ["cid", "Other", "", "quick words"],
  ["bob", "Re: Re: Plans", "<1@a> <2@a>", "last words of all"],
] as const;

async function filled(): Promise<ImapTalk> {
  const { login } = await createImapWorld();
  const talk = await login();
  for (const [n, [from, subject, references, body]] of MAILS.entries()) {
    const refs = references === "" ? "" : `References: ${references}\r\n`;
    const content = `From: ${from}@far.test\r\nSubject: ${subject}\r\nMessage-ID: <${n + 1}@a>\r\n${refs}Date: ${n + 1} Nov 2026 10:00:00 +0000\r\n\r\n${body}\r\n`;
    await talk.say(`P APPEND INBOX {${content.length}+}\r\n${content}`);
  }
  await talk.say("S SELECT INBOX");
  return talk;
}

describe("searching by imap", () => {
  let talk: ImapTalk;
  before(async () => {
    talk = await filled();
    await talk.say("s STORE 1 +FLAGS.SILENT (\\Seen)");
  });

  const cases: readonly (readonly [command: string, answer: readonly string[]])[] = [
    ["SEARCH ALL", ["* SEARCH 1 2 3 4"]],
    ["SEARCH UNSEEN FROM bob", ["* SEARCH 2 4"]],
    ["UID SEARCH BODY quick NOT SEEN", ["* SEARCH 3"]],
    ["SEARCH OR SUBJECT other BODY slow", ["* SEARCH 2 3"]],
    ["SEARCH 2:* TEXT words", ["* SEARCH 3 4"]],
    ["SEARCH 9 ALL", ["* SEARCH"]],
    ["SEARCH SENTON 2-Nov-2026", ["* SEARCH 2"]],
    ["SEARCH HEADER References <2@a>", ["* SEARCH 4"]],
    ['SEARCH FUZZY (BODY "fox quick")', ["* SEARCH 1"]],
    ['SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT "quick words"', ['* ESEARCH (TAG "t") ALL 3 RELEVANCY (60)']],
    ["SEARCH RETURN (ALL RELEVANCY) FUZZY TEXT o", ['* ESEARCH (TAG "t") ALL 1:4 RELEVANCY (60 60 100 60)']],
    ["SORT (RELEVANCY DATE) UTF-8 FUZZY TEXT o", ["* SORT 3 1 2 4"]],
    [
      "SORT RETURN (RELEVANCY PARTIAL 1:2) (RELEVANCY REVERSE DATE) UTF-8 FUZZY TEXT o",
      ['* ESEARCH (TAG "t") PARTIAL (1:2 3:4) RELEVANCY (100 60)'],
    ],
    ["SEARCH RETURN (MIN MAX COUNT) FROM bob", ['* ESEARCH (TAG "t") MIN 2 MAX 4 COUNT 2']],
    ["UID SEARCH RETURN () FROM nobody", ['* ESEARCH (TAG "t") UID']],
    ["UID SEARCH RETURN (PARTIAL -1:-2) ALL", ['* ESEARCH (TAG "t") UID PARTIAL (-1:-2 3:4)']],
    ["SEARCH RETURN (SAVE) FROM bob", []],
    ["SEARCH $ TEXT last", ["* SEARCH 4"]],
    ["SORT (REVERSE DATE) UTF-8 ALL", ["* SORT 4 3 2 1"]],
    ["SORT (SUBJECT) UTF-8 ALL", ["* SORT 3 1 2 4"]],
    ["SORT RETURN (ALL COUNT) (FROM) UTF-8 ALL", ['* ESEARCH (TAG "t") COUNT 4 ALL 1:2,4,3']],
    ["THREAD REFERENCES UTF-8 ALL", ["* THREAD (1 2 4)(3)"]],
    ["UID THREAD ORDEREDSUBJECT UTF-8 ALL", ["* THREAD (1 (2)(4))(3)"]],
    ["THREAD REFERENCES UTF-8 FROM nobody", ["* THREAD"]],
  ];
  for (const [command, answer] of cases) {
    it(`${command}`, async () => {
      const lines = await talk.say(`t ${command}`);
      assert.deepEqual(lines.slice(0, -1), answer);
      assert.match(lines.at(-1) ?? "", /^t OK/);
    });
  }

  it("names the highest mod-sequence when asked for one", async () => {
    const [answer] = await talk.say("t SEARCH MODSEQ 1 SEEN");
    assert.match(answer ?? "", /^\* SEARCH 1 \(MODSEQ \d+\)$/);
  });

  it("looks into several mailboxes", async () => {
    await talk.say("t COPY 3 Archive");
    const lines = await talk.say("t ESEARCH IN (mailboxes (INBOX Archive Drafts)) RETURN (COUNT) BODY quick");
    assert.deepEqual(
      lines.map((line) => line.replace(/UIDVALIDITY \d+/, "UIDVALIDITY N")),
      [
        '* ESEARCH (TAG "t" MAILBOX INBOX UIDVALIDITY N) UID COUNT 2',
        '* ESEARCH (TAG "t" MAILBOX Archive UIDVALIDITY N) UID COUNT 1',
        "t OK ESEARCH completed",
      ],
    );
  });

  it("looks into a mailbox and those just below it, and no deeper", async () => {
    for (const name of ["Lists", "Lists/a", "Lists/a/deep"]) {
      await talk.say(`t CREATE ${name}`);
      await talk.say(`t COPY 1 ${name}`);
    }
    const lines = await talk.say("t ESEARCH IN (subtree-one Lists) RETURN (COUNT) BODY quick");
    const names = lines.map((line) => / MAILBOX (\S+)/.exec(line)?.[1]).filter((name) => name !== undefined);
    assert.deepEqual(names, ["Lists", "Lists/a"]);
  });

  it("scores nothing where nothing is fuzzy", async () => {
    for (const command of ["SEARCH RETURN (RELEVANCY) TEXT o", "SORT (RELEVANCY) UTF-8 TEXT o"])
      assert.deepEqual(await talk.say(`t ${command}`), ["t BAD RELEVANCY is for searches with a FUZZY key"]);
  });

  it("answers with ESEARCH once IMAP4rev2 is on, and refuses what it cannot", async () => {
    assert.match((await talk.say("t THREAD NOSUCH UTF-8 ALL")).join(), /^t BAD/);
    assert.match((await talk.say("t SEARCH CHARSET KOI8-R ALL")).join(), /BADCHARSET/);
    await talk.say("t ENABLE IMAP4rev2");
    assert.equal((await talk.say("t SEARCH FROM bob"))[0], '* ESEARCH (TAG "t") ALL 2,4');
  });
});
