/**
 * The rows of a long list that are known, by their place in it. Pages come as they are asked for; what one does to a
 * message changes them here at once, before the server has answered. Pure: knows nothing of requests.
 */

export type CachedRow = { readonly id: string };

/** Limit: rows kept; far more than anybody scrolls through, and some MB at most. */
export const ROWS_MAX = 20_000;

export class RowCache<T extends CachedRow> {
  #rows: (T | undefined)[] = [];
  #known = 0;

  at(index: number): T | undefined {
    return this.#rows[index];
  }

  /** All of [from, to), or undefined when some are not known. */
  slice(from: number, to: number): T[] | undefined {
    const rows: T[] = [];
    for (let index = from; index < to; index++) {
      const row = this.#rows[index];
      if (row === undefined) return undefined;
      rows.push(row);
    }
    return rows;
  }

  put(from: number, rows: readonly T[]): void {
    if (this.#known > ROWS_MAX) this.clear();
    rows.forEach((row, offset) => {
      if (this.#rows[from + offset] === undefined) this.#known += 1;
      this.#rows[from + offset] = row;
    });
  }

  indexOf(id: string): number {
    return this.find((row) => row.id === id);
  }

  find(matches: (row: T) => boolean): number {
    // Not findIndex, which would visit every hole of 100,000 rows.
    for (const key of Object.keys(this.#rows)) {
      const row = this.#rows[Number(key)];
      if (row !== undefined && matches(row)) return Number(key);
    }
    return -1;
  }

  /** Changes the rows that `change` gives another for; says whether any was. */
  map(change: (row: T) => T): boolean {
    let changed = false;
    for (const key of Object.keys(this.#rows)) {
      const row = this.#rows[Number(key)];
      if (row === undefined) continue;
      const next = change(row);
      if (next === row) continue;
      this.#rows[Number(key)] = next;
      changed = true;
    }
    return changed;
  }

  /** Takes known rows out, so that those below move up; how many they were. */
  remove(goes: (row: T) => boolean): number {
    const indices = Object.keys(this.#rows)
      .map(Number)
      .filter((index) => {
        const row = this.#rows[index];
        return row !== undefined && goes(row);
      });
    for (const index of indices.toReversed()) this.#rows.splice(index, 1);
    this.#known -= indices.length;
    return indices.length;
  }

  clear(): void {
    this.#rows = [];
    this.#known = 0;
  }
}

/** How many rows of the new beginning stand before the first that was known: what came on top. */
export function addedOnTop<T extends CachedRow>(before: readonly T[], now: readonly T[]): number {
  for (const known of before) {
    const at = now.findIndex(({ id }) => id === known.id);
    if (at >= 0) return Math.max(0, at - before.indexOf(known));
  }
  return 0;
}
