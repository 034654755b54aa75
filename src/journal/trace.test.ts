import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "./query.ts";
import type { Query } from "./query.ts";
import { bounceJourney, sampleJournal } from "./testing/sample-journal.ts";
import type { SampleJournal } from "./testing/sample-journal.ts";
import { findTrace, listTraces, overallResult, traceOf } from "./trace.ts";

function query(text: string): Query {
  const parsed = parseQuery(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

test("a message is followed over both ends of the connection between two hosts", () => {
  const { events } = bounceJourney();
  const trace = traceOf(events, "E1");
  assert.ok(trace);
  assert.deepEqual(
    trace.hops.map(({ host, queueId, link }) => [host, queueId, link?.via]),
    [
      ["edge", "E1", undefined],
      ["kerio", "K1", "connection"],
    ],
  );
  const talk = trace.hops[0]?.attempts[0]?.conversations[0];
  assert.equal(trace.hops[1]?.arrival, talk, "the conversation is one, shared by the two hops");
  const lines = talk?.items.filter((item) => item.kind === "line") ?? [];
  assert.equal(lines.length, 14);
  assert.ok(lines.every((line) => line.seenBy === "both"));
  assert.deepEqual(
    talk?.items.map((item) => item.kind).filter((kind) => kind !== "line"),
    ["tls", "policy", "content"],
  );
});

test("each recipient's result is the one of the last host that knows", () => {
  const trace = traceOf(bounceJourney().events, "E1");
  assert.deepEqual(
    trace?.results.map(({ recipient, result, status, host }) => [recipient, result, status, host]),
    [
      ["bob@nemesis.test", "delivered", "2.0.0", "kerio"],
      ["nobody@nemesis.test", "failed", "5.1.1", "edge"],
    ],
  );
  assert.ok(trace);
  assert.equal(overallResult(trace), "mixed");
});

test("a report and its original name each other", () => {
  const { events } = bounceJourney();
  assert.deepEqual(traceOf(events, "E1")?.related, { originalOf: undefined, reports: ["E2"] });
  assert.deepEqual(traceOf(events, "E2")?.related, { originalOf: "E1", reports: [] });
});

test("any hop's queue id and either end's connection id find the journey", () => {
  const { events } = bounceJourney();
  for (const seed of ["E1", "K1", "in-s", "hop-c", "hop-s"]) {
    assert.equal(traceOf(events, seed)?.id, "E1", seed);
  }
  assert.equal(traceOf(events, "nothing"), undefined);
});

test("the same events give the same traces", () => {
  const { events } = bounceJourney();
  assert.equal(JSON.stringify(listTraces(events)), JSON.stringify(listTraces(bounceJourney().events)));
});

const FOUND: readonly (readonly [text: string, id: string | undefined])[] = [
  ["--last", "E1"],
  ["", "E1"],
  ["E", "E1"],
  ["E2", "E2"],
  ["to:bob@nemesis.test", "E1"],
  ["to:@nemesis.test from:ann@arch.test", "E1"],
  ["to:bob@else.test", undefined],
  ['subject:"from ann"', "E1"],
  ["host:kerio result:bounced status:5.1.1", "E1"],
  ["status:4", undefined],
  ["-host:kerio", "E2"],
  ["dsn:failed", "E1"],
  ["dsn:report", "E2"],
  ["from:<>", "E2"],
];

test("a query finds the latest journey that matches, reports last", () => {
  const { events } = bounceJourney();
  for (const [text, id] of FOUND) assert.equal(findTrace(events, query(text))?.id, id, text);
});

test("two messages on one kept connection keep their own lines", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  accept(sample, "a", "A2");
  const ends = { client: "a", server: "b", from: "10.66.0.1:1", to: "10.66.0.2:25", name: "kept" };
  const wire = sample.open(ends);
  wire.talk(["S: 220 hi", "C: EHLO a", "S: 250 b"]);
  for (const [mine, theirs] of [
    ["A1", "B1"],
    ["A2", "B2"],
  ] as const) {
    // The agent gives its lines no trace and the outcome no connection: place and time must do.
    attempt(sample, "a", mine);
    wire.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RCPT TO:<y@b.test>", "S: 250 ok", "C: DATA"]);
    wire.content(10);
    accept(sample, "b", theirs, wire.server);
    wire.talk([`S: 250 ${theirs}`]);
    finish(sample, "a", mine);
  }
  wire.talk(["C: QUIT", "S: 221 bye"]);
  const first = traceOf(sample.events, "A1");
  const second = traceOf(sample.events, "A2");
  assert.deepEqual(
    first?.hops.map((hop) => hop.queueId),
    ["A1", "B1"],
  );
  assert.deepEqual(
    second?.hops.map((hop) => hop.queueId),
    ["A2", "B2"],
  );
  const text = (trace: typeof first): string =>
    trace?.hops[0]?.attempts[0]?.conversations[0]?.items.map((item) => item.text).join("|") ?? "";
  assert.match(text(first), /^220 hi\|.*250 B1$/);
  assert.match(text(second), /^MAIL.*250 B2\|QUIT\|221 bye$/);
  assert.equal(second?.hops[0]?.attempts[0]?.conversations[0]?.earlier, 1);
});

test("a message comes back from a foreign server under its Message-ID", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  attempt(sample, "a", "A1");
  const out = sample.open({ client: "a", from: "10.66.0.1:1", to: "10.66.0.9:25", name: "out" });
  out.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RCPT TO:<y@b.test>", "S: 250 ok", "S: 250 taken"]);
  finish(sample, "a", "A1");
  const back = sample.open({ server: "b", from: "10.66.0.9:7", to: "10.66.0.2:25", name: "back" });
  back.talk(["C: MAIL FROM:<x@a.test>", "C: RCPT TO:<y@b.test>"]);
  accept(sample, "b", "B1", back.server);
  const trace = traceOf(sample.events, "B1");
  assert.deepEqual(
    trace?.hops.map(({ queueId, link }) => [queueId, link]),
    [
      ["A1", undefined],
      ["B1", { from: "A1", via: "messageId" }],
    ],
  );
});

