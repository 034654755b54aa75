/**
 * Searches of one account's mailbox with the index and by looking at each message, over a store of its own; and how
 * long the index took behind the filling, and what it takes on the disk.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openSqliteMailStore } from "../src/engine/sqlite/sqlite-mail-store.ts";
import type { AccountMail } from "../src/store/account-mail.ts";
import { search, snapshotOf } from "../src/store/search/evaluate.ts";
import type { SearchQuery } from "../src/store/search/query.ts";
import { SPAN_EMAILS } from "../src/store/search/search-index.ts";
import { COMMON_WORD, makeCorpus, RARE_WORD, SENDER } from "./imap/corpus.ts";
import type { Progress } from "./progress.ts";
import { formatTable } from "./report.ts";
import { median } from "./statistics.ts";

const ACCOUNT = "you@bench.test";
const MESSAGES_AT_ONCE = 250;
/** Limit: an index that is not made by then is measured as it is. */
const INDEX_WITHIN_MS = 300_000;

const QUERIES: readonly (readonly [title: string, query: SearchQuery])[] = [
  [`FROM ${SENDER}`, { kind: "address", field: "from", text: SENDER }],
  ["SUBJECT 77", { kind: "subject", text: "77" }],
  ["HEADER X-Mailer 4.3", { kind: "header", field: "X-Mailer", text: "Mail 4.3" }],
  [`BODY ${RARE_WORD}`, { kind: "body", text: RARE_WORD }],
  [`BODY ${COMMON_WORD}`, { kind: "body", text: COMMON_WORD }],
  [`TEXT ${RARE_WORD}`, { kind: "text", text: RARE_WORD }],
  [`TEXT ${COMMON_WORD}`, { kind: "text", text: COMMON_WORD }],
];

export type SearchResult = {
  readonly messages: number;
  /** Until the last page of the index was there, after the last message was; ms. */
  readonly lagMs: number;
  readonly indexOctets: number;
  readonly mailOctets: number;
  readonly rows: readonly {
    readonly title: string;
    readonly hits: number;
    readonly indexedMs: readonly number[];
    readonly lookingMs: readonly number[];
  }[];
};

/** Steps of progress that benchSearch makes for each size. */
export const SEARCH_STEPS = 2 + QUERIES.length;

export async function benchSearch(
  folder: string,
  messages: number,
  rounds: number,
  progress: Progress,
): Promise<SearchResult> {
  const store = openSqliteMailStore({ folder });
  await store.open();
  try {
    await store.putAccount(ACCOUNT);
    const mail = store.mail(ACCOUNT) as AccountMail;
    const inbox = mail.find("INBOX")?.id as number;
    progress.step(`${messages}: filling`);
    await fill(mail, inbox, messages);
    const { size: mailOctets } = statSync(join(folder, "mail.sqlite"));
    progress.step(`${messages}: indexing`);
    const lagMs = await untilIndexed(mail, messages);
    const rows = await measure(mail, inbox, messages, rounds, progress);
    await store.close();
    const indexOctets = statSync(join(folder, "mail.sqlite")).size - mailOctets;
    return { messages, lagMs, indexOctets, mailOctets, rows };
  } finally {
    await store.close();
  }
}

async function fill(mail: AccountMail, inbox: number, messages: number): Promise<void> {
  const make = makeCorpus();
  for (let first = 0; first < messages; first += MESSAGES_AT_ONCE) {
    const count = Math.min(MESSAGES_AT_ONCE, messages - first);
    const items = Array.from({ length: count }, (_, n) => ({ content: make(first + n), flags: [] }));
    await mail.append(inbox, items);
  }
}

async function untilIndexed(mail: AccountMail, messages: number): Promise<number> {
  const start = performance.now();
  const full = Math.floor((messages + 1) / SPAN_EMAILS);
  for (let span = 0; span < full && performance.now() - start < INDEX_WITHIN_MS;) {
    if (mail.index.look(span, "subject", "x") === undefined) await wait(10);
    else span++;
  }
  return performance.now() - start;
}

async function measure(
  mail: AccountMail,
  inbox: number,
  messages: number,
  rounds: number,
  progress: Progress,
): Promise<SearchResult["rows"]> {
  const open = await mail.open(inbox);
  if (open === undefined) throw new Error("the mailbox is gone");
  const parts = { mail, table: snapshotOf(open), pause: () => Promise.resolve() };
  const rows = [];
  for (const [title, query] of QUERIES) {
    progress.step(`${messages}: ${title}`);
    const indexedMs: number[] = [];
    const lookingMs: number[] = [];
    let hits = 0;
    for (let round = 0; round <= rounds; round++) {
      const indexed = await timed(() => search(query, { ...parts, index: mail.index }));
      const looked = await timed(() => search(query, parts));
      if (!Buffer.from(indexed.value).equals(looked.value))
        throw new Error(`${title}: the index finds others`);
      hits = looked.value.reduce((sum, bit) => sum + bit, 0);
      if (round === 0) continue; // warming up
      indexedMs.push(indexed.ms);
      lookingMs.push(looked.ms);
    }
    rows.push({ title, hits, indexedMs, lookingMs });
  }
  mail.close(inbox);
  return rows;
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  return { value: await run(), ms: performance.now() - start };
}

export function formatSearch(results: readonly SearchResult[]): string {
  return results
    .map(({ messages, lagMs, indexOctets, mailOctets, rows }) => {
      const share = ((100 * indexOctets) / mailOctets).toFixed(0);
      const head = `Search in ${messages} messages: indexed ${(lagMs / 1000).toFixed(1)} s after the last came; ${(indexOctets / 1e6).toFixed(0)} MB, ${share} % of the mail`;
      const table = rows.map(({ title, hits, indexedMs, lookingMs }) => {
        const [with_, without] = [median(indexedMs), median(lookingMs)];
        return [title, String(hits), with_.toFixed(1), without.toFixed(1), (without / with_).toFixed(1)];
      });
      return `${head}\n${formatTable([["", "hits", "index, ms", "looking, ms", "times"], ...table])}`;
    })
    .join("\n\n");
}
