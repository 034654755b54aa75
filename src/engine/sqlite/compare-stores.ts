/**
 * Whether two mail stores hold the same: accounts, mailboxes, each message's UID, flags, dates and modseq, each
 * e-mail's bytes by their hash. Pages and records are how it is kept, not what it is: those may differ. Changes nothing.
 */
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import type { AccountContents, MailboxRow } from "../../store/mail-disk.ts";
import { MailboxState } from "../../store/mailbox-state.ts";
import type { MessageTable } from "../../store/message-table.ts";
import { toSqliteFault } from "./database.ts";
import { ACCOUNT_EMAILS } from "./email-key.ts";
import { loadAccounts } from "./load-accounts.ts";
import { lookIntoStore, type StoreView } from "./look-into-store.ts";

export type CompareEvent =
  | { readonly kind: "difference"; readonly where: string; readonly why: string }
  /** The last one: what was the same. */
  | {
      readonly kind: "done";
      readonly differences: number;
      readonly accounts: number;
      readonly mailboxes: number;
      readonly messages: number;
      readonly emails: number;
    };

type Difference = Extract<CompareEvent, { kind: "difference" }>;
type Step = Difference | "turn";
type Counted = { accounts: number; mailboxes: number; messages: number; emails: number };

/** Limit: of differences told of one mailbox or table. */
const DIFFERENCES_MAX = 20;

/** What of an account is in rows of their own; the same text, the same row. */
const ROWS: readonly (readonly [what: string, query: string])[] = [
  [
    "e-mail",
    `SELECT email.id, hex(sha256), length(bytes), hex(added), threadId, sizeBytes, sentAt, hex(envelope), hex(structure), preview
     FROM email JOIN blob ON blob.id = blobId WHERE ${ACCOUNT_EMAILS} ORDER BY key`,
  ],
  [
    "delivery",
    "SELECT deliveryId, emailId, uid, reversePath, recipient, queueId FROM delivery WHERE accountId = ? ORDER BY deliveryId",
  ],
  [
    "app password",
    "SELECT id, name, hex(verifier), createdAt, lastUsedAt FROM appPassword WHERE accountId = ? ORDER BY id",
  ],
  ["subscription", "SELECT name FROM subscription WHERE accountId = ? ORDER BY name"],
  [
    "metadata",
    "SELECT mailboxId, entry, hex(value) FROM metadata WHERE accountId = ? ORDER BY mailboxId, entry",
  ],
];

export async function* compareStores(
  folder: string,
  otherFolder: string,
): AsyncGenerator<CompareEvent, void> {
  const views: StoreView[] = [];
  const counted = { accounts: 0, mailboxes: 0, messages: 0, emails: 0 };
  let differences = 0;
  try {
    views.push(lookIntoStore(folder));
    views.push(lookIntoStore(otherFolder));
    for (const event of compare(views[0] as StoreView, views[1] as StoreView, counted)) {
      if (event === "turn") {
        await turn();
        continue;
      }
      differences++;
      yield event;
    }
    yield { kind: "done", differences, ...counted };
  } catch (error) {
    throw toSqliteFault(error, `compare ${folder} with ${otherFolder}`);
  } finally {
    for (const view of views) view.close();
  }
}

function differ(where: string, why: string): Difference {
  return { kind: "difference", where, why };
}

function* compare(one: StoreView, other: StoreView, counted: Counted): Generator<Step> {
  const others = new Map(loadAccounts(other.database).map((contents) => [contents.account.name, contents]));
  for (const contents of loadAccounts(one.database)) {
    const { name } = contents.account;
    const match = others.get(name);
    others.delete(name);
    counted.accounts++;
    if (match === undefined) yield differ(name, "is missing in the second");
    else yield* compareAccounts(one, contents, other, match, counted);
  }
  for (const name of others.keys()) yield differ(name, "is missing in the first");
}

