import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Trace } from "../../../../src/journal/journey.ts";
import { allSteps, traceTree, visibleSteps } from "./trace-tree.ts";

/** The journey that src/journal/testing/sample-journal.ts tells, as the API gives it. */
const bounce = JSON.parse(
  readFileSync(new URL("testing/bounce.trace.json", import.meta.url), "utf8"),
) as Trace;

const tree = traceTree(bounce);

test("a journey is hops, each with its steps in order, and each conversation once", () => {
  assert.deepEqual(
    tree.map(({ label }) => label),
    ["edge", "kerio"],
  );
  const kinds = tree.map(({ steps }) => steps.map(({ kind }) => kind));
  assert.deepEqual(kinds[0], ["connect", "policy", "dns", "routing", "routing", "attempt", "report"]);
  assert.deepEqual(kinds[1], ["policy", "store", "queue"]);
  const talks = allSteps(tree).filter(({ kind }) => kind === "connect");
  assert.deepEqual(
    talks.map(({ label }) => label),
    ["10.66.0.1:40001 to edge", "edge to kerio"],
  );
});

test("a step lasts until what is below it is over, and a command until its reply", () => {
  for (const step of allSteps(tree)) {
    assert.ok(step.start <= step.end, step.label);
    for (const inner of step.steps) assert.ok(inner.end <= step.end, `${inner.label} in ${step.label}`);
  }
  const mail = allSteps(tree).find(({ label }) => label.startsWith("MAIL"));
  assert.equal((mail?.end ?? 0) - (mail?.start ?? 0), 1);
});

test("keys are unique, and folding leaves out what is below", () => {
  const keys = allSteps(tree).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(
    visibleSteps(tree, () => true).map(({ step }) => step.kind),
    ["hop", "hop"],
  );
  assert.equal(visibleSteps(tree, () => false).length, keys.length);
});
