import assert from "node:assert/strict";
import { test } from "node:test";
import { activityMatches, activityOf, type ActivityRow } from "./activity.ts";
import type { EventBody } from "./events.ts";
import { parseQuery } from "./query.ts";
import { bounceJourney } from "./testing/sample-journal.ts";

const header = { id: 7, at: 0, host: "edge", trace: "Q1", cause: undefined };
const lookup = {
  query: "q",
  name: "nemesis.test",
  type: "MX",
  from: "10.66.0.53:53",
  durationMs: 2,
} as const;
const failed = {
  queueId: "Q1",
  recipient: "a@b.test",
  attempt: 1,
  to: "b",
  nextAttemptAt: undefined,
} as const;

const ROWS: readonly (readonly [event: EventBody, says: string | undefined])[] = [
  [{ kind: "line", connection: "c", by: "client", text: "NOOP" }, undefined],
  [{ kind: "connection.closed", connection: "c", why: "we hung up" }, undefined],
  [{ kind: "connection.closed", connection: "c", why: "timeout" }, "session wait connection ended: timeout"],
  [
    {
      kind: "connection.failed",
      to: "10.66.0.2:25",
      from: undefined,
      fault: "refused",
      detail: "nobody listens",
    },
    "session fail no connection to 10.66.0.2:25: nobody listens",
  ],
  [
    { kind: "dns.answer", ...lookup, rcode: "NOERROR", answers: ["MX 10 edge."] },
    "dns neutral nemesis.test MX: MX 10 edge. (2 ms)",
  ],
  [
    { kind: "dns.answer", ...lookup, rcode: "NOERROR", answers: [] },
    "dns neutral nemesis.test MX: no such record (2 ms)",
  ],
  [
    { kind: "dns.answer", ...lookup, rcode: "SERVFAIL", answers: [] },
    "dns fail nemesis.test MX: SERVFAIL (2 ms)",
  ],
  [{ kind: "dns.answer", ...lookup, from: "cache", rcode: "NOERROR", answers: ["MX 10 edge."] }, undefined],
  [
    { kind: "policy", check: "spf", verdict: "reject", subject: "10.0.0.1", reason: { rule: "fail" } },
    "policy fail spf: reject 10.0.0.1, fail",
  ],
  [
    { kind: "policy", check: "spf", verdict: "accept", subject: "10.0.0.1", reason: { rule: "pass" } },
    undefined,
  ],
  [
    {
      kind: "attempt",
      queueId: "Q1",
      attempt: 2,
      recipients: ["a@b.test"],
      to: "mx:b.test",
      connection: undefined,
    },
    "queue neutral attempt 2 for a@b.test to the MX of b.test",
  ],
  [
    {
      kind: "outcome",
      ...failed,
      result: "deferred",
      status: "4.2.1",
      reply: "450 busy",
      reason: { rule: "r" },
    },
    "queue wait a@b.test deferred: 450 busy",
  ],
  [
    { kind: "webhook", queueId: "Q1", url: "http://a.test", status: 500, durationMs: 3, detail: undefined },
    "webhook fail http://a.test: 500 (3 ms)",
  ],
  [
    { kind: "fault.fired", fault: "busy", point: "kerio.smtp.RCPT", action: "reply 450" },
    "fault fail fault busy at kerio.smtp.RCPT: reply 450",
  ],
  [{ kind: "warning", what: "message", detail: "bare LF", rfc: undefined }, "warning wait message: bare LF"],
];

test("an event is a row that says what happened, or none when it is a step of another", () => {
  for (const [body, says] of ROWS) {
    const row = activityOf({ ...header, ...body });
    assert.equal(row && `${row.kind} ${row.tone} ${row.text}`, says, body.kind);
  }
});

test("rows are found by kind, host, tone and words, each the other way round too", () => {
  const rows = bounceJourney().events.flatMap((event) => activityOf(event) ?? []);
  const found = (text: string): ActivityRow[] => {
    const query = parseQuery(text);
    assert.ok(query.ok);
    return rows.filter((row) => activityMatches(row, query.value));
  };
  assert.deepEqual(
    found("kind:bounce").map(({ trace }) => trace),
    ["E1"],
  );
  assert.ok(found("host:kerio").length > 2 && found("host:kerio").every(({ host }) => host === "kerio"));
  assert.equal(found("result:fail -kind:policy -kind:bounce").length, 1);
  assert.equal(found("nobody 5.1.1").length, 1);
  assert.equal(found("").length, rows.length);
});