test("the same message sent twice by a client is two journeys", () => {
  const sample = sampleJournal();
  for (const name of ["one", "two"]) {
    const wire = sample.open({ server: "b", from: `10.66.0.9:${name.length}`, to: "10.66.0.2:25", name });
    wire.talk(["C: MAIL FROM:<x@a.test>", "C: RCPT TO:<y@b.test>"]);
    accept(sample, "b", `B-${name}`, wire.server);
  }
  assert.equal(listTraces(sample.events).length, 2);
});

test("a foreign server's report is tied to its original by Message-ID", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  sample.note("a", {
    kind: "message.received",
    queueId: "A2",
    connection: undefined,
    reversePath: "",
    recipients: ["x@a.test"],
    sizeBytes: 1,
    messageId: "<bounce@foreign>",
    subject: "Undelivered Mail Returned to Sender",
    reports: "<m@a.test>",
  });
  assert.deepEqual(traceOf(sample.events, "A1")?.related.reports, ["A2"]);
  assert.equal(traceOf(sample.events, "A2")?.related.originalOf, "A1");
});

test("mail that was turned away is a journey of one host", () => {
  const sample = sampleJournal();
  const wire = sample.open({ server: "edge", from: "10.66.0.1:9", to: "10.66.0.21:25", name: "spam" });
  wire.talk(["S: 220 hi", "C: EHLO x", "S: 250 hi", "C: MAIL FROM:<a@b.test>", "S: 250 ok"]);
  wire.talk(["C: RCPT TO:<c@d.test>", "S: 550 5.7.1 relaying denied", "C: QUIT", "S: 221 bye"]);
  const [trace] = listTraces(sample.events);
  assert.equal(trace?.id, "spam-s");
  assert.deepEqual(trace?.results, [
    {
      recipient: "c@d.test",
      result: "refused",
      status: "5.7.1",
      reply: "550 5.7.1 relaying denied",
      host: "edge",
      nextAttemptAt: undefined,
    },
  ]);
  assert.equal(findTrace(sample.events, query("result:refused"))?.id, "spam-s");
});

