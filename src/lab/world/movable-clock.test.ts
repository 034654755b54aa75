import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../base/clock.ts";
import { isFault } from "../../base/fault.ts";
import { createMovableClock } from "./movable-clock.ts";
import { createEventHeap } from "./event-heap.ts";

/** The machine's clock, moved by hand. */
function machineClock(): Clock & { pass(ms: number): void; set(now: number): void; waiting(): number } {
  const heap = createEventHeap();
  let sequence = 0;
  let now = 1_000_000;
  return {
    now: () => now,
    after(delayMs, run) {
      const event = { at: now + delayMs, sequence: sequence++, run };
      heap.push(event);
      return { cancel: () => heap.remove(event) };
    },
    pass(ms) {
      const until = now + ms;
      for (let first = heap.peek(); first !== undefined && first.at <= until; first = heap.peek()) {
        now = first.at;
        heap.pop()?.run();
      }
      now = until;
    },
    set: (to) => void (now = to),
    waiting: () => heap.size,
  };
}

const DAY_MS = 86_400_000;

test("it runs by itself, a second a second or a minute a second", () => {
  for (const [mode, rate] of [
    ["virtual", 1],
    ["real", 1],
    ["x60", 60],
  ] as const) {
    const machine = machineClock();
    const clock = createMovableClock(machine, { mode, startAt: 0 });
    const fired: number[] = [];
    clock.after(120_000, () => fired.push(clock.now()));
    machine.pass(120_000 / rate - 1);
    assert.deepEqual(fired, [], mode);
    machine.pass(1);
    assert.deepEqual(fired, [120_000], mode);
    assert.equal(machine.waiting(), 0);
  }
});

test("paused it stands still, and goes on where it stood", () => {
  const machine = machineClock();
  const clock = createMovableClock(machine, { mode: "virtual", startAt: 0 });
  let fired = 0;
  clock.after(1_000, () => fired++);
  machine.pass(400);
  clock.pause();
  machine.pass(DAY_MS);
  assert.equal(clock.now(), 400);
  assert.equal(fired, 0);
  clock.resume();
  machine.pass(599);
  assert.equal(fired, 0);
  machine.pass(1);
  assert.equal(fired, 1);
});

test("an advance fires every timer at its own instant, those set on the way too, and waits after each", async () => {
  const machine = machineClock();
  const seen: string[] = [];
  let settles = 0;
  const clock = createMovableClock(machine, {
    mode: "virtual",
    startAt: 0,
    settled: async () => {
      settles++;
      // Traffic takes its time, and what it sets off is due before the jump ends.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (seen.length === 1) clock.after(500, () => seen.push(`answer ${clock.now()}`));
    },
  });
  const retry = (n: number): void => {
    seen.push(`retry ${n} ${clock.now()}`);
    if (n < 3) clock.after(DAY_MS, () => retry(n + 1));
  };
  clock.after(DAY_MS, () => retry(1));
  clock.after(5 * DAY_MS + 1, () => seen.push("too late"));
  assert.equal(await clock.advance(5 * DAY_MS), 4);
  assert.deepEqual(seen, [
    `retry 1 ${DAY_MS}`,
    `answer ${DAY_MS + 500}`,
    `retry 2 ${2 * DAY_MS}`,
    `retry 3 ${3 * DAY_MS}`,
  ]);
  assert.equal(settles, 5);
  assert.equal(clock.now(), 5 * DAY_MS);
  assert.equal(clock.nextAt, 5 * DAY_MS + 1);
  machine.pass(1);
  assert.equal(seen.at(-1), "too late");
});

test("next jumps to the next instant and fires all of it", async () => {
  const clock = createMovableClock(machineClock(), { mode: "virtual", startAt: 0 });
  clock.pause();
  const seen: number[] = [];
  for (const delayMs of [700, 300, 300]) clock.after(delayMs, () => seen.push(clock.now()));
  assert.equal(await clock.next(), 300);
  assert.deepEqual(seen, [300, 300]);
  assert.equal(await clock.next(), 700);
  assert.equal(await clock.next(), undefined);
  assert.equal(clock.isPaused, true);
});

test("a cancelled timer never fires, also by a timer of the same instant", async () => {
  const clock = createMovableClock(machineClock(), { mode: "virtual" });
  const seen: string[] = [];
  const early = clock.after(10, () => seen.push("early"));
  clock.after(20, () => {
    seen.push("first");
    second.cancel();
  });
  const second = clock.after(20, () => seen.push("second"));
  early.cancel();
  early.cancel();
  assert.equal(await clock.advance(100), 1);
  assert.deepEqual(seen, ["first"]);
});

test("it runs as fast as it is told, timers too, and a move takes no notice of that", async () => {
  const machine = machineClock();
  const clock = createMovableClock(machine, { mode: "virtual", startAt: 0 });
  let firedAt = 0;
  clock.after(600_000, () => (firedAt = clock.now()));
  clock.setSpeed(600);
  assert.equal(clock.speed, 600);
  machine.pass(999);
  assert.deepEqual([clock.now(), firedAt], [599_400, 0]);
  machine.pass(1);
  assert.equal(firedAt, 600_000);
  await clock.advance(1_000);
  assert.equal(clock.now(), 601_000);
  clock.setSpeed(60);
  assert.equal(clock.mode, "x60");
});

test("two moves at once are made one after the other", async () => {
  const clock = createMovableClock(machineClock(), { mode: "virtual", startAt: 0 });
  clock.pause();
  await Promise.all([clock.advance(1_000), clock.advance(2_000)]);
  assert.equal(clock.now(), 3_000);
});

test("a real clock is not moved, until it is made virtual", async () => {
  const clock = createMovableClock(machineClock(), { mode: "real", startAt: 0 });
  await assert.rejects(clock.advance(1), (error) => isFault(error, "permission"));
  await assert.rejects(clock.next(), (error) => isFault(error, "permission"));
  assert.throws(
    () => clock.pause(),
    (error) => isFault(error, "permission"),
  );
  clock.setMode("virtual");
  await clock.advance(1);
  assert.equal(clock.now(), 1);
});

test("it never goes back when the machine's clock is set back", () => {
  const machine = machineClock();
  const clock = createMovableClock(machine, { mode: "virtual", startAt: 5_000 });
  machine.pass(100);
  assert.equal(clock.now(), 5_100);
  machine.set(10);
  assert.equal(clock.now(), 5_100);
  machine.pass(7);
  assert.equal(clock.now(), 5_107);
});

test("a timer that fails does not stop the clock", async () => {
  const clock = createMovableClock(machineClock(), { mode: "virtual" });
  let fired = 0;
  clock.after(1, () => {
    throw new Error("broken");
  });
  clock.after(2, () => fired++);
  await assert.rejects(clock.advance(10), /broken/);
  await clock.advance(10);
  assert.equal(fired, 1);
});

test("a timer that sets itself again without delay is stopped", async () => {
  const clock = createMovableClock(machineClock(), { mode: "virtual", startAt: 0 });
  const again = (): void => void clock.after(0, again);
  again();
  await assert.rejects(clock.advance(1), (error) => isFault(error, "overload"));
  assert.equal(clock.now(), 0);
});
