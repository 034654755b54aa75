/**
 * The journeys that match a filter, for a list that shows the newest on top: pages are fetched as they come on view, and
 * what changes arrives live. A journey's place counted from the oldest stays the same while new ones come, so rows are
 * kept under it; what is on view moves only as far as new rows push it.
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
  #placeOf = new Map<string, number>();
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
      this.#forget();
      this.total = page.total;
      this.#gone = page.gone;
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
  readonly load = async (from: number, count: number): Promise<readonly TraceView[]> => {
    const last = this.total - 1 - from;
    const first = Math.max(0, last - count + 1);
    if (last < 0) return [];
    this.#window = { first, last };
    if (!this.#has(first, last)) {
      const turn = this.#turn;
      const page = await this.#askAround(first, last);
      if (turn === this.#turn) this.#keepAll(page);
    }
    const rows: TraceView[] = [];
    for (let place = last; place >= first; place--) {
      const row = this.#rows.get(place);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  };

  #ask(offset: number, limit: number): Promise<TracePage> {
    return get<TracePage>("/lab/v1/traces", { query: { q: this.#filter, order: "oldest", offset, limit } });
  }

  /** With some rows more on each side: when new ones push what is on view, its page begins elsewhere. */
  #askAround(first: number, last: number): Promise<TracePage> {
    const from = Math.max(0, first - MARGIN_ROWS);
    return this.#ask(from, last + MARGIN_ROWS + 1 - from);
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
    this.#placeOf.set(row.id, place);
    if (this.#rows.size <= ROWS_MAX) return;
    const [oldest] = this.#rows;
    if (oldest === undefined) return;
    this.#rows.delete(oldest[0]);
    this.#placeOf.delete(oldest[1].id);
  }

  #keepAll({ offset, items }: TracePage): void {
    for (const [index, row] of items.entries()) this.#keep(offset + index, row);
  }

  #forget(): void {
    this.#rows.clear();
    this.#placeOf.clear();
  }

  #take(events: readonly LiveEvent[]): void {
    let total = this.total;
    let changed = false;
    for (const { kind, data } of events) {
      if (kind === "behind") return this.#reloadSoon();
      const news = JSON.parse(data) as TraceChanges;
      const fresh = news.items.filter(({ id }) => !this.#placeOf.has(id));
      // Only when the list is whole and grew at its end is every place still right.
      const grew = this.#filter === "" && news.gone === this.#gone && news.total - total >= 0;
      if (!grew) return this.#reloadSoon();
      for (const row of news.items) {
        const place = this.#placeOf.get(row.id);
        if (place !== undefined) this.#rows.set(place, row);
        changed ||= place !== undefined;
      }
      const added = news.total - total;
      if (added > 0 && fresh.length >= added)
        for (const [index, row] of fresh.slice(-added).entries()) this.#keep(total + index, row);
      total = news.total;
    }
    const added = total - this.total;
    this.total = total;
    if (added > 0) this.#hooks.onAdded(added);
    else if (changed) this.#hooks.onChanged();
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
    const added = page.total - this.total;
    this.#forget();
    this.#keepAll(page);
    this.#gone = page.gone;
    this.total = page.total;
    if (added > 0) this.#hooks.onAdded(added);
    else this.#hooks.onChanged();
  }
}
