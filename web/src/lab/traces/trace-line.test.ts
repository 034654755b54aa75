import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceView } from "../../../../src/lab/api/trace-views.ts";
import { lineOf } from "./trace-line.ts";

const AT = Date.UTC(2026, 10, 28, 7, 55, 3);
const trace = (change: Partial<TraceView> = {}): TraceView => ({
  id: "4KF2/1",
  from: "ann@arch.test",
  to: ["bob@nemesis.test"],
  recipientCount: 2,
  subject: "Lunch",
  startedAt: AT,
  endedAt: AT + 2_430,
  hosts: ["edge", "kerio"],
  attempts: 1,
  result: "relayed",
  results: ["relayed"],
  statuses: [],
  reports: [],
  realMs: 3,
  whole: true,
  ...change,
});

test("a line says who, what, which way and how long", () => {
  const line = lineOf(trace({ sizeBytes: 1_440 }));
  assert.deepEqual(
    [line.word, line.ends, line.path, line.took, line.size, line.started, line.due],
    [
      "Relayed",
      "ann@arch.test to bob@nemesis.test and 1 more",
      "edge → kerio",
      "2.4 s",
      "1.4 kB",
      "Sat 28 Nov 2026, 07:55:03 UTC",
      undefined,
    ],
  );
  assert.equal(line.href, "/lab/traces/4KF2%2F1");
});

test("hosts past the fifth are counted, a next attempt is told exactly, and no size is no text", () => {
  const line = lineOf(trace({ hosts: ["a", "b", "c", "d", "e", "f", "g"], nextAttemptAt: AT + 60_000 }));
  assert.deepEqual([line.hosts.length, line.hostsMore, line.path], [5, 2, "a → b → c → d → e → f → g"]);
  assert.equal(line.due, "Sat 28 Nov 2026, 07:56:03 UTC");
  assert.equal(line.size, "");
});

test("a journey's line is reckoned once, and anew when the journey changed", () => {
  const one = trace();
  assert.equal(lineOf(one), lineOf(one));
  assert.equal(lineOf({ ...one, result: "deferred" }).word, "Deferred");
});
