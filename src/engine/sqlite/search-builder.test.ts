import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { AccountMail } from "../../store/account-mail.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { search, snapshotOf } from "../../store/search/evaluate.ts";
import type { SearchQuery } from "../../store/search/query.ts";
import { SPAN_EMAILS } from "../../store/search/search-index.ts";
import { openSqliteMailStore } from "./sqlite-mail-store.ts";
import { STEP, stepForward } from "./step-forward.ts";
import { verifyStore } from "./verify-store.ts";

const MADE_WITHIN_MS = 20_000;
const ANN = "ann@arch.test";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-search-"));
  folders.push(folder);
  return folder;
}

function content(n: number): Buffer {
  return Buffer.from(
    `From: Sender ${n % 10} <s${n % 10}@firm.test>\r\nSubject: Note ${n}\r\n\r\nThe word of ${n} is w${n * 7}x.\r\n`,
  );
}

async function open(folder: string): Promise<{ store: MailStore; mail: AccountMail; inbox: number }> {
  const store = openSqliteMailStore({ folder });
  await store.open();
  await store.putAccount(ANN);
  const mail = store.mail(ANN) as AccountMail;
  return { store, mail, inbox: mail.find("INBOX")?.id as number };
}

async function fill(mail: AccountMail, inbox: number, from: number, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, n) => ({ content: content(from + n), flags: [] }));
  await mail.append(inbox, items);
}

async function until(what: () => boolean): Promise<void> {
  for (const end = performance.now() + MADE_WITHIN_MS; performance.now() < end; await wait(20))
    if (what()) return;
  assert.fail("it was not made in time");
}

const isMade = (mail: AccountMail, span: number): boolean =>
  mail.index.look(span, "subject", "x") !== undefined;

const QUERIES: readonly SearchQuery[] = [
  { kind: "body", text: "W77X" },
  { kind: "body", text: "the word" },
  { kind: "text", text: "note 10" },
  { kind: "subject", text: "9" },
  { kind: "address", field: "from", text: "s3@" },
  { kind: "header", field: "from", text: "sender 4" },
  { kind: "header", field: "X-None", text: "" },
  { kind: "body", text: "nowhere" },
];

/** With the index and without it. */
async function agree(mail: AccountMail, inbox: number): Promise<void> {
  const opened = await mail.open(inbox);
  assert.ok(opened !== undefined);
  const parts = { mail, table: snapshotOf(opened), pause: () => Promise.resolve() };
  for (const query of QUERIES) {
    const looked = await search(query, parts);
    assert.deepEqual(await search(query, { ...parts, index: mail.index }), looked, JSON.stringify(query));
  }
  mail.close(inbox);
}

async function problemsOf(folder: string): Promise<string[]> {
  const problems: string[] = [];
  for await (const event of verifyStore(folder))
    if (event.kind === "problem") problems.push(`${event.where}: ${event.why}`);
  return problems;
}

describe("the search index of a store", () => {
  it("is made behind the writes, agrees with looking, and goes with its messages", async () => {
    const folder = newFolder();
    const { store, mail, inbox } = await open(folder);
    await fill(mail, inbox, 1, 1_100);
    await agree(mail, inbox);
    await until(() => isMade(mail, 0) && isMade(mail, 1));
    assert.ok(!isMade(mail, 2), "a span that is not full has no page");
    await agree(mail, inbox);
    await fill(mail, inbox, 1_101, 500);
    await agree(mail, inbox);
    await until(() => isMade(mail, 2));
    await mail.expunge(inbox, [200, 220], false);
    await agree(mail, inbox);
    assert.deepEqual(await problemsOf(folder), []);
    await mail.expunge(inbox, [1, 511], false);
    await store.clear();
    await until(() => !isMade(mail, 0) && !isMade(mail, 2));
    await store.close();
    assert.deepEqual(await problemsOf(folder), []);
  });

  it("is made anew when it is of another version, and verify finds what it hides", async () => {
    const folder = newFolder();
    const first = await open(folder);
    await fill(first.mail, first.inbox, 1, 600);
    await until(() => isMade(first.mail, 0));
    await first.store.close();
    const database = new DatabaseSync(join(folder, "mail.sqlite"));
    const damages = [
      [
        "UPDATE searchPart SET bytes = zeroblob(length(bytes)) WHERE part = 20",
        /holds text that would not be found/,
      ],
      ["DELETE FROM searchPart WHERE part = 3", /parts of it are missing/],
    ] as const;
    for (const [sql, said] of damages) {
      database.exec(sql);
      assert.match((await problemsOf(folder)).join("\n"), said);
    }
    database.exec("UPDATE searchPage SET version = 0");
    assert.deepEqual(await problemsOf(folder), []);
    database.close();
    const again = await open(folder);
    await agree(again.mail, again.inbox);
    await until(() => isMade(again.mail, 0));
    await agree(again.mail, again.inbox);
    await again.store.close();
    assert.deepEqual(await problemsOf(folder), []);
  });

  it("comes to a store of version 2", async () => {
    const folder = newFolder();
    const old = new DatabaseSync(join(folder, "mail.sqlite"));
    old.exec(readFileSync(new URL("fixtures/mail-version-2.sql", import.meta.url), "utf8"));
    old.close();
    const { store, mail, inbox } = await open(folder);
    assert.deepEqual(
      (await store.list(ANN, "INBOX")).map(({ uid }) => uid),
      [1, 3],
    );
    await agree(mail, inbox);
    await fill(mail, inbox, 1, 600);
    await until(() => isMade(mail, 0));
    await agree(mail, inbox);
    await store.close();
    assert.deepEqual(await problemsOf(folder), []);
  });

  it("has no pages for ids that a restored store stepped over", async () => {
    const folder = newFolder();
    const { store, mail, inbox } = await open(folder);
    await fill(mail, inbox, 1, 1_100);
    await store.close();
    stepForward(folder);
    const again = await open(folder);
    await fill(again.mail, again.inbox, 1_101, 1_100);
    const span = Math.floor(STEP / SPAN_EMAILS) + 4;
    await until(() => [0, 1, span - 1].every((page) => isMade(again.mail, page)));
    await agree(again.mail, again.inbox);
    await again.store.close();
    const database = new DatabaseSync(join(folder, "mail.sqlite"), { readOnly: true });
    const pages = Number(database.prepare("SELECT count(*) AS n FROM searchPage").get()?.["n"]);
    database.close();
    assert.ok(pages >= 4 && pages <= 8, `${pages} pages for 2,200 e-mails, a million ids apart`);
    assert.deepEqual(await problemsOf(folder), []);
  });
});
