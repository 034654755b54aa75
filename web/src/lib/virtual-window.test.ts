import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  drawRows,
  findRow,
  pagesOf,
  rowAfterKey,
  scrollToShow,
  visibleRows,
  type Viewport,
} from "./virtual-window.ts";

const view = (change: Partial<Viewport> = {}): Viewport => ({
  scrollTop: 0,
  height: 400,
  rowHeight: 40,
  count: 100_000,
  ...change,
});

const viewports: fc.Arbitrary<Viewport> = fc.record({
  scrollTop: fc.integer({ min: -100, max: 4_000_000 }),
  height: fc.integer({ min: 0, max: 2_000 }),
  rowHeight: fc.integer({ min: 1, max: 120 }),
  count: fc.nat(100_000),
});

test("every row on view is drawn, and never many more", () => {
  fc.assert(
    fc.property(viewports, (one) => {
      const { from, to } = visibleRows(one, 5);
      assert.ok(from >= 0 && from <= to && to <= one.count);
      assert.ok(to - from <= Math.ceil(one.height / one.rowHeight) + 1 + 10);
      const first = Math.floor(Math.max(0, one.scrollTop) / one.rowHeight);
      const last = Math.ceil((Math.max(0, one.scrollTop) + one.height) / one.rowHeight) - 1;
      for (const row of [first, last])
        if (row >= first && row < one.count && row <= last) assert.ok(row >= from && row < to, `row ${row}`);
    }),
  );
});

test("as many rows are drawn wherever one is in a long list", () => {
  const tops = [0, 39, 40, 12_345, 3_999_600];
  assert.deepEqual(
    new Set(tops.map((scrollTop) => countOf(visibleRows(view({ scrollTop }))))),
    new Set([19]),
  );
  assert.deepEqual(
    visibleRows(view({ scrollTop: 80, count: 12 })),
    { from: 0, to: 12 },
    "a short list is drawn whole",
  );
});

const countOf = ({ from, to }: { from: number; to: number }): number => to - from;

test("each row has one element, and keeps it while it is drawn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(200), { minLength: 1 }), (count, begins) => {
      let drawn = { from: 0, to: 0, base: 0, rows: [] as readonly number[] };
      for (const from of begins) {
        const next = drawRows(drawn, { from, to: from + count });
        assert.deepEqual(
          next.rows.toSorted((a, b) => a - b),
          Array.from({ length: count }, (_, index) => from + index),
        );
        for (const [slot, row] of drawn.rows.entries())
          if (row >= from && row < from + count) assert.equal(next.rows[slot], row, `row ${row}`);
        drawn = next;
      }
    }),
  );
});

test("after a leap the elements stand in order, and only their common place is another", () => {
  const before = drawRows({ from: 0, to: 0, base: 0 }, { from: 0, to: 4 });
  const scrolled = drawRows(before, { from: 1, to: 5 });
  assert.deepEqual(scrolled, { from: 1, to: 5, base: 0, rows: [4, 1, 2, 3] });
  assert.deepEqual(drawRows(scrolled, { from: 90, to: 94 }), {
    from: 90,
    to: 94,
    base: 90,
    rows: [90, 91, 92, 93],
  });
});

test("the pages of a range hold all of it", () => {
  assert.deepEqual(pagesOf(0, 0, 50), []);
  assert.deepEqual(pagesOf(0, 50, 50), [0]);
  assert.deepEqual(pagesOf(49, 51, 50), [0, 1]);
  assert.deepEqual(pagesOf(120, 260, 50), [2, 3, 4, 5]);
});

test("scrolling to a row moves as little as it can", () => {
  assert.equal(scrollToShow(3, view()), 0, "already on view");
  assert.equal(scrollToShow(10, view()), 40, "one below");
  assert.equal(scrollToShow(2, view({ scrollTop: 400 })), 80, "above");
});

test("keys move within the list", () => {
  const rows: readonly [string, number, number | undefined][] = [
    ["j", 4, 5],
    ["j", 99_999, 99_999],
    ["k", 0, 0],
    ["ArrowDown", -1, 0],
    ["PageDown", 0, 9],
    ["PageUp", 3, 0],
    ["End", 0, 99_999],
    ["Home", 500, 0],
    ["x", 0, undefined],
  ];
  for (const [key, index, next] of rows) assert.equal(rowAfterKey(key, index, view()), next, key);
  assert.equal(rowAfterKey("j", -1, view({ count: 0 })), undefined);
});

test("a row is found again after rows came on top, went from it, or changed places", () => {
  const keyOf = (row: { id: number }): number => row.id;
  const list = (...ids: number[]): { id: number }[] => ids.map((id) => ({ id }));
  assert.equal(findRow(list(1, 2, 3), keyOf, 2, 1, 3), 1, "nothing changed");
  assert.equal(findRow(list(8, 9, 1, 2, 3), keyOf, 2, 1, 3), 3, "two on top");
  assert.equal(findRow(list(9, 1, 2), keyOf, 2, 1, 3), 2, "one on top, one dropped below");
  assert.equal(findRow(list(2, 3), keyOf, 2, 1, 3), 0, "one gone above");
  assert.equal(findRow(list(1, 3), keyOf, 2, 1, 3), -1, "gone itself");
});
