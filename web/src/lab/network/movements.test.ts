import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEvent } from "../../../../src/journal/events.ts";
import { type Movement, trackMovements } from "./movements.ts";

const ADDRESSES: Record<string, string> = {
  "10.66.0.1": "you",
  "10.66.0.11": "presto",
  "10.66.0.21": "edge",
  "fd66::31": "kerio",
  "10.66.0.99": "postfix",
};
const OURS = new Set(["presto", "edge", "kerio"]);

function movementsOf(...events: readonly object[]): (Movement | undefined)[] {
  const movements = trackMovements(
    (address) => ADDRESSES[address],
    (name) => OURS.has(name),
  );
  return events.map((event) => movements.take(event as JournalEvent));
}

const opened = (host: string, connection: string, remote: string) => ({
  kind: "connection.opened",
  host,
  connection,
  remote,
});

test("a message that was taken flies from the one who sent it, a report in its own colour", () => {
  const [, flight, , report] = movementsOf(
    opened("edge", "c1", "10.66.0.11:4025"),
    { kind: "message.received", host: "edge", connection: "c1", reversePath: "ann@arch.test", subject: "Hi" },
    opened("edge", "c2", "[fd66::31]:4026"),
    { kind: "message.received", host: "edge", connection: "c2", reversePath: "" },
  );
  assert.deepEqual(flight, {
    kind: "flight",
    from: "presto",
    to: "edge",
    tone: "smtp",
    arrives: true,
    label: "Hi",
  });
  assert.ok(report?.kind === "flight" && report.tone === "bounce" && report.from === "kerio");
});

test("what was made at a host, and what we did not see begin, shows where it is", () => {
  const made = { kind: "message.received", host: "presto", reversePath: "", connection: undefined };
  const unseen = { kind: "message.received", host: "presto", reversePath: "a@b", connection: "c9" };
  assert.deepEqual(movementsOf(made, unseen), [
    { kind: "pulse", host: "presto", tone: "bounce" },
    { kind: "pulse", host: "presto", tone: "smtp" },
  ]);
});

const TURNED_AWAY: readonly (readonly [event: object, from: string, tone: string])[] = [
  [{ kind: "outcome", host: "presto", connection: "c1", result: "deferred", reply: "450" }, "presto", "wait"],
  [{ kind: "outcome", host: "presto", connection: "c1", result: "failed", reply: "550" }, "presto", "fail"],
  [{ kind: "connection.failed", host: "presto", to: "10.66.0.21:25", fault: "refused" }, "presto", "fail"],
  [{ kind: "message.refused", host: "edge", connection: "c2", reply: "554" }, "you", "fail"],
];

test("what is turned away does not arrive", () => {
  for (const [event, from, tone] of TURNED_AWAY) {
    const [, , moved] = movementsOf(
      opened("presto", "c1", "10.66.0.21:25"),
      opened("edge", "c2", "10.66.0.1:4000"),
      event,
    );
    assert.ok(moved?.kind === "flight", JSON.stringify(event));
    assert.deepEqual([moved.from, moved.to, moved.tone, moved.arrives], [from, "edge", tone, false]);
  }
});

test("nothing is shown twice: the sender tells a refusal, the receiver a success, an outside server neither", () => {
  assert.deepEqual(
    movementsOf(
      opened("edge", "c1", "10.66.0.11:4025"),
      { kind: "message.refused", host: "edge", connection: "c1", reply: "550" },
      opened("presto", "c2", "10.66.0.21:25"),
      { kind: "outcome", host: "presto", connection: "c2", result: "relayed", reply: "250" },
      { kind: "connection.failed", host: "presto", to: "10.66.0.21:53", fault: "refused" },
      { kind: "connection.failed", host: "presto", to: "192.0.2.1:25", fault: "blocked" },
    ),
    [undefined, undefined, undefined, undefined, undefined, undefined],
  );
  const [, outside] = movementsOf(opened("presto", "c3", "10.66.0.99:25"), {
    kind: "outcome",
    host: "presto",
    connection: "c3",
    result: "relayed",
    reply: "250",
  });
  assert.ok(outside?.kind === "flight" && outside.to === "postfix" && outside.arrives);
});

test("connections remembered are bounded", () => {
  const many = Array.from({ length: 2_001 }, (_, i) => opened("edge", `c${i}`, "10.66.0.11:1"));
  const received = (connection: string) => ({
    kind: "message.received",
    host: "edge",
    connection,
    reversePath: "a@b",
  });
  const last = movementsOf(...many, received("c0"), received("c2000")).slice(-2);
  assert.deepEqual(
    last.map((one) => one?.kind),
    ["pulse", "flight"],
  );
});