function* compareAccounts(
  one: StoreView,
  a: AccountContents,
  other: StoreView,
  b: AccountContents,
  counted: Counted,
): Generator<Step> {
  const { name } = a.account;
  const { id: _, ...factsA } = a.account;
  const { id: __, ...factsB } = b.account;
  if (textOf(factsA) !== textOf(factsB))
    yield differ(name, `${textOf(factsA)} is ${textOf(factsB)} in the second`);
  const ids = [a.account.id, b.account.id] as const;
  const placed = [new Set<number>(), new Set<number>()] as const;
  const others = new Map(b.mailboxes.map((row) => [row.id, row]));
  for (const row of a.mailboxes) {
    const match = others.get(row.id);
    others.delete(row.id);
    counted.mailboxes++;
    const where = `${name}, ${row.name}`;
    if (match === undefined) {
      yield differ(where, "is missing in the second");
      continue;
    }
    if (textOf(row) !== textOf(match))
      yield differ(where, `${textOf(row)} is ${textOf(match)} in the second`);
    const tables = [tableOf(one, ids[0], row), tableOf(other, ids[1], match)] as const;
    tables.forEach((table, side) => addPlaced(placed[side as 0 | 1], table));
    yield* compareTables(...tables, where, counted);
    yield "turn";
  }
  for (const row of others.values()) yield differ(`${name}, ${row.name}`, "is missing in the first");
  for (const [what, query] of ROWS) {
    const isThere = (row: readonly unknown[], side: 0 | 1): boolean =>
      what !== "e-mail" || placed[side].has(row[0] as number);
    const rowsA = rowsOf(one.database, query, ids[0], (row) => isThere(row, 0));
    const rowsB = rowsOf(other.database, query, ids[1], (row) => isThere(row, 1));
    yield* compareRows(rowsA, rowsB, name, what, counted);
    yield "turn";
  }
}

/** E-mails that stand nowhere wait to be swept: they are there or not, and it is the same. */
function addPlaced(placed: Set<number>, { emailIds, length }: MessageTable): void {
  for (let row = 0; row < length; row++) placed.add(emailIds[row] as number);
}

function* rowsOf(
  database: DatabaseSync,
  query: string,
  accountId: number,
  isThere: (row: readonly unknown[]) => boolean,
): Generator<readonly unknown[], undefined> {
  const statement = database.prepare(query);
  statement.setReturnArrays(true);
  const rows = statement.iterate(accountId) as unknown as Iterable<readonly unknown[]>;
  for (const row of rows) if (isThere(row)) yield row;
}

/** Both in the order of their keys. */
function* compareRows(
  a: Iterator<readonly unknown[]>,
  b: Iterator<readonly unknown[]>,
  where: string,
  what: string,
  counted: Counted,
): Generator<Step> {
  let told = 0;
  for (let n = 0; told < DIFFERENCES_MAX; n++) {
    const rowA = a.next();
    const rowB = b.next();
    if (rowA.done === true && rowB.done === true) return;
    if (what === "e-mail" && rowA.done !== true) counted.emails++;
    const [textA, textB] = [rowA, rowB].map(({ done, value }) => (done === true ? "nothing" : textOf(value)));
    if (textA !== textB && told++ < DIFFERENCES_MAX)
      yield differ(
        where,
        `${what} ${n + 1}: ${textA?.slice(0, 200)} is ${textB?.slice(0, 200)} in the second`,
      );
    if (n % 1_000 === 999) yield "turn";
  }
}

function tableOf({ reader }: StoreView, accountId: number, row: MailboxRow): MessageTable {
  return new MailboxState(row).load(reader.readMailbox(accountId, row.id));
}

function* compareTables(a: MessageTable, b: MessageTable, where: string, counted: Counted): Generator<Step> {
  counted.messages += a.length;
  let told = 0;
  for (let row = 0; row < Math.max(a.length, b.length) && told < DIFFERENCES_MAX; row++) {
    const [textA, textB] = [messageText(a, row), messageText(b, row)];
    if (textA === textB) continue;
    told++;
    yield differ(where, `message ${row + 1}: ${textA} is ${textB} in the second`);
  }
  if (textOf(a.expunged) !== textOf(b.expunged)) yield differ(where, "what was expunged differs");
}

/** Sets of flags have numbers of their own in each store. */
function messageText(table: MessageTable, row: number): string {
  if (row >= table.length) return "nothing";
  const { flagSet, ...facts } = table.row(row);
  return `${textOf(facts)} ${table.flagSets.flags(flagSet).join(" ")}`;
}

/** One text for equal values: maps and bytes are written out. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Map) return [...one];
    if (one instanceof Uint8Array) return Buffer.from(one).toString("hex");
    return one;
  });
}
