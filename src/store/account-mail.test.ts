import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createMemoryMailStore, openSqliteMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import type { AccountMail, MailEvent } from "./account-mail.ts";
import type { MailStore } from "./mail-store.ts";
import type { MessageTable } from "./message-table.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
const NOW = 1_700_000_000_000;

const makers: readonly (readonly [name: string, make: () => () => MailStore])[] = [
  [
    "in memory",
    () => {
      const store = createMemoryMailStore(() => NOW);
      return () => store;
    },
  ],
  [
    "on disk",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "posthorn-mail-"));
      folders.push(folder);
      return () => openSqliteMailStore({ folder, now: () => NOW });
    },
  ],
];

async function annOf(store: MailStore): Promise<AccountMail> {
  await store.open();
  if (store.account("ann@arch.test") === undefined) await store.putAccount("ann@arch.test");
  return store.mail("ann@arch.test") as AccountMail;
}

function item(
  text: string,
  flags: readonly string[] = [],
): { content: Uint8Array; flags: readonly string[]; receivedAt: number } {
  return {
    content: Buffer.from(`Subject: ${text}\r\nMessage-ID: <${text}@a>\r\n\r\n${text}\r\n`),
    flags,
    receivedAt: NOW - 5,
  };
}

function show(table: MessageTable): [number, string][] {
  return Array.from({ length: table.length }, (_, row) => [
    table.uids[row] as number,
    table.flagSets.flags(table.flags[row] as number).join(" "),
  ]);
}

