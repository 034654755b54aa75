import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import type { AccountMail } from "../../store/account-mail.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { openSqliteMailStore } from "./sqlite-mail-store.ts";

const ANN = "ann@arch.test";
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-threads-"));
  folders.push(folder);
  return folder;
}

async function open(folder: string): Promise<{ readonly store: MailStore; readonly mail: AccountMail }> {
  const store = openSqliteMailStore({ folder, thread: false });
  await store.open();
  if (store.mail(ANN) === undefined) await store.putAccount(ANN);
  return { store, mail: store.mail(ANN) as AccountMail };
}

function letter(id: string | undefined, parent?: string): Buffer {
  const names = [id === undefined ? "" : `Message-ID: <${id}@arch.test>\r\n`];
  if (parent !== undefined) names.push(`In-Reply-To: <${parent}@arch.test>\r\n`);
  return Buffer.from(`${names.join("")}Subject: ${parent === undefined ? "" : "Re: "}plan\r\n\r\nText.\r\n`);
}

/** The thread of each letter, in order. */
async function add(mail: AccountMail, letters: readonly Buffer[]): Promise<number[]> {
  const inbox = mail.find("INBOX")?.id as number;
  await mail.append(
    inbox,
    letters.map((content) => ({ content, flags: [] })),
  );
  const table = await mail.open(inbox);
  assert.ok(table !== undefined);
  const threads = [...table.threadIds.subarray(table.length - letters.length, table.length)];
  mail.close(inbox);
  return threads;
}

function written(folder: string): readonly unknown[] {
  const database = new DatabaseSync(join(folder, "mail.sqlite"), { readOnly: true });
  const row = database
    .prepare("SELECT (SELECT count(*) FROM threadKey) AS keys, threadedUpTo FROM account")
    .get();
  database.close();
  return [row?.["keys"], row?.["threadedUpTo"]];
}

describe("threads", () => {
  it("go on in the same batch, in a later one, and after the store was closed", async () => {
    const folder = newFolder();
    const first = await open(folder);
    assert.deepEqual(await add(first.mail, [letter("a"), letter("b", "a"), letter("c")]), [1, 1, 3]);
    assert.deepEqual(await add(first.mail, [letter("d", "c"), letter(undefined)]), [3, 5]);
    assert.deepEqual(written(folder), [0, 0]);
    await first.store.close();
    assert.deepEqual(written(folder), [4, 5]);
    const again = await open(folder);
    assert.deepEqual(await add(again.mail, [letter("e", "b"), letter("f", "d")]), [1, 3]);
    await again.store.close();
  });

  it("go on after a crash, when nothing of them was written", async () => {
    const [folder, left] = [newFolder(), newFolder()];
    const { store, mail } = await open(folder);
    await add(mail, [letter("a"), letter("b", "a"), letter("c")]);
    for (const name of ["mail.sqlite", "mail.sqlite-wal"]) copyFileSync(join(folder, name), join(left, name));
    await store.close();
    const again = await open(left);
    assert.deepEqual(await add(again.mail, [letter("d", "b"), letter("e", "c")]), [1, 3]);
    await again.store.close();
    assert.deepEqual(written(left), [5, 5]);
  });

  it("know nothing of a write that failed", async () => {
    const folder = newFolder();
    const { store, mail } = await open(folder);
    await add(mail, [letter("a")]);
    const blocker = new DatabaseSync(join(folder, "mail.sqlite"));
    blocker.exec("CREATE TRIGGER full BEFORE INSERT ON change BEGIN SELECT RAISE(ABORT, 'no'); END");
    await assert.rejects(add(mail, [letter("b", "a"), letter("c")]));
    blocker.exec("DROP TRIGGER full");
    blocker.close();
    // Number 3 was given to the letter that failed, and is not given again.
    assert.deepEqual(await add(mail, [letter("d", "c"), letter("e", "a")]), [4, 1]);
    await store.close();
  });

  it("are written when many wait, though they have no ids", async () => {
    const folder = newFolder();
    const { store, mail } = await open(folder);
    await add(
      mail,
      Array.from({ length: 1_030 }, () => letter(undefined)),
    );
    assert.deepEqual(written(folder), [0, 1_030]);
    await store.close();
  });
});
