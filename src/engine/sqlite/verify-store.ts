/**
 * Checks a whole mail store and says what is wrong with it: every blob's hash and holders, every e-mail's blob, every
 * mailbox's messages and numbers. It looks at one moment, also beside a running server, and changes nothing.
 */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { checkMailbox, type EmailIndex } from "../../store/check-mailbox.ts";
import type { AccountContents } from "../../store/mail-disk.ts";
import { INBOX } from "../../store/mailbox-name.ts";
import { toSqliteFault } from "./database.ts";
import { ACCOUNT_EMAILS } from "./email-key.ts";
import { loadAccounts } from "./load-accounts.ts";
import { lookIntoStore, type StoreView } from "./look-into-store.ts";
import { verifySearchPage } from "./verify-search-page.ts";

export type VerifyEvent =
  | { readonly kind: "problem"; readonly where: string; readonly why: string }
  | {
      readonly kind: "progress";
      readonly what: "blobs" | "mailboxes" | "search pages";
      readonly done: number;
      readonly of: number;
    }
  /** The last one. E-mails that wait to be swept stand nowhere and are no problem. */
  | { readonly kind: "done"; readonly totals: VerifyTotals };

export type VerifyTotals = {
  readonly problems: number;
  readonly accounts: number;
  readonly mailboxes: number;
  readonly messages: number;
  readonly emails: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly unplacedEmails: number;
};

type Problem = Extract<VerifyEvent, { kind: "problem" }>;

/** Between two looks at other work: so many blobs are hashed in one go. */
const BLOBS_A_TURN = 64;
/** Limit: of sentences about one kind of damage of the file itself. */
const FILE_PROBLEMS_MAX = 50;

/** What must never be found, each with the sentence for a row of it. */
const NEVER: readonly (readonly [where: string, query: string])[] = [
  [
    "an e-mail without its bytes",
    "SELECT accountId AS a, email.id AS b FROM email LEFT JOIN blob ON blob.id = blobId WHERE blob.id IS NULL",
  ],
  [
    "an e-mail whose size is not that of its bytes",
    "SELECT accountId AS a, email.id AS b FROM email JOIN blob ON blob.id = blobId WHERE sizeBytes <> length(added) + length(bytes)",
  ],
  ["an e-mail in the thread of a later one", "SELECT accountId AS a, id AS b FROM email WHERE threadId > id"],
  [
    "bytes whose holders are miscounted",
    `SELECT 0 AS a, blob.id AS b FROM blob
     LEFT JOIN (SELECT blobId, count(*) AS n FROM email GROUP BY blobId) AS held ON held.blobId = blob.id
     LEFT JOIN sharedBlob ON sharedBlob.blobId = blob.id WHERE coalesce(n, 0) <> coalesce(holders, 1)`,
  ],
  [
    "a page of no mailbox",
    "SELECT page.accountId AS a, mailboxId AS b FROM page LEFT JOIN mailbox ON mailbox.accountId = page.accountId AND mailbox.id = mailboxId WHERE mailbox.id IS NULL",
  ],
  [
    "a change of no mailbox",
    "SELECT change.accountId AS a, mailboxId AS b FROM change LEFT JOIN mailbox ON mailbox.accountId = change.accountId AND mailbox.id = mailboxId WHERE mailbox.id IS NULL",
  ],
  [
    "a mailbox above its account's last id or UIDVALIDITY",
    "SELECT accountId AS a, mailbox.id AS b FROM mailbox JOIN account ON account.id = accountId WHERE mailbox.id > lastMailboxId OR uidValidity > lastUidValidity",
  ],
  [
    "two mailboxes of one name",
    "SELECT accountId AS a, name AS b FROM mailbox GROUP BY accountId, name HAVING count(*) > 1",
  ],
];

export async function* verifyStore(folder: string): AsyncGenerator<VerifyEvent, void> {
  const view = lookIntoStore(folder);
  let problems = 0;
  const totals = { accounts: 0, mailboxes: 0, messages: 0, emails: 0, blobs: 0, bytes: 0, unplacedEmails: 0 };
  try {
    const stages = [
      checkFile(view.database),
      checkBlobs(view.database, totals),
      checkAccounts(view, totals),
      checkSearch(view),
    ];
    for (const stage of stages) {
      for (const event of stage) {
        if (event === "turn") {
          await turn();
          continue;
        }
        if (event.kind === "problem") problems++;
        yield event;
      }
    }
    yield { kind: "done", totals: { problems, ...totals } };
  } catch (error) {
    throw toSqliteFault(error, `verify ${folder}`);
  } finally {
    view.close();
  }
}

type Counted = { -readonly [K in keyof Omit<VerifyTotals, "problems">]: number };
type Step = VerifyEvent | "turn";