for (const [name, make] of makers) {
  describe(`an account's mail ${name}`, () => {
    it("is the same after a restart, with or without a fold", async () => {
      const open = make();
      let store = open();
      let ann = await annOf(store);
      const inbox = ann.find("inbox")?.id as number;
      const work = await ann.create("Work/2026");
      assert.equal(work.kind, "done");
      const workId = ann.find("Work/2026")?.id as number;
      const added = await ann.append(inbox, [item("a"), item("b", ["\\Seen", "$Junk"]), item("c")]);
      assert.deepEqual(added.kind === "done" && added.uids, [1, 3]);
      const flagged = await ann.changeFlags(inbox, [1, 2], "add", ["\\Flagged"]);
      assert.deepEqual(flagged.kind === "done" && flagged.changed, [1, 2]);
      const copied = await ann.copy(inbox, [2, 3], { mail: ann, id: workId });
      assert.deepEqual(copied.kind === "done" && [copied.from, copied.to], [
        [2, 3],
        [1, 2],
      ]);
      const moved = await ann.move(inbox, [1, 1], { mail: ann, id: workId });
      assert.deepEqual(moved.kind === "done" && [moved.from, moved.to], [
        [1, 1],
        [3, 3],
      ]);
      const gone = await ann.expunge(inbox, [3, 3], false);
      assert.deepEqual(gone.kind === "done" && gone.uids, [3, 3]);
      await ann.subscribe("Work", true);
      await ann.setMetadata(undefined, new Map([["/private/comment", Buffer.from("hi")]]));
      await ann.setRights(workId, "bob@arch.test", "rl");

      const facts = (mail: AccountMail): unknown =>
        mail.mailboxes().map((box) => {
          const {
            id,
            name: path,
            role,
            uidNext,
            uidValidity,
            messages,
            unseen,
            sizeBytes,
            highestModseq,
            acl,
          } = box;
          return {
            id,
            path,
            role,
            uidNext,
            uidValidity,
            messages,
            unseen,
            sizeBytes,
            highestModseq,
            acl: [...acl],
          };
        });
      const before = facts(ann);
      await store.close();
      store = open();
      ann = await annOf(store);
      assert.deepEqual(facts(ann), before);
      const inboxTable = await ann.open(inbox);
      const workTable = await ann.open(workId);
      assert.ok(inboxTable !== undefined && workTable !== undefined);
      assert.deepEqual(show(inboxTable), [[2, "$Junk \\Flagged \\Seen"]]);
      assert.deepEqual(show(workTable), [
        [1, "$Junk \\Flagged \\Seen"],
        [2, ""],
        [3, "\\Flagged"],
      ]);
      assert.deepEqual(
        inboxTable.expunged.map(({ uids }) => uids),
        [
          [1, 1],
          [3, 3],
        ],
      );
      assert.equal(workTable.emailIds[0], inboxTable.emailIds[0]);
      const content = ann.content(workTable.emailIds[2] as number);
      assert.deepEqual(Buffer.from(content ?? []), Buffer.from(item("a").content));
      assert.deepEqual(ann.subscriptions(), ["Work"]);
      assert.equal(Buffer.from(ann.metadata(undefined).get("/private/comment") ?? []).toString(), "hi");
      assert.deepEqual(ann.quota, {
        bytesMax: undefined,
        messagesMax: undefined,
        bytesUsed: 144,
        messagesUsed: 4,
      });
      const next = await ann.append(inbox, [item("d")]);
      assert.deepEqual(next.kind === "done" && next.uids, [4, 4]);
      await store.close();
    });

    it("shows a change to listeners and tables when it is durable, not before", async () => {
      const store = make()();
      const ann = await annOf(store);
      const inbox = ann.find("INBOX")?.id as number;
      const table = await ann.open(inbox);
      const heard: MailEvent["kind"][] = [];
      const stop = ann.listen(({ kind }) => heard.push(kind));
      const adding = ann.append(inbox, [item("a")]);
      assert.equal(table?.length, 0);
      await adding;
      assert.equal(table?.length, 1);
      await ann.changeFlags(inbox, [1, 1], "add", ["\\Deleted"]);
      await ann.changeFlags(inbox, [1, 1], "add", ["\\Deleted"]);
      await ann.expunge(inbox, [1, 9], true);
      stop();
      await ann.append(inbox, [item("b")]);
      assert.deepEqual(heard, ["appended", "flags", "expunged"]);
      await store.close();
    });

    it("takes conditional flags only where nothing changed since", async () => {
      const store = make()();
      const ann = await annOf(store);
      const inbox = ann.find("INBOX")?.id as number;
      await ann.append(inbox, [item("a"), item("b")]);
      const since = ann.highestModseq;
      await ann.changeFlags(inbox, [1, 1], "add", ["\\Seen"]);
      const answer = await ann.changeFlags(inbox, [1, 2], "add", ["x"], since);
      assert.deepEqual(answer.kind === "done" && [answer.changed, answer.modified], [
        [2, 2],
        [1, 1],
      ]);
      await store.close();
    });

    it("keeps replies in the thread of what they answer, and copies share their e-mail", async () => {
      const store = make()();
      const ann = await annOf(store);
      const inbox = ann.find("INBOX")?.id as number;
      const reply = Buffer.from("Subject: one\r\nMessage-ID: <2@a>\r\nIn-Reply-To: <1@a>\r\n\r\n");
      const first = Buffer.from("Subject: one\r\nMessage-ID: <1@a>\r\n\r\n");
      const other = Buffer.from("Subject: one\r\nMessage-ID: <3@a>\r\n\r\n");
      await ann.append(
        inbox,
        [first, reply, other].map((content) => ({ content, flags: [] })),
      );
      const table = await ann.open(inbox);
      assert.equal(table?.threadIds[1], table?.threadIds[0]);
      assert.notEqual(table?.threadIds[2], table?.threadIds[0]);
      await store.close();
    });

    it("refuses what does not fit, and stores nothing of it", async () => {
      const store = make()();
      await store.open();
      await store.putAccount("ann@arch.test", { quotaBytes: 100, quotaMessages: 3 });
      const ann = store.mail("ann@arch.test") as AccountMail;
      const inbox = ann.find("INBOX")?.id as number;
      const answers = await Promise.all([1, 2, 3].map(() => ann.append(inbox, [item("a")])));
      assert.deepEqual(
        answers.map(({ kind }) => kind),
        ["done", "done", "overQuota"],
      );
      assert.equal((await ann.copy(inbox, [1, 2], { mail: ann, id: inbox })).kind, "overQuota");
      assert.equal(ann.find("INBOX")?.messages, 2);
      assert.equal(
        (await ann.move(inbox, [1, 2], { mail: ann, id: ann.find("Trash")?.id as number })).kind,
        "done",
      );
      await store.close();
    });

    it("renames with all below, and gives INBOX's messages away but never INBOX", async () => {
      const store = make()();
      const ann = await annOf(store);
      await ann.create("a/b/c");
      await ann.rename(ann.find("a/b")?.id as number, "x/y");
      assert.deepEqual(
        ann
          .mailboxes()
          .map((box) => box.name)
          .filter((path) => !/^[A-Z]/.test(path)),
        ["a", "x", "x/y", "x/y/c"],
      );
      const inbox = ann.find("INBOX")?.id as number;
      await ann.append(inbox, [item("a")]);
      await ann.rename(inbox, "old");
      assert.deepEqual([ann.find("INBOX")?.messages, ann.find("old")?.messages], [0, 1]);
      assert.equal((await ann.remove(inbox)).kind, "forbidden");
      assert.equal((await ann.remove(ann.find("x")?.id as number)).kind, "forbidden");
      assert.equal((await ann.remove(ann.find("x/y/c")?.id as number)).kind, "done");
      assert.equal((await ann.create("bad//name")).kind, "badName");
      assert.equal((await ann.create("Inbox")).kind, "exists");
      await store.close();
    });

    it("copies to another account with flags and dates", async () => {
      const store = make()();
      const ann = await annOf(store);
      await store.putAccount("bob@arch.test");
      const bob = store.mail("bob@arch.test") as AccountMail;
      const [from, to] = [ann.find("INBOX")?.id as number, bob.find("INBOX")?.id as number];
      await ann.append(from, [item("a", ["\\Seen"])]);
      assert.equal((await ann.move(from, [1, 1], { mail: bob, id: to })).kind, "done");
      const table = await bob.open(to);
      assert.deepEqual(table && show(table), [[1, "\\Seen"]]);
      assert.equal(table?.receivedAts[0], NOW - 5);
      assert.equal(ann.find("INBOX")?.messages, 0);
      await store.close();
    });
  });
}

describe("folding", () => {
  it("keeps a mailbox of many changes quick to open, and says the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "posthorn-mail-"));
    folders.push(folder);
    const open = (): MailStore => openSqliteMailStore({ folder, now: () => NOW, thread: false });
    let store = open();
    let ann = await annOf(store);
    const inbox = ann.find("INBOX")?.id as number;
    await ann.append(
      inbox,
      Array.from({ length: 3_000 }, (_, n) => item(`m${n}`)),
    );
    for (let n = 1; n <= 2_100; n++)
      await ann.changeFlags(inbox, [n, n], "add", [n % 2 === 0 ? "even" : "\\Seen"]);
    await ann.expunge(inbox, [10, 20, 1_500, 1_600], false);
    const table = await ann.open(inbox);
    const before = table && [show(table), table.expunged];
    await store.close();
    store = open();
    ann = await annOf(store);
    const again = await ann.open(inbox);
    assert.deepEqual(again && [show(again), again.expunged], before);
    await store.close();
  });
});
