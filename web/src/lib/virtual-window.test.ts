import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { findRow, pagesOf, rowAfterKey, scrollToShow, visibleRows, type Viewport } from "./virtual-window.ts";

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