function problem(where: string, why: string): Problem {
  return { kind: "problem", where, why };
}

function* checkFile(database: DatabaseSync): Generator<Step> {
  for (const row of database.prepare(`PRAGMA quick_check(${FILE_PROBLEMS_MAX})`).all()) {
    const why = String(row["quick_check"]);
    if (why !== "ok") yield problem("the file", why);
  }
  yield "turn";
  for (const row of database.prepare("PRAGMA foreign_key_check").all().slice(0, FILE_PROBLEMS_MAX)) {
    yield problem(
      `table ${String(row["table"])}`,
      `a row refers to a ${String(row["parent"])} that is not there`,
    );
  }
  for (const [what, query] of NEVER) {
    yield "turn";
    const rows = database.prepare(`${query} LIMIT ${FILE_PROBLEMS_MAX}`).all();
    for (const { a, b } of rows) yield problem(`account ${String(a)}`, `${what}: ${String(b)}`);
  }
}

function* checkBlobs(database: DatabaseSync, totals: Counted): Generator<Step> {
  const of = Number(database.prepare("SELECT count(*) AS n FROM blob").get()?.["n"]);
  const rows = database.prepare("SELECT id, sha256, bytes FROM blob ORDER BY id").iterate();
  for (const { id, sha256, bytes } of rows) {
    const content = (bytes ?? new Uint8Array(0)) as Uint8Array;
    totals.blobs++;
    totals.bytes += content.length;
    if (!hash("sha256", content, "buffer").equals(sha256 as Uint8Array)) {
      yield problem(`blob ${String(id)}`, "its bytes are not those it was stored with: the hash differs");
    }
    if (totals.blobs % BLOBS_A_TURN === 0) yield "turn";
    if (totals.blobs % (BLOBS_A_TURN * 16) === 0)
      yield { kind: "progress", what: "blobs", done: totals.blobs, of };
  }
  yield { kind: "progress", what: "blobs", done: totals.blobs, of };
}

function* checkAccounts(view: StoreView, totals: Counted): Generator<Step> {
  const accounts = loadAccounts(view.database);
  const of = accounts.reduce((sum, { mailboxes }) => sum + mailboxes.length, 0);
  for (const contents of accounts) {
    totals.accounts++;
    yield* checkAccount(view, contents, totals, of);
  }
}

function* checkAccount(
  { database, reader }: StoreView,
  { account, mailboxes }: AccountContents,
  totals: Counted,
  of: number,
): Generator<Step> {
  const emails = indexEmails(database, account.id, account.lastEmailId, totals);
  if (!mailboxes.some(({ name }) => name === INBOX)) yield problem(account.name, "it has no INBOX");
  for (const row of mailboxes) {
    const stored = reader.readMailbox(account.id, row.id);
    const { problems, table } = checkMailbox(row, stored, emails);
    for (const why of problems) yield problem(`${account.name}, ${row.name}`, why);
    totals.mailboxes++;
    totals.messages += table?.length ?? 0;
    yield { kind: "progress", what: "mailboxes", done: totals.mailboxes, of };
    yield "turn";
  }
  for (let id = 0; id < emails.placed.length; id++) {
    if (emails.sizesPlusOne[id] !== 0 && emails.placed[id] === 0) totals.unplacedEmails++;
  }
}

function* checkSearch(view: StoreView): Generator<Step> {
  const rows = view.database
    .prepare(
      "SELECT accountId, name, page FROM searchPage JOIN account ON account.id = accountId ORDER BY accountId, page",
    )
    .all();
  let done = 0;
  for (const { accountId, name, page } of rows) {
    for (const why of verifySearchPage(view, Number(accountId), Number(page))) {
      if (why === "turn") yield why;
      else yield problem(`${String(name)}, search page ${String(page)}`, why);
    }
    yield { kind: "progress", what: "search pages", done: ++done, of: rows.length };
  }
}

function indexEmails(
  database: DatabaseSync,
  accountId: number,
  lastEmailId: number,
  totals: Counted,
): EmailIndex {
  const length = lastEmailId + 1;
  const sizesPlusOne = new Float64Array(length);
  const threadIds = new Uint32Array(length);
  const statement = database.prepare(`SELECT id, sizeBytes, threadId FROM email WHERE ${ACCOUNT_EMAILS}`);
  statement.setReturnArrays(true);
  for (const row of statement.iterate(accountId) as unknown as Iterable<readonly number[]>) {
    const [id = 0, sizeBytes = 0, threadId = 0] = row;
    if (id >= length) continue;
    sizesPlusOne[id] = sizeBytes + 1;
    threadIds[id] = threadId;
    totals.emails++;
  }
  return { sizesPlusOne, threadIds, placed: new Uint8Array(length) };
}