test("a refused connection and the retry belong to their attempts", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  const cause = attempt(sample, "a", "A1");
  const failed = { to: "10.66.0.2:25", from: undefined, fault: "refused", detail: "nobody listens" };
  sample.note("a", { kind: "connection.failed", ...failed }, "A1", cause);
  finish(sample, "a", "A1", "deferred");
  sample.wait(60_000);
  attempt(sample, "a", "A1", 2);
  finish(sample, "a", "A1", "delivered", 2);
  const trace = traceOf(sample.events, "A1");
  const attempts = trace?.hops[0]?.attempts ?? [];
  assert.deepEqual(
    attempts.map(({ number, failures, outcomes }) => [number, failures.length, outcomes[0]?.result]),
    [
      [1, 1, "deferred"],
      [2, 0, "delivered"],
    ],
  );
  assert.equal(trace && overallResult(trace), "delivered");
});

test("a line that one end never got stands out", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  attempt(sample, "a", "A1");
  const ends = { client: "a", server: "b", from: "10.66.0.1:1", to: "10.66.0.2:25", name: "cut" };
  const wire = sample.open(ends);
  wire.talk(["C: MAIL FROM:<x@a.test>"]);
  sample.note("a", { kind: "line", connection: wire.client, by: "client", text: "RCPT TO:<y@b.test>" });
  wire.talk(["S: 421 4.4.2 timeout"]);
  finish(sample, "a", "A1", "deferred");
  const items = traceOf(sample.events, "A1")?.hops[0]?.attempts[0]?.conversations[0]?.items ?? [];
  assert.deepEqual(
    items.map(({ text, seenBy }) => [text, seenBy]),
    [
      ["MAIL FROM:<x@a.test>", "both"],
      ["RCPT TO:<y@b.test>", "client"],
      ["421 4.4.2 timeout", "both"],
    ],
  );
});

test("a line said last is on its way while the connection is open, and never arrived once it is closed", () => {
  const sample = sampleJournal();
  accept(sample, "a", "A1");
  attempt(sample, "a", "A1");
  const ends = { client: "a", server: "b", from: "10.66.0.1:1", to: "10.66.0.2:25", name: "cut" };
  const wire = sample.open(ends);
  wire.talk(["C: MAIL FROM:<x@a.test>", "C: RCPT TO:<y@b.test>"]);
  sample.note("b", { kind: "line", connection: wire.server, by: "server", text: "250 ok" });
  finish(sample, "a", "A1", "deferred");
  const last = () => traceOf(sample.events, "A1")?.hops[0]?.attempts[0]?.conversations[0]?.items ?? [];
  assert.deepEqual(
    last().map(({ text, pending }) => [text, pending]),
    [
      ["MAIL FROM:<x@a.test>", undefined],
      ["RCPT TO:<y@b.test>", undefined],
      ["250 ok", true],
    ],
  );
  sample.note("a", { kind: "connection.closed", connection: wire.client, why: "reset" });
  assert.equal(last().find(({ text }) => text === "250 ok")?.pending, undefined);
});

function accept(sample: SampleJournal, host: string, queueId: string, connection?: string): void {
  const envelope = { reversePath: "x@a.test", recipients: ["y@b.test"], sizeBytes: 10 };
  const facts = { queueId, connection, messageId: "<m@a.test>", subject: "s" };
  sample.note(host, { kind: "message.received", ...facts, ...envelope }, queueId);
}

function attempt(sample: SampleJournal, host: string, queueId: string, number = 1): number {
  const facts = { queueId, attempt: number, recipients: ["y@b.test"], to: "b [10.66.0.2]:25" };
  return sample.note(host, { kind: "attempt", ...facts, connection: undefined }, queueId);
}

function finish(
  sample: SampleJournal,
  host: string,
  queueId: string,
  result: "relayed" | "deferred" | "delivered" = "relayed",
  number = 1,
): void {
  const facts = { queueId, attempt: number, recipient: "y@b.test", status: "2.0.0", reply: "250 ok" };
  const rest = { to: "b", nextAttemptAt: undefined, reason: { rule: "r" } };
  sample.note(host, { kind: "outcome", result, ...facts, ...rest }, queueId);
}
