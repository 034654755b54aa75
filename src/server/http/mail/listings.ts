/**
 * Ordered lists of messages, newest first, as two columns of numbers: a page is a slice of them, and 100,000 messages are
 * never 100,000 objects. The latest lists are kept while what they were made of stays as it was.
 */
import type { AccountMail, Mailbox } from "../../../store/account-mail.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { search, snapshotOf, type Mask } from "../../../store/search/evaluate.ts";
import type { SearchQuery } from "../../../store/search/query.ts";

export type ListRequest = {
  /** Where to look, and for what there. */
  readonly places: readonly { readonly mailbox: Mailbox; readonly query: SearchQuery }[];
  readonly threads: boolean;
};

export type Listing = {
  readonly length: number;
  readonly mailboxIds: Uint32Array;
  readonly uids: Uint32Array;
  /** How many messages of its conversation the list holds; in a list by threads. */
  readonly counts: Uint32Array | undefined;
};

export type Listings = {
  /** `pause` lets others go first while it searches, and throws when nobody waits for the answer any more. */
  list(mail: AccountMail, request: ListRequest, pause: () => Promise<void>): Promise<Listing>;
};

/** Limit: lists kept of one account (a mailbox, a search, and what one goes back to), and rows of all accounts, 12 octets each. */
const LISTS_MAX = 6;
const KEPT_ROWS_MAX = 2_000_000;

type Kept = { readonly version: string; readonly listing: Listing };
type OpenPlace = ListRequest["places"][number] & { readonly table: MessageTable };

export function createListings(): Listings {
  /** By account, then by what was asked, in the order of use. */
  const kept = new Map<AccountMail, Map<string, Kept>>();

  return {
    async list(mail, request, pause) {
      const key = keyOf(request);
      const opened = await openAll(mail, request.places);
      try {
        const version = versionOf(opened);
        const known = kept.get(mail)?.get(key);
        const listing =
          known?.version === version ? known.listing : await makeList(mail, opened, request, pause);
        keep(kept, mail, key, { version, listing });
        return listing;
      } finally {
        for (const { mailbox } of opened) mail.close(mailbox.id);
      }
    },
  };
}

async function openAll(mail: AccountMail, places: ListRequest["places"]): Promise<OpenPlace[]> {
  const opened: OpenPlace[] = [];
  for (const { mailbox, query } of places) {
    const table = await mail.open(mailbox.id);
    if (table !== undefined) opened.push({ mailbox, query, table });
  }
  return opened;
}

function keyOf({ places, threads }: ListRequest): string {
  return JSON.stringify([threads, ...places.map(({ mailbox, query }) => [mailbox.id, query])]);
}

/** What a list depends on: which messages there are, and their flags only where the query asks for them. */
function versionOf(opened: readonly OpenPlace[]): string {
  return opened
    .map(({ mailbox: { uidNext, highestModseq }, query, table: { expungeModseq } }) =>
      asksFlags(query) ? `${uidNext}.${expungeModseq}.${highestModseq}` : `${uidNext}.${expungeModseq}`,
    )
    .join(" ");
}

function asksFlags(query: SearchQuery): boolean {
  if (query.kind === "and" || query.kind === "or") return query.queries.some(asksFlags);
  if (query.kind === "not") return asksFlags(query.query);
  return query.kind === "flag" || query.kind === "modseq";
}

function keep(kept: Map<AccountMail, Map<string, Kept>>, mail: AccountMail, key: string, one: Kept): void {
  const lists = kept.get(mail) ?? new Map<string, Kept>();
  kept.delete(mail);
  kept.set(mail, lists);
  lists.delete(key);
  lists.set(key, one);
  const [oldest] = lists.keys();
  if (lists.size > LISTS_MAX && oldest !== undefined) lists.delete(oldest);
  let rows = 0;
  for (const each of kept.values()) for (const { listing } of each.values()) rows += listing.length;
  for (const [account, each] of kept) {
    if (rows <= KEPT_ROWS_MAX || account === mail) break;
    for (const { listing } of each.values()) rows -= listing.length;
    kept.delete(account);
  }
}

async function makeList(
  mail: AccountMail,
  opened: readonly OpenPlace[],
  { threads }: ListRequest,
  pause: () => Promise<void>,
): Promise<Listing> {
  const found: Column[] = [];
  for (const { mailbox, query, table } of opened) {
    const snapshot = snapshotOf(table);
    const { index } = mail;
    const mask =
      query.kind === "all" ? undefined : await search(query, { mail, table: snapshot, index, pause });
    found.push(columnOf(mailbox.id, snapshot, mask));
  }
  const merged = mergeNewestFirst(found);
  return threads ? byThread(merged) : withoutCounts(merged, found.length > 1);
}

