/** The arithmetic of a virtual list: which rows are on view, which pages hold them, where to scroll. Pure. */

export type Viewport = {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
};

/** Limit: browsers clip elements beyond about 17 million pixels (Firefox); past this the last rows are unreachable. */
export const LIST_HEIGHT_MAX_PX = 16_000_000;

export type Rows = { readonly from: number; readonly to: number };

/**
 * Rows [from, to) to draw: those on view, and some more on each side so that fast scrolling shows no gap. Of a long list
 * always the same number, so that as many elements serve for all of it.
 */
export function visibleRows(view: Viewport, overscan = 4): Rows {
  const drawn = Math.min(view.count, Math.ceil(view.height / view.rowHeight) + 1 + 2 * overscan);
  const first = Math.floor(Math.max(0, view.scrollTop) / view.rowHeight) - overscan;
  const from = Math.max(0, Math.min(first, view.count - drawn));
  return { from, to: from + drawn };
}

/** The rows that are drawn, by the elements that draw them: `rows[slot]`. Places are counted from row `base`. */
export type Drawing = Rows & { readonly base: number; readonly rows: readonly number[] };

/**
 * Which element draws which row of [from, to), after `before`: who stays on view keeps its element, and the elements of
 * those who left serve for those who came. After a leap, when nobody stays, no element moves but their common base.
 */
export function drawRows(before: Rows & { readonly base: number }, { from, to }: Rows): Drawing {
  const base = from < before.to && to > before.from ? before.base : from;
  const count = to - from;
  const rows = Array.from({ length: count }, (_, slot) => {
    const turn = (slot + base - from) % count;
    return from + (turn < 0 ? turn + count : turn);
  });
  return { from, to, base, rows };
}

/** Numbers of the pages of `pageSize` rows that hold [from, to). */
export function pagesOf(from: number, to: number, pageSize: number): readonly number[] {
  if (to <= from) return [];
  const first = Math.floor(from / pageSize);
  const last = Math.floor((to - 1) / pageSize);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The scroll position that brings row `index` wholly on view, moving as little as possible. */
export function scrollToShow(index: number, view: Viewport): number {
  const top = index * view.rowHeight;
  if (top < view.scrollTop) return top;
  const bottom = top + view.rowHeight;
  return bottom > view.scrollTop + view.height ? bottom - view.height : view.scrollTop;
}

/** The row that a key leads to from `index`, or undefined when the key is not for moving. */
export function rowAfterKey(key: string, index: number, view: Viewport): number | undefined {
  const last = view.count - 1;
  if (last < 0) return undefined;
  const page = Math.max(1, Math.floor(view.height / view.rowHeight) - 1);
  const step: Record<string, number> = {
    j: index + 1,
    ArrowDown: index + 1,
    k: index - 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: last,
  };
  const next = step[key];
  return next === undefined ? undefined : Math.max(0, Math.min(last, next));
}

/**
 * Where the row with `key` stands now that the list has changed, or -1. It was at `index` of `countBefore` rows; rows
 * added on top are by far the commonest change, so that place is looked at first.
 */
export function findRow<T>(
  items: readonly T[],
  keyOf: (item: T) => unknown,
  key: unknown,
  index: number,
  countBefore: number,
): number {
  for (const guess of [index, index + items.length - countBefore]) {
    const item = items[guess];
    if (item !== undefined && keyOf(item) === key) return guess;
  }
  return items.findIndex((item) => keyOf(item) === key);
}
