/**
 * The journeys that match a filter, for a list that shows the newest on top: pages are fetched as they come on view, and
 * what changes arrives live. A journey's place counted from the first there ever was stays the same while new ones come
 * and old ones go, so rows are kept under it; what is on view moves only as far as new rows push it.
 */
import type { TraceChanges, TracePage, TraceView } from "../../../../src/lab/api/trace-views.ts";
import { get } from "$lib/api.ts";
import { Live, type LiveEvent, type LiveState } from "$lib/live.svelte.ts";

/** Limit: rows kept; scrolling back asks again. */
const ROWS_MAX = 20_000;
/** Limit: with a filter a change may move any row; the list is asked anew at most this often. */
const RELOAD_MS = 500;

/** As many as a page of the list has. */
const MARGIN_ROWS = 50;

export type FeedHooks = {
  /** This many rows now stand on top of those there were. */
  onAdded(count: number): void;
  /** Rows may be others than before. */
  onChanged(): void;
};

export class TraceFeed {
  total = $state(0);
  loading = $state(true);
  error = $state<string>();
  #live = $state.raw<Live>();
  #filter = "";
  #gone = 0;
  #turn = 0;
  #rows = new Map<number, TraceView>();
  /** The places asked for last, counted from the oldest. */
  #window = { first: 0, last: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #hooks: FeedHooks;

  constructor(hooks: FeedHooks) {
    this.#hooks = hooks;
  }

  get state(): LiveState {
    return this.#live?.state ?? "connecting";
  }

  async open(filter: string): Promise<void> {
    this.close();
    this.#filter = filter;
    this.loading = true;
    const turn = this.#turn;
    try {
      const page = await this.#ask(0, 1);
      if (turn !== this.#turn) return;
      this.#rows.clear();
      this.total = page.total;
      this.#gone = this.#goneOf(page);
      this.error = undefined;
      this.#listen(page.upTo);
      this.#hooks.onChanged();
    } catch (cause) {
      if (turn === this.#turn) this.error = cause instanceof Error ? cause.message : String(cause);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  close(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#live?.close();
  }

  /** Rows by their place on the screen, the newest first. */
  readonly load = (from: number, count: number): readonly TraceView[] | Promise<readonly TraceView[]> => {
    const last = this.#end - 1 - from;
    const first = Math.max(this.#gone, last - count + 1);
    if (last < first) return [];
    this.#window = { first, last };
    return this.#has(first, last) ? this.#known(first, last) : this.#loadFrom(first, last);
  };

  async #loadFrom(first: number, last: number): Promise<readonly TraceView[]> {
    const turn = this.#turn;
    const page = await this.#askAround(first, last);
    if (turn === this.#turn) this.#keepAll(page);
    return this.#known(first, last);
  }

  #known(first: number, last: number): readonly TraceView[] {
    const rows: TraceView[] = [];
    for (let place = last; place >= first; place--) {
      const row = this.#rows.get(place);
      // It went while it was asked for, and so did all that are older.
      if (row === undefined) break;
      rows.push(row);
    }
    return rows;
  }

  #ask(offset: number, limit: number): Promise<TracePage> {
    return get<TracePage>("/lab/v1/traces", { query: { q: this.#filter, order: "oldest", offset, limit } });
  }

  /** With some rows more on each side: when new ones push what is on view, its page begins elsewhere. */
  #askAround(first: number, last: number): Promise<TracePage> {
    const from = Math.max(this.#gone, first - MARGIN_ROWS);
    return this.#ask(from - this.#gone, last + MARGIN_ROWS + 1 - from);
  }

  /** The place after the newest. */
  get #end(): number {
    return this.#gone + this.total;
  }

  /** Of those that match a filter nobody counts how many were forgotten: their places are those of today. */
  #goneOf({ gone }: Pick<TracePage, "gone">): number {
    return this.#filter === "" ? gone : 0;
  }

  #listen(after: number): void {
    const url = `/lab/v1/traces-live?${new URLSearchParams({ q: this.#filter })}`;
    this.#live = new Live({
      url,
      kinds: ["changed", "behind"],
      after: String(after),
      onEvents: (all) => this.#take(all),
    });
  }

  #has(first: number, last: number): boolean {
    for (let place = first; place <= last; place++) if (!this.#rows.has(place)) return false;
    return true;
  }

  #keep(place: number, row: TraceView): void {
    this.#rows.set(place, row);
    if (this.#rows.size <= ROWS_MAX) return;
    const [oldest] = this.#rows;
    if (oldest === undefined) return;
    this.#rows.delete(oldest[0]);
  }

  #keepAll(page: TracePage): void {
    const first = this.#goneOf(page) + page.offset;
    for (const [index, row] of page.items.entries()) this.#keep(first + index, row);
  }

  #take(events: readonly LiveEvent[]): void {
    // With a filter a change may move any row.
    if (this.#filter !== "" || events.some(({ kind }) => kind === "behind")) return this.#reloadSoon();
    const before = this.#end;
    for (const { data } of events) {
      const { items, gone, total } = JSON.parse(data) as TraceChanges;
      for (const { place, ...row } of items) this.#keep(gone + place, row);
      this.#gone = gone;
      this.total = total;
    }
    this.#tell(this.#end - before, true);
  }

  #reloadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#reload();
    }, RELOAD_MS);
  }

  async #reload(): Promise<void> {
    const turn = this.#turn;
    const { first, last } = this.#window;
    const page = await this.#askAround(first, last).catch(() => undefined);
    if (page === undefined || turn !== this.#turn) return;
    const before = this.#end;
    this.#rows.clear();
    this.#gone = this.#goneOf(page);
    this.total = page.total;
    this.#keepAll(page);
    this.#tell(this.#end - before, true);
  }

  #tell(added: number, changed: boolean): void {
    if (added > 0) this.#hooks.onAdded(added);
    else if (changed) this.#hooks.onChanged();
  }
}
