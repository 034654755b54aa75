import assert from "node:assert/strict";
import { test } from "node:test";
import { FLIGHT_MS, planFlights, progressOf } from "./flights.ts";

const flight = (from: string, to: string, arrives = true) =>
  ({ kind: "flight", from, to, arrives, tone: "smtp", label: "" }) as const;

test("a message leaves a host after it was seen to arrive there", () => {
  const plan = planFlights();
  const [first, second, third] = [
    plan.add(flight("app", "smart"), 1_000),
    plan.add(flight("smart", "edge"), 1_000),
    plan.add(flight("edge", "kerio"), 1_001),
  ];
  assert.deepEqual(
    [first, second, third].map((one) => one?.startsAt),
    [1_000, 1_000 + FLIGHT_MS, 1_000 + 2 * FLIGHT_MS],
  );
  assert.equal(plan.current(1_000 + FLIGHT_MS).length, 2, "the first has landed");
  assert.deepEqual([plan.waitAt("kerio", 1_000), plan.waitAt("mex", 1_000)], [3 * FLIGHT_MS, 0]);
});

test("two on one way follow each other, and what is turned away holds nobody up", () => {
  const plan = planFlights();
  const starts = [1, 2].map(() => plan.add(flight("a", "b", false), 0)?.startsAt ?? -1);
  assert.ok((starts[1] ?? 0) > (starts[0] ?? 0));
  assert.equal(plan.add(flight("b", "c"), 0)?.startsAt, 0);
});

test("a thousand at once leave most of them out, and never wait long", () => {
  const plan = planFlights();
  for (let i = 0; i < 1_000; i++) plan.add(flight(`h${i % 7}`, `h${(i + 1) % 7}`), i / 10);
  const current = plan.current(100);
  assert.ok(current.length <= 60);
  assert.equal(current.length + plan.leftOut, 1_000);
  assert.ok(Math.max(...current.map(({ startsAt }) => startsAt)) <= 5_100);
});

test("progress goes from the one end to the other, or stops before the door", () => {
  const arrives = { ...flight("a", "b"), id: 1, startsAt: 0 };
  assert.deepEqual([progressOf(arrives, -5), progressOf(arrives, FLIGHT_MS)], [0, 1]);
  assert.ok(progressOf({ ...arrives, arrives: false }, FLIGHT_MS) < 0.9);
});
