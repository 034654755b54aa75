import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBatch } from "./event-batch.ts";

/** A batch whose frames come when the test says so. */
function batchOf(max: number): {
  taken: { items: readonly number[]; dropped: number }[];
  frames: (() => void)[];
  add: (item: number) => void;
  clear: () => void;
} {
  const taken: { items: readonly number[]; dropped: number }[] = [];
  const frames: (() => void)[] = [];
  const batch = makeBatch<number>(
    (items, dropped) => taken.push({ items, dropped }),
    (run) => frames.push(run),
    max,
  );
  return { taken, frames, add: (item) => batch.add(item), clear: () => batch.clear() };
}

test("many events cost one frame, in order, and the next ones the next frame", () => {
  const { taken, frames, add } = batchOf(100);
  for (const item of [1, 2, 3]) add(item);
  assert.equal(frames.length, 1);
  frames.shift()?.();
  add(4);
  frames.shift()?.();
  assert.deepEqual(
    taken.map(({ items }) => items),
    [[1, 2, 3], [4]],
  );
});

test("when nobody draws, the oldest are dropped and counted", () => {
  const { taken, frames, add } = batchOf(10);
  for (let item = 1; item <= 25; item += 1) add(item);
  frames.shift()?.();
  const [first] = taken;
  assert.equal(first?.items.at(-1), 25);
  assert.ok(first.items.length <= 10);
  assert.equal(first.items.length + first.dropped, 25);
});

test("a cleared batch hands over nothing", () => {
  const { taken, frames, add, clear } = batchOf(10);
  add(1);
  clear();
  frames.shift()?.();
  assert.deepEqual(taken, []);
});
