import assert from "node:assert/strict";
import { test } from "node:test";
import { addedOnTop, RowCache, ROWS_MAX } from "./row-cache.ts";

const rows = (from: number, count: number): { id: string; seen?: boolean }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `1-${from + index}` }));

test("pages are found where they were put, and a hole makes a page unknown", () => {
  const cache = new RowCache<{ id: string; seen?: boolean }>();
  cache.put(0, rows(0, 50));
  cache.put(99_950, rows(99_950, 50));
  assert.equal(cache.at(99_999)?.id, "1-99999");
  assert.equal(cache.slice(0, 50)?.length, 50);
  assert.equal(cache.slice(40, 60), undefined);
  assert.equal(cache.indexOf("1-99960"), 99_960);
  assert.equal(cache.indexOf("1-60"), -1);
});

test("what goes lets the rest move up, holes included", () => {
  const cache = new RowCache<{ id: string }>();
  cache.put(0, rows(0, 3));
  cache.put(10, rows(10, 2));
  assert.equal(
    cache.remove(({ id }) => id === "1-1" || id === "1-10"),
    2,
  );
  assert.deepEqual([cache.at(0)?.id, cache.at(1)?.id, cache.at(9)?.id], ["1-0", "1-2", "1-11"]);
  assert.equal(
    cache.remove(() => false),
    0,
  );
});

test("a change touches only what it changes", () => {
  const cache = new RowCache<{ id: string; seen?: boolean }>();
  cache.put(5, rows(5, 2));
  const before = cache.at(6);
  assert.equal(
    cache.map((row) => (row.id === "1-5" ? { ...row, seen: true } : row)),
    true,
  );
  assert.equal(cache.at(5)?.seen, true);
  assert.equal(cache.at(6), before);
  assert.equal(
    cache.map((row) => row),
    false,
  );
});

test("it forgets rather than grow without end", () => {
  const cache = new RowCache<{ id: string }>();
  cache.put(0, rows(0, ROWS_MAX + 1));
  cache.put(50_000, rows(50_000, 50));
  assert.equal(cache.at(0), undefined);
  assert.equal(cache.at(50_049)?.id, "1-50049");
});

test("what came on top is counted, also when the first known row has gone", () => {
  const known = rows(10, 3);
  for (const [now, added] of [
    [[...rows(100, 2), ...known], 2],
    [known, 0],
    [[...rows(100, 1), ...known.slice(1)], 0],
    [[...rows(100, 2), ...known.slice(1)], 1],
    [rows(500, 3), 0],
  ] as const)
    assert.equal(addedOnTop(known, now), added);
});
