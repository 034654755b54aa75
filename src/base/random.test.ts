import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, shuffled } from "./random.ts";

test("the same seed gives the same stream", () => {
  const a = seededRandom(42);
  const b = seededRandom(42);
  assert.deepEqual(a.bytes(64), b.bytes(64));
  assert.notDeepEqual(seededRandom(1).bytes(16), seededRandom(2).bytes(16));
});

test("every order of a shuffle comes up about equally often", () => {
  const random = seededRandom(7);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(random, ["a", "b", "c"]).join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  assert.equal(seen.size, 6);
  for (const count of seen.values()) assert.ok(count > 850 && count < 1150, `${count} of 6000`);
});
