import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sleep } from "../../base/clock.ts";
import { isFault } from "../../base/fault.ts";
import { createSimulatedClock } from "./simulated-clock.ts";

const DAY_MS = 86_400_000;

test("time stands still until it is moved, and then every timer runs at its own time", async () => {
  const clock = createSimulatedClock({ startAt: 1_000 });
  const ran: [string, number][] = [];
  clock.after(50, () => ran.push(["late", clock.now()]));
  clock.after(10, () => ran.push(["first", clock.now()]));
  clock.after(10, () => ran.push(["second", clock.now()]));
  clock.after(20, () => ran.push(["cancelled", clock.now()])).cancel();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(clock.now(), 1_000);
  await clock.advance(30);
  assert.equal(clock.now(), 1_030);
  assert.deepEqual(ran, [
    ["first", 1_010],
    ["second", 1_010],
  ]);
  assert.equal(clock.nextAt, 1_050);
  assert.equal(await clock.step(), true);
  assert.equal(await clock.step(), false);
  assert.equal(clock.now(), 1_050);
});

test("promises settle between two events, however long their chains", async () => {
  const clock = createSimulatedClock({ startAt: 0 });
  const seen: string[] = [];
  clock.after(1, () => {
    void (async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      seen.push("settled");
      await sleep(clock, 1);
      seen.push(`slept until ${clock.now()}`);
    })();
  });
  clock.after(2, () => seen.push("next event"));
  await clock.advance(10);
  assert.deepEqual(seen, ["settled", "next event", "slept until 2"]);
});

test("five days of retries take a moment", async () => {
  const clock = createSimulatedClock({ startAt: 0 });
  let attempts = 0;
  const retry = (): void => {
    attempts++;
    if (clock.now() < 5 * DAY_MS) clock.after(4 * 3_600_000, retry);
  };
  clock.after(0, retry);
  const startedAt = performance.now();
  assert.equal(await clock.runUntilIdle({ limitMs: 6 * DAY_MS }), true);
  assert.equal(attempts, 31);
  assert.equal(clock.now(), 5 * DAY_MS);
  assert.ok(performance.now() - startedAt < 1_000);
});

test("running stops when it is done, and says when the limit came first", async () => {
  const clock = createSimulatedClock({ startAt: 0 });
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    clock.after(10, tick);
  };
  tick();
  assert.equal(await clock.runUntil(() => ticks === 5, { limitMs: 1_000 }), true);
  assert.equal(clock.now(), 40);
  assert.equal(await clock.runUntilIdle({ limitMs: 100 }), false);
  assert.equal(ticks, 15);
});

test("a world that re-arms itself without delay is stopped", async () => {
  const clock = createSimulatedClock({ startAt: 0, eventsAtOneInstantMax: 100 });
  const again = (): void => void clock.after(0, again);
  again();
  await assert.rejects(clock.advance(1), (error) => isFault(error, "overload"));
});

test("two moves at once run one after the other", async () => {
  const clock = createSimulatedClock({ startAt: 0 });
  await Promise.all([clock.advance(10), clock.advance(5)]);
  assert.equal(clock.now(), 15);
});

test("a timer cancelled after it ran, and a thousand re-armed, leave nothing behind", async () => {
  const clock = createSimulatedClock({ startAt: 0 });
  const timer = clock.after(1, () => undefined);
  await clock.advance(1);
  timer.cancel();
  for (let i = 0; i < 5_000; i++) clock.after(1_000_000, () => undefined).cancel();
  assert.equal(clock.pending, 0);
  assert.equal(clock.nextAt, undefined);
});

test("any timers run in order of time, then of being set", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ delayMs: fc.nat(20), cancelled: fc.boolean() }), { maxLength: 60 }),
      async (plans) => {
        const clock = createSimulatedClock({ startAt: 0 });
        const ran: { index: number; at: number }[] = [];
        for (const [index, { delayMs, cancelled }] of plans.entries()) {
          const timer = clock.after(delayMs, () => ran.push({ index, at: clock.now() }));
          if (cancelled) timer.cancel();
        }
        await clock.advance(20);
        const expected = plans
          .map(({ delayMs, cancelled }, index) => ({ index, at: delayMs, cancelled }))
          .filter(({ cancelled }) => !cancelled)
          .map(({ index, at }) => ({ index, at }))
          .sort((a, b) => a.at - b.at || a.index - b.index);
        assert.deepEqual(ran, expected);
      },
    ),
    { numRuns: 50 },
  );
});
