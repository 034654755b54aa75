/**
 * The rows of a long list as pages that are fetched when they come on view. What is known is there at once; answers that
 * arrive are taken together, once a frame; one to an older question is dropped. It never throws: a page that could not
 * be read is asked for again.
 */
import { pagesOf } from "./virtual-window.ts";

export const PAGE_ROWS = 50;
/** Limit: pages kept; 200 pages of 50 are 10,000 rows, far more than anybody scrolls back through. */
const PAGES_MAX = 200;
/** Limit: pages of one question; servers answer 200 rows at least. */
const ASKED_TOGETHER = 4;

/** Rows [from, from + count), fewer at the end of the list. A rejection has been told to the user by who loads. */
export type LoadRows<T> = (from: number, count: number) => readonly T[] | Promise<readonly T[]>;

export type RowPagesOptions<T> = {
  readonly load: LoadRows<T>;
  /** Rows are others than before. */
  readonly onChange: () => void;
  /** Runs once before the next frame. */
  readonly schedule: (run: () => void) => void;
};

type Answer<T> = {
  readonly generation: number;
  readonly first: number;
  readonly count: number;
  readonly rows: readonly T[];
};

export class RowPages<T> {
  readonly #options: RowPagesOptions<T>;
  readonly #pages = new Map<number, readonly T[]>();
  readonly #asked = new Set<number>();
  #arrived: Answer<T>[] = [];
  /** Pages that were asked for last: they are on view and stay. */
  #shown: readonly number[] = [];
  /** Grows with each refresh, so that answers to older questions are known. */
  #generation = 0;

  constructor(options: RowPagesOptions<T>) {
    this.#options = options;
  }

  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Asks for what of [from, to) was not asked for yet: pages side by side in one question. */
  ask(from: number, to: number): void {
    let [first, count] = [0, 0];
    this.#shown = pagesOf(from, to, PAGE_ROWS);
    for (const page of this.#shown) {
      if (this.#asked.has(page)) continue;
      if (count === ASKED_TOGETHER || (count > 0 && first + count !== page)) {
        void this.#fetch(first, count);
        count = 0;
      }
      if (count === 0) first = page;
      count += 1;
    }
    if (count > 0) void this.#fetch(first, count);
  }

  /** Asks for [from, to) again and forgets all else. What is there stays until its answer comes: no flicker. */
  refresh(from: number, to: number): void {
    const shown = pagesOf(from, to, PAGE_ROWS);
    for (const page of this.#pages.keys()) if (!shown.includes(page)) this.#pages.delete(page);
    this.#askAnew(from, to);
  }

  /** Forgets all, for the rows are others now, and asks for [from, to). */
  replace(from: number, to: number): void {
    this.#pages.clear();
    this.#askAnew(from, to);
    this.#options.onChange();
  }

  /** Takes what has arrived, now: for a frame that is about to be drawn. */
  settle(): void {
    const arrived = this.#arrived.filter(({ generation }) => generation === this.#generation);
    this.#arrived = [];
    for (const answer of arrived) this.#keep(answer);
    if (arrived.length > 0) this.#options.onChange();
  }

  #askAnew(from: number, to: number): void {
    this.#generation += 1;
    this.#asked.clear();
    this.ask(from, to);
  }

  async #fetch(first: number, count: number): Promise<void> {
    const generation = this.#generation;
    for (let page = first; page < first + count; page++) this.#asked.add(page);
    try {
      const answer = this.#options.load(first * PAGE_ROWS, count * PAGE_ROWS);
      if (!(answer instanceof Promise)) {
        this.#keep({ generation, first, count, rows: answer });
        this.#options.onChange();
        return;
      }
      const rows = await answer;
      if (this.#arrived.push({ generation, first, count, rows }) === 1)
        this.#options.schedule(() => this.settle());
    } catch {
      if (generation !== this.#generation) return;
      for (let page = first; page < first + count; page++) this.#asked.delete(page);
    }
  }

  #keep({ first, count, rows }: Answer<T>): void {
    for (let index = 0; index < count; index++)
      this.#pages.set(first + index, rows.slice(index * PAGE_ROWS, (index + 1) * PAGE_ROWS));
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) break;
      if ((page >= first && page < first + count) || this.#shown.includes(page)) continue;
      this.#pages.delete(page);
      this.#asked.delete(page);
    }
  }
}
