import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createEventHeap, type SimulatedEvent } from "./event-heap.ts";

/** Plans events at these times, removes some, and compares what comes out with a plain sort. */
function compare(entries: readonly (readonly [at: number, isRemoved: boolean])[]): void {
  const heap = createEventHeap();
  const events = entries.map(([at], sequence): SimulatedEvent => ({ at, sequence, run() {} }));
  for (const event of events) heap.push(event);
  events.forEach((event, i) => {
    if (entries[i]?.[1] !== true) return;
    heap.remove(event);
    heap.remove(event);
  });
  const kept = events.filter((_, i) => entries[i]?.[1] !== true);
  assert.equal(heap.size, kept.length);
  const popped = [];
  for (let event = heap.pop(); event !== undefined; event = heap.pop()) popped.push(event.sequence);
  const expected = kept.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  assert.deepEqual(
    popped,
    expected.map(({ sequence }) => sequence),
  );
  assert.equal(heap.size, 0);
}

test("events come out in order of time, then of planning, whatever was removed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 }), (entries) =>
      compare(entries),
    ),
    { numRuns: 200 },
  );
});

test("order is kept when thousands of removed events are swept out", () => {
  compare(Array.from({ length: 5_000 }, (_, i) => [(i * 7_919) % 613, i % 5 !== 0] as const));
});
