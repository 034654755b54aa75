import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecureRandom } from "../random/secure-random.ts";
import { createRealClock } from "./real-clock.ts";

test("real timers run after their delay, and not when cancelled", async () => {
  const clock = createRealClock();
  const ran: string[] = [];
  const startedAt = clock.now();
  clock.after(5, () => ran.push("cancelled")).cancel();
  // Longer than the machine's timers hold: it must not fire at once.
  const year = clock.after(365 * 86_400_000, () => ran.push("a year later"));
  await new Promise<void>((resolve) => {
    clock.after(20, resolve);
  });
  year.cancel();
  assert.deepEqual(ran, []);
  assert.ok(clock.now() - startedAt >= 19);
});

test("chance of the system stays within its bounds", () => {
  const random = createSecureRandom();
  assert.equal(random.bytes(16).length, 16);
  assert.notDeepEqual(random.bytes(16), random.bytes(16));
  for (let i = 0; i < 200; i++) {
    const roll = random.integer(6);
    assert.ok(Number.isInteger(roll) && roll >= 0 && roll < 6);
    const part = random.fraction();
    assert.ok(part >= 0 && part < 1);
  }
});
