import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { isFault } from "../../base/fault.ts";
import { checkSqliteVersion, openDatabase } from "./database.ts";
import { openSqliteMailStore } from "./sqlite-mail-store.ts";
import { verifyStore } from "./verify-store.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-sqlite-"));
  folders.push(folder);
  return folder;
}

describe("the sqlite driver", () => {
  for (const version of ["3.51.3", "3.51.4", "3.52.0", "4.0.0"]) {
    it(`works with ${version}`, () => checkSqliteVersion(version));
  }
  for (const version of ["3.51.2", "3.50.9", "2.9.9"]) {
    it(`refuses ${version}`, () => assert.throws(() => checkSqliteVersion(version), /3\.51\.3 or newer/));
  }

  it("commits to the disk", () => {
    const database = openDatabase(join(newFolder(), "a.sqlite"), []);
    assert.equal(database.prepare("PRAGMA synchronous").get()?.["synchronous"], 2);
    assert.equal(database.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "wal");
    database.close();
  });

  it("brings an old file up to date, step by step, once", () => {
    const file = join(newFolder(), "a.sqlite");
    openDatabase(file, ["CREATE TABLE t (a)"]).close();
    const steps = ["CREATE TABLE t (a)", "ALTER TABLE t ADD COLUMN b", "INSERT INTO t VALUES (1, 2)"];
    openDatabase(file, steps).close();
    const database = openDatabase(file, steps);
    assert.deepEqual(database.prepare("SELECT count(*) AS n FROM t").get()?.["n"], 1);
    database.close();
    assert.throws(
      () => openDatabase(file, ["CREATE TABLE t (a)"]),
      (error) => isFault(error, "io") && /version 3/.test(error.message),
    );
  });

  it("opens a mail store of version 1", async () => {
    const folder = newFolder();
    const old = new DatabaseSync(join(folder, "mail.sqlite"));
    old.exec(readFileSync(new URL("fixtures/mail-version-1.sql", import.meta.url), "utf8"));
    old.close();
    const store = openSqliteMailStore({ folder });
    await store.open();
    assert.equal(store.account("ann@arch.test")?.usedBytes, 13);
    assert.deepEqual(
      (await store.list("ann@arch.test", "INBOX")).map(({ uid, queueId }) => [uid, queueId]),
      [[7, "Q1"]],
    );
    assert.equal(
      Buffer.from((await store.read("ann@arch.test", "INBOX", 7)) ?? []).toString(),
      "Subject: a\r\n\r",
    );
    await store.close();
  });

  it("opens a mail store of version 3: bytes, threads and numbers are those it had", async () => {
    const folder = newFolder();
    const old = new DatabaseSync(join(folder, "mail.sqlite"));
    old.exec(readFileSync(new URL("fixtures/mail-version-3.sql", import.meta.url), "utf8"));
    old.close();
    const store = openSqliteMailStore({ folder });
    await store.open();
    const [ann, bob] = ["ann@arch.test", "bob@arch.test"] as const;
    assert.deepEqual(
      [ann, bob].map((name) => [store.account(name)?.usedBytes, store.account(name)?.usedMessages]),
      [
        [430, 7],
        [127, 2],
      ],
    );
    assert.deepEqual(
      (await store.list(ann, "INBOX")).map(({ uid, sizeBytes }) => [uid, sizeBytes]),
      [
        [2, 55],
        [3, 55],
        [4, 55],
        [5, 83],
        [6, 72],
      ],
    );
    assert.match(Buffer.from((await store.read(bob, "INBOX", 2)) ?? []).toString(), /Text 3\.\r\n$/);
    const mail = store.mail(ann);
    const inbox = mail?.find("INBOX")?.id as number;
    const reply = Buffer.from("In-Reply-To: <5@arch.test>\r\nSubject: Re: Note 5\r\n\r\n");
    await mail?.append(inbox, [{ content: reply, flags: [] }]);
    const table = await mail?.open(inbox);
    assert.deepEqual([table?.emailIds[5], table?.threadIds[5]], [7, 5]);
    mail?.close(inbox);
    // Letter 9 is held by both, letter 3 too: with one account gone the other still has them.
    await store.removeAccount(ann);
    assert.match(Buffer.from((await store.read(bob, "INBOX", 1)) ?? []).toString(), /Text 9\.\r\n$/);
    await store.close();
    for await (const event of verifyStore(folder))
      assert.notEqual(event.kind, "problem", JSON.stringify(event));
  });
});
