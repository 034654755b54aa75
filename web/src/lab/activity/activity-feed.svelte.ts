/**
 * The rows of the live list: a page of what happened, then what happens. A filter is answered by the server. While it is
 * paused, what comes is counted and kept for later. Bounded: the oldest rows go, and can be asked for again.
 */
import type { ActivityPage, ActivityView } from "../../../../src/lab/api/activity-views.ts";
import { get } from "$lib/api.ts";
import { Live, type LiveEvent, type LiveState } from "$lib/live.svelte.ts";

/** Limit: nobody reads back further in a live list; older rows are asked for. */
const ROWS_MAX = 5_000;
const PAGE_ROWS = 300;

export class ActivityFeed {
  rows = $state.raw<readonly ActivityView[]>([]);
  /** Set when older rows can be asked for. */
  before = $state<number>();
  paused = $state(false);
  /** How many came while it was paused. */
  waiting = $state(0);
  loading = $state(true);
  error = $state<string>();
  #live = $state.raw<Live>();
  #held: ActivityView[] = [];
  #turn = 0;
  #filter = "";

  get state(): LiveState {
    return this.#live?.state ?? "connecting";
  }

  /** Starts over with a filter. */
  async open(filter: string): Promise<void> {
    const turn = ++this.#turn;
    this.#filter = filter;
    this.#live?.close();
    this.loading = true;
    try {
      const page = await get<ActivityPage>("/lab/v1/activity", { query: { q: filter, limit: PAGE_ROWS } });
      if (turn !== this.#turn) return;
      this.rows = page.items;
      this.before = page.before;
      this.error = undefined;
      this.#drop();
      const url = `/lab/v1/activity-live?${new URLSearchParams({ q: filter })}`;
      this.#live = new Live({
        url,
        kinds: ["row"],
        after: String(page.upTo),
        onEvents: (events) => this.#take(events),
      });
    } catch (cause) {
      if (turn === this.#turn) this.error = cause instanceof Error ? cause.message : String(cause);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async older(): Promise<void> {
    const turn = this.#turn;
    const page = await get<ActivityPage>("/lab/v1/activity", {
      query: { q: this.#filter, limit: PAGE_ROWS, before: this.before },
    });
    if (turn !== this.#turn) return;
    this.rows = [...this.rows, ...page.items];
    this.before = page.before;
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    if (paused) return;
    const held = this.#held;
    this.#drop();
    this.#put(held);
  }

  close(): void {
    this.#turn += 1;
    this.#live?.close();
  }

  #drop(): void {
    this.#held = [];
    this.waiting = 0;
  }

  #take(events: readonly LiveEvent[]): void {
    const rows = events.map(({ data }) => JSON.parse(data) as ActivityView).toReversed();
    if (!this.paused) return this.#put(rows);
    this.#held = [...rows, ...this.#held].slice(0, ROWS_MAX);
    this.waiting += rows.length;
  }

  #put(fresh: readonly ActivityView[]): void {
    if (fresh.length === 0) return;
    const rows = [...fresh, ...this.rows];
    const oldest = rows[ROWS_MAX - 1];
    this.rows = rows.length > ROWS_MAX ? rows.slice(0, ROWS_MAX) : rows;
    if (rows.length > ROWS_MAX && oldest !== undefined) this.before = oldest.id;
  }
}
