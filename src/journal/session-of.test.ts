import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionOf } from "./session-of.ts";
import { bounceJourney, sampleJournal } from "./testing/sample-journal.ts";

test("either end finds the same conversation, over all its exchanges", () => {
  const sample = sampleJournal();
  const wire = sample.open({ client: "a", server: "b", from: "10.66.0.1:9", to: "10.66.0.2:25", name: "w" });
  wire.talk(["S: 220 hi", "C: EHLO a", "S: 250 hi"]);
  for (let turn = 0; turn < 2; turn++)
    wire.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RSET", "S: 250 ok"]);
  wire.talk(["C: QUIT", "S: 221 bye"]);
  wire.close();
  const session = sessionOf(sample.events, "w-s");
  assert.equal(session?.conversation.items.filter(({ kind }) => kind === "line").length, 13);
  assert.equal(session?.conversation.openedAt, sessionOf(sample.events, "w-c")?.conversation.openedAt);
  assert.deepEqual(session?.messages, []);
  assert.equal(sessionOf(sample.events, "none"), undefined);
});

test("what was wrong is told as objects, with the rule and where it is written", () => {
  const { events } = bounceJourney();
  const session = sessionOf(events, "hop-c");
  assert.deepEqual(
    session?.warnings.map(({ host, rule, rfc, text }) => [host, rule, rfc, text]),
    [["kerio", "recipient", "RFC 5321 §3.3", "reject nobody@nemesis.test: unknown user"]],
  );
  assert.deepEqual(session?.messages, ["K1"]);
});

test("a certificate nobody vouches for is a warning of the end that connects", () => {
  const sample = sampleJournal();
  const wire = sample.open({ client: "a", from: "10.66.0.1:9", to: "10.66.0.9:25", name: "w" });
  const agreed = { protocol: "TLSv1.3", cipher: "X", verified: false, detail: "comes from nowhere" } as const;
  sample.note("a", { kind: "tls.started", connection: wire.client, ...agreed });
  sample.note(
    "a",
    { kind: "warning", what: "message", detail: "bare LF", rfc: "RFC 5321 §2.3.8" },
    wire.client,
  );
  assert.deepEqual(
    sessionOf(sample.events, wire.client)?.warnings.map(({ rule, text }) => `${rule}: ${text}`),
    ["certificate: the certificate comes from nowhere", "message: bare LF"],
  );
});
