import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { isFault } from "../../base/fault.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import { compareStores } from "./compare-stores.ts";
import { copyStore } from "./copy-store.ts";
import { openSqliteMailStore } from "./sqlite-mail-store.ts";
import { verifyStore, type VerifyEvent, type VerifyTotals } from "./verify-store.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-verify-"));
  folders.push(folder);
  return folder;
}

/** Two accounts with flags, copies, moves, expunges and a shared blob. `meanwhile` runs while the server still has it open. */
async function filled(folder: string, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  const store = openSqliteMailStore({ folder, thread: false, now: () => 1_700_000_000_000 });
  await store.open();
  for (const name of ["ann@arch.test", "bob@arch.test"])
    await store.putAccount(name, { quotaBytes: 100_000 });
  const ann = store.mail("ann@arch.test") as AccountMail;
  const inbox = ann.find("INBOX")?.id as number;
  const trash = ann.find("Trash")?.id as number;
  const items = Array.from({ length: 40 }, (_, n) => ({
    content: Buffer.from(`Subject: ${n}\r\n\r\n${n}`),
    flags: [],
  }));
  await ann.append(inbox, items);
  await ann.changeFlags(inbox, [1, 20], "add", ["\\Seen", "work"]);
  await ann.copy(inbox, [3, 9], { mail: ann, id: trash });
  await ann.move(inbox, [10, 12], { mail: ann, id: trash });
  await ann.expunge(inbox, [1, 2], false);
  const facts = { mailbox: "INBOX", receivedAt: 5, reversePath: "", recipient: "", queueId: "Q" };
  const content = Buffer.from("Subject: to all\r\n\r\n");
  for (const account of ["ann@arch.test", "bob@arch.test"])
    await store.deliver({
      account,
      content,
      added: Buffer.from("Return-Path: <>\r\n"),
      deliveryId: account,
      ...facts,
    });
  await meanwhile();
  await store.close();
}

async function problemsOf(folder: string): Promise<{ problems: string[]; totals: VerifyTotals | undefined }> {
  const problems: string[] = [];
  let last: VerifyEvent | undefined;
  for await (const event of verifyStore(folder)) {
    if (event.kind === "problem") problems.push(`${event.where}: ${event.why}`);
    last = event;
  }
  return { problems, totals: last?.kind === "done" ? last.totals : undefined };
}

/** What is broken, how, and what verify must say. */
const DAMAGES: readonly (readonly [name: string, sql: string, said: RegExp])[] = [
  ["a changed byte", "UPDATE blob SET bytes = x'00' WHERE id = 3", /blob 3: .*hash differs/],
  ["a lost blob", "PRAGMA foreign_keys = OFF; DELETE FROM blob WHERE id = 4", /without its bytes: 4/],
  ["a lost e-mail", "DELETE FROM email WHERE id = 5", /INBOX: UID 5 has no e-mail 5/],
  ["a lost page", "DELETE FROM page WHERE mailboxId = 1", /INBOX: messages is kept as 36, and counted as 0/],
  ["a damaged page", "UPDATE page SET columns = x'0102'", /INBOX: a page of a mailbox is damaged/],
  ["a wrong count", "UPDATE mailbox SET unseen = unseen + 1 WHERE id = 1", /INBOX: unseen is kept as/],
  ["a UIDNEXT too low", "UPDATE mailbox SET uidNext = 7 WHERE id = 1", /UID 41 is not below UIDNEXT 7/],
  ["a modseq too low", "UPDATE mailbox SET highestModseq = 3 WHERE id = 1", /has the modseq \d+, above 3/],
  ["bytes that nobody holds", "INSERT INTO blob VALUES (99, x'00', x'00')", /holders are miscounted: 99/],
  ["bytes that more hold than are counted", "DELETE FROM sharedBlob", /holders are miscounted: 41/],
  ["a wrong size", "UPDATE email SET sizeBytes = 1 WHERE id = 6", /size is not that of its bytes: 6/],
  ["a thread ahead", "UPDATE email SET threadId = 7 WHERE id = 6", /in the thread of a later one: 6/],
  ["a wrong thread", "UPDATE email SET threadId = 1 WHERE id = 6", /UID 6 is in thread 6, its e-mail in 1/],
  ["a lost mailbox", "DELETE FROM mailbox WHERE accountId = 1 AND id = 1", /it has no INBOX/],
];

