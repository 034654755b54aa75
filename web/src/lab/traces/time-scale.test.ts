import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { timeScale } from "./time-scale.ts";

const HOUR_MS = 3_600_000;

test("a long wait is folded, and what happened keeps its proportions", () => {
  const scale = timeScale([
    { start: 0, end: 100 },
    { start: HOUR_MS, end: HOUR_MS + 300 },
  ]);
  assert.equal(scale.activeMs, 400);
  assert.equal(scale.folds.length, 1);
  assert.equal(scale.folds[0]?.ms, HOUR_MS - 100);
  assert.ok(Math.abs(scale.place(100) - 0.2375) < 1e-9);
  assert.ok(Math.abs(scale.place(HOUR_MS) - 0.2875) < 1e-9);
  assert.ok(Math.abs(scale.place(HOUR_MS + 300) - 1) < 1e-9);
});

test("an hour of steady work is not folded, and an empty trace has one place", () => {
  const steady = Array.from({ length: 3_600 }, (_, second) => ({
    start: second * 1_000,
    end: second * 1_000 + 500,
  }));
  assert.deepEqual(timeScale(steady).folds, []);
  assert.equal(timeScale([]).place(5), 0);
});

test("later is never further left, and nothing leaves the bar", () => {
  const interval = fc
    .tuple(fc.nat(1e9), fc.nat(10_000))
    .map(([start, length]) => ({ start, end: start + length }));
  fc.assert(
    fc.property(
      fc.array(interval, { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(1e9)),
      (intervals, times) => {
        const scale = timeScale(intervals);
        const places = times.sort((a, b) => a - b).map((at) => scale.place(at));
        for (const [index, place] of places.entries()) {
          assert.ok(place >= 0 && place <= 1 + 1e-9, String(place));
          assert.ok(index === 0 || place >= (places[index - 1] ?? 0) - 1e-9);
        }
      },
    ),
  );
});
