import assert from "node:assert/strict";
import { test } from "node:test";
import { createJournal } from "./journal.ts";
import { createMetrics } from "./metrics.ts";

function open() {
  let now = 1_000_000;
  let depth = 0;
  const journal = createJournal({ now: () => now, after: () => ({ cancel: () => undefined }) }, 4);
  const metrics = createMetrics(() => ({ queueDepth: depth, memoryBytes: 7 }));
  journal.tap(metrics.count);
  const presto = journal.recorder("presto");
  return {
    metrics,
    receive: (sizeBytes: number) =>
      presto.record(
        {
          kind: "message.received",
          queueId: "Q",
          connection: undefined,
          reversePath: "",
          recipients: [],
          sizeBytes,
          messageId: undefined,
          subject: undefined,
        },
        "Q",
      ),
    outcome: (result: "delivered" | "relayed" | "deferred" | "expired" | "held") =>
      presto.record(
        {
          kind: "outcome",
          queueId: "Q",
          recipient: "b@b.test",
          attempt: 1,
          result,
          status: "2.0.0",
          reply: "",
          to: "",
          nextAttemptAt: undefined,
          reason: { rule: "test" },
        },
        "Q",
      ),
    wait: (ms: number) => void (now += ms),
    setDepth: (value: number) => void (depth = value),
    rows: () => metrics.rows("presto", now),
  };
}

test("what happened is counted by ten seconds, also when the journal has forgotten it", () => {
  const { receive, outcome, wait, setDepth, rows, metrics } = open();
  for (let i = 0; i < 10; i++) receive(100);
  for (const result of ["delivered", "relayed", "deferred", "expired", "held"] as const) outcome(result);
  setDepth(2);
  wait(60_000);
  receive(50);
  setDepth(3);
  const [first, second, ...more] = rows();
  assert.deepEqual(more, []);
  assert.deepEqual(first, {
    at: 1_000_000,
    received: 10,
    delivered: 2,
    deferred: 1,
    failed: 1,
    refused: 0,
    connections: 0,
    bytes: 1_000,
    queueDepth: 2,
    memoryBytes: 7,
  });
  assert.equal(second?.at, 1_060_000);
  assert.equal(second?.queueDepth, 3);
  assert.equal(metrics.totals("presto").received, 11);
  assert.equal(metrics.totals("kerio").received, 0);
});

test("of a long time only the latest hour of work is kept", () => {
  const { receive, wait, rows } = open();
  for (let i = 0; i < 1_000; i++) {
    receive(1);
    wait(10_000);
  }
  assert.equal(rows().length, 360);
  assert.equal(rows().at(-2)?.at, 1_000_000 + 999 * 10_000);
});
