import assert from "node:assert/strict";
import { test } from "node:test";
import { bounceJourney } from "./testing/sample-journal.ts";
import { traceOf } from "./trace.ts";
import { whereabouts } from "./whereabouts.ts";

test("where the mail is, is said for each recipient by the host that knows", () => {
  const trace = traceOf(bounceJourney().events, "E1");
  assert.ok(trace !== undefined);
  assert.deepEqual(whereabouts(trace), [
    "bob@nemesis.test has it: kerio delivered it at 2026-01-05T09:00:00Z into INBOX of bob@nemesis.test.",
    "It did not get to nobody@nemesis.test: edge gave up after 1 attempt (5.1.1): “550 5.1.1 no such user here”. The sender was told.",
  ]);
});