/** Rows of one mailbox in its order: place, time, conversation and e-mail. */
type Column = {
  readonly mailboxId: number;
  readonly uids: Uint32Array;
  readonly times: Float64Array;
  readonly threadIds: Uint32Array;
  readonly emailIds: Uint32Array;
};

function columnOf(
  mailboxId: number,
  table: Pick<MessageTable, "uids" | "receivedAts" | "threadIds" | "emailIds" | "length">,
  mask: Mask | undefined,
): Column {
  let length = table.length;
  if (mask !== undefined) {
    length = 0;
    for (const bit of mask) length += bit;
  }
  const uids = new Uint32Array(length);
  const times = new Float64Array(length);
  const threadIds = new Uint32Array(length);
  const emailIds = new Uint32Array(length);
  for (let row = 0, at = 0; row < table.length && at < length; row++) {
    if (mask !== undefined && mask[row] !== 1) continue;
    uids[at] = table.uids[row] as number;
    times[at] = table.receivedAts[row] as number;
    threadIds[at] = table.threadIds[row] as number;
    emailIds[at++] = table.emailIds[row] as number;
  }
  return { mailboxId, uids, times, threadIds, emailIds };
}

type Merged = Omit<Column, "mailboxId" | "times"> & { readonly mailboxIds: Uint32Array };

function mergeNewestFirst(columns: readonly Column[]): Merged {
  const total = columns.reduce((sum, { uids }) => sum + uids.length, 0);
  const times = new Float64Array(total);
  const mailboxIds = new Uint32Array(total);
  const uids = new Uint32Array(total);
  const threadIds = new Uint32Array(total);
  const emailIds = new Uint32Array(total);
  let at = 0;
  for (const column of columns) {
    times.set(column.times, at);
    mailboxIds.fill(column.mailboxId, at, at + column.uids.length);
    uids.set(column.uids, at);
    threadIds.set(column.threadIds, at);
    emailIds.set(column.emailIds, at);
    at += column.uids.length;
  }
  const order = newestFirst(times);
  const inOrder = (values: Uint32Array): Uint32Array => order.map((row) => values[row] as number);
  return {
    mailboxIds: inOrder(mailboxIds),
    uids: inOrder(uids),
    threadIds: inOrder(threadIds),
    emailIds: inOrder(emailIds),
  };
}

/** Mostly they ascend already, as mail came in: then nothing is sorted. */
function newestFirst(times: Float64Array): Uint32Array {
  const order = new Uint32Array(times.length);
  let ascends = true;
  for (let row = 0; row < times.length; row++) {
    order[row] = times.length - 1 - row;
    if (row > 0 && (times[row] as number) < (times[row - 1] as number)) ascends = false;
  }
  return ascends ? order : order.sort((a, b) => (times[b] as number) - (times[a] as number) || b - a);
}

/** The newest message stands for its conversation. Copies of one e-mail count once. */
function byThread({ mailboxIds, uids, threadIds, emailIds }: Merged): Listing {
  const places = new Map<number, number>();
  const seen = new Set<number>();
  const counts = new Uint32Array(uids.length);
  const first = new Uint32Array(uids.length);
  for (let row = 0; row < uids.length; row++) {
    const emailId = emailIds[row] as number;
    if (seen.has(emailId)) continue;
    seen.add(emailId);
    const threadId = threadIds[row] as number;
    let place = places.get(threadId);
    if (place === undefined) {
      place = places.size;
      places.set(threadId, place);
      first[place] = row;
    }
    counts[place] = (counts[place] as number) + 1;
  }
  const length = places.size;
  const at = first.slice(0, length);
  return {
    length,
    mailboxIds: at.map((row) => mailboxIds[row] as number),
    uids: at.map((row) => uids[row] as number),
    counts: counts.slice(0, length),
  };
}

/** Over several mailboxes the copies of an e-mail are one row, that of the first copy. */
function withoutCounts({ mailboxIds, uids, emailIds }: Merged, isOverSeveral: boolean): Listing {
  if (!isOverSeveral) return { length: uids.length, mailboxIds, uids, counts: undefined };
  const seen = new Set<number>();
  let length = 0;
  for (let row = 0; row < uids.length; row++) {
    const emailId = emailIds[row] as number;
    if (seen.has(emailId)) continue;
    seen.add(emailId);
    mailboxIds[length] = mailboxIds[row] as number;
    uids[length++] = uids[row] as number;
  }
  return { length, mailboxIds: mailboxIds.slice(0, length), uids: uids.slice(0, length), counts: undefined };
}
