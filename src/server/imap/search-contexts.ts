/**
 * Searches whose results are kept up to date (RFC 5267, CONTEXT=SEARCH): what came to match is told with ADDTO, what no
 * longer does with REMOVEFROM. Nobody queues changes for it: each context finds them by what it knew, as views do. It
 * ends with the mailbox that is open.
 */
import { eachNumber, formatRanges, type NumberRanges, rangesOf } from "../../base/number-ranges.ts";
import type { FetchItem } from "../../protocol/imap/fetch-command.ts";
import type { SearchQuery } from "../../store/search/query.ts";
import { planFetch } from "./fetch-plan.ts";
import { fetchRows } from "./fetch-rows.ts";
import { searchRows } from "./search-mailbox.ts";
import type { ImapSession, Selected } from "./session.ts";

/** Limit: kept up at once in one mailbox; a program shows one list, and has some more behind it. */
const CONTEXTS_MAX = 16;

export type SearchContext = {
  readonly tag: string;
  /** Says UIDs, not message numbers. */
  readonly uid: boolean;
  /** As it was understood when it was asked. */
  readonly query: SearchQuery;
  /** Told of each message that comes in and matches (RFC 5465 §7). */
  readonly items: readonly FetchItem[];
};

type Kept = SearchContext & {
  readonly members: Set<number>;
  /** All changes up to here are in `members`. */
  modseq: number;
  lastUid: number;
};

const NOBODY: ReadonlySet<number> = new Set();

export class SearchContexts {
  readonly #session: ImapSession;
  readonly #open: () => Selected;
  readonly #kept = new Map<string, Kept>();
  #settling: Promise<void> | undefined;

  /** `open`: the mailbox that these are of. */
  constructor(session: ImapSession, open: () => Selected) {
    this.#session = session;
    this.#open = open;
  }

  get #selected(): Selected {
    return this.#open();
  }

  has(tag: string): boolean {
    return this.#kept.has(tag);
  }

  /** `uids`: what matches now. False when there are too many. */
  add(context: SearchContext, uids: readonly number[]): boolean {
    if (this.#kept.size >= CONTEXTS_MAX) return false;
    const { view } = this.#selected;
    const lastUid = view.length === 0 ? 0 : (view.uids[view.length - 1] as number);
    const modseq = view.table.highestModseq;
    this.#kept.set(context.tag, { ...context, members: new Set(uids), modseq, lastUid });
    return true;
  }

  cancel(tags: readonly string[]): void {
    for (const tag of tags) this.#kept.delete(tag);
  }

  /** Before EXPUNGE or VANISHED says it; `numbered`: UIDs in the order of the numbers as they were (RFC 5267 §4.3.4). */
  tellGone(vanished: NumberRanges, numbered: Uint32Array): void {
    for (const kept of this.#kept.values()) {
      const gone: number[] = [];
      for (const uid of eachNumber(vanished)) if (kept.members.delete(uid)) gone.push(uid);
      this.#tell(kept, "REMOVEFROM", gone, (uid) => indexIn(numbered, uid) + 1);
    }
  }

  /** Undefined when nothing changed; else tells what did, and is done when that is written. */
  settle(): Promise<void> | undefined {
    if (this.#settling === undefined && ![...this.#kept.values()].some((kept) => this.#isBehind(kept)))
      return undefined;
    this.#settling ??= this.#settleAll().finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  #isBehind({ modseq, lastUid }: Kept): boolean {
    const { view } = this.#selected;
    return (
      view.table.highestModseq > modseq ||
      (view.length > 0 && (view.uids[view.length - 1] as number) > lastUid)
    );
  }

  async #settleAll(): Promise<void> {
    for (const kept of this.#kept.values()) {
      // Changes of the time that a search takes are looked at again.
      while (this.#isBehind(kept) && this.#session.selected === this.#selected) await this.#settleOne(kept);
    }
  }

  async #settleOne(kept: Kept): Promise<void> {
    const { view } = this.#selected;
    const { uids } = view;
    const before = kept.lastUid;
    const changed = this.#changedSince(kept);
    kept.modseq = view.table.highestModseq;
    kept.lastUid = view.length === 0 ? before : Math.max(before, uids[view.length - 1] as number);
    if (changed.length === 0) return;
    const query: SearchQuery = {
      kind: "and",
      queries: [{ kind: "uids", uids: rangesOf(changed) }, kept.query],
    };
    const { rows } = await searchRows(this.#session, this.#selected, kept.tag, query);
    if (this.#session.selected !== this.#selected || !this.#kept.has(kept.tag)) return;
    const matching = new Set(rows.map((row) => uids[row] as number));
    const here = changed.filter((uid) => view.rowOf(uid) >= 0);
    const added = here.filter((uid) => matching.has(uid) && !kept.members.has(uid));
    const removed = here.filter((uid) => !matching.has(uid) && kept.members.has(uid));
    for (const uid of added) kept.members.add(uid);
    for (const uid of removed) kept.members.delete(uid);
    await this.#fetch(
      kept,
      added.filter((uid) => uid > before),
    );
    this.#tell(kept, "REMOVEFROM", removed);
    this.#tell(kept, "ADDTO", added);
  }

  /** UIDs of the view that are new, or whose flags changed. */
  #changedSince({ modseq, lastUid }: Kept): number[] {
    const { view } = this.#selected;
    const { modseqs } = view.table;
    const changed: number[] = [];
    for (let row = 0; row < view.length; row++) {
      const uid = view.uids[row] as number;
      const at = view.tableRow(row);
      if (at >= 0 && (uid > lastUid || (modseqs[at] as number) > modseq)) changed.push(uid);
    }
    return changed;
  }

  async #fetch({ items }: Kept, uids: readonly number[]): Promise<void> {
    if (items.length === 0 || uids.length === 0) return;
    const rows = rangesOf(uids.map((uid) => this.#selected.view.rowOf(uid)));
    await fetchRows(
      this.#session,
      this.#selected,
      rows,
      planFetch(this.#session, this.#selected, items),
      NOBODY,
    );
  }

  #tell(
    { tag, uid }: SearchContext,
    what: "ADDTO" | "REMOVEFROM",
    uids: readonly number[],
    numberOf = (one: number): number => this.#selected.view.rowOf(one) + 1,
  ): void {
    const numbers = uid ? uids : uids.map(numberOf).filter((number) => number > 0);
    if (numbers.length === 0) return;
    const { writer } = this.#session.output;
    writer
      .raw("* ESEARCH (TAG ")
      .string(tag)
      .raw(uid ? ") UID" : ")");
    writer.raw(` ${what} (0 ${formatRanges(rangesOf(numbers))})\r\n`);
  }
}

/** Of an ascending list that may be longer than the view was; -1 when it is not there. */
function indexIn(uids: Uint32Array, uid: number): number {
  let low = 0;
  let high = uids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((uids[middle] as number) < uid && (uids[middle] as number) !== 0) low = middle + 1;
    else high = middle;
  }
  return uids[low] === uid ? low : -1;
}