describe("verify", () => {
  it("finds nothing wrong with a store, also while its server runs", async () => {
    const folder = newFolder();
    await filled(folder, async () => assert.deepEqual((await problemsOf(folder)).problems, []));
    const { problems, totals } = await problemsOf(folder);
    assert.deepEqual(problems, []);
    const expected = { problems: 0, accounts: 2, mailboxes: 12, messages: 47, emails: 40, blobs: 39 };
    assert.deepEqual(totals, { ...expected, bytes: totals?.bytes, unplacedEmails: 0 });
  });

  it("counts what a killed server had not swept, and the next server sweeps it", async () => {
    const [folder, left] = [newFolder(), newFolder()];
    await filled(folder, async () => {
      for (const name of ["mail.sqlite", "mail.sqlite-wal"])
        copyFileSync(join(folder, name), join(left, name));
    });
    assert.equal((await problemsOf(left)).totals?.unplacedEmails, 2);
    const store = openSqliteMailStore({ folder: left });
    await store.open();
    await store.close();
    const { problems, totals } = await problemsOf(left);
    assert.deepEqual([problems, totals?.unplacedEmails, totals?.emails], [[], 0, 40]);
  });

  for (const [name, sql, said] of DAMAGES) {
    it(`names ${name}`, async () => {
      const folder = newFolder();
      await filled(folder);
      const database = new DatabaseSync(join(folder, "mail.sqlite"));
      database.exec(sql);
      database.close();
      const { problems } = await problemsOf(folder);
      assert.ok(
        problems.some((text) => said.test(text)),
        problems.join("\n"),
      );
    });
  }
});

async function differencesOf(one: string, other: string): Promise<string[]> {
  const told: string[] = [];
  for await (const event of compareStores(one, other))
    if (event.kind === "difference") told.push(`${event.where}: ${event.why}`);
  return told;
}

describe("a copy of a store", () => {
  it("is the same to the last flag, taken beside its running server", async () => {
    const [folder, copy] = [newFolder(), newFolder()];
    await filled(folder, () => copyStore(folder, copy));
    assert.deepEqual(await differencesOf(folder, copy), []);
    assert.deepEqual((await problemsOf(copy)).problems, []);
    const restored = newFolder();
    await copyStore(copy, restored);
    assert.deepEqual(await differencesOf(folder, restored), []);
    await assert.rejects(copyStore(copy, folder), (error) => isFault(error, "folderInUse"));
  });

  it("is told from another by one flag, one byte, one mailbox", async () => {
    const [folder, other] = [newFolder(), newFolder()];
    await filled(folder);
    await filled(other);
    assert.deepEqual(await differencesOf(folder, other), []);
    const store = openSqliteMailStore({ folder: other, thread: false });
    await store.open();
    const ann = store.mail("ann@arch.test") as AccountMail;
    await ann.changeFlags(ann.find("INBOX")?.id as number, [30, 30], "add", ["x"]);
    await ann.create("More");
    await store.close();
    const database = new DatabaseSync(join(other, "mail.sqlite"));
    database.exec("UPDATE blob SET sha256 = x'00' WHERE id = 9");
    database.close();
    const told = (await differencesOf(folder, other)).join("\n");
    assert.match(told, /INBOX: message \d+: .* is .* x in the second/);
    assert.match(told, /More: is missing in the first/);
    assert.match(told, /e-mail \d+: \[9,/);
  });
});
