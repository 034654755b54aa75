import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Trace } from "../../../../src/journal/journey.ts";
import { diffTraces, isSame } from "./trace-diff.ts";
import { traceTree, type Step } from "./trace-tree.ts";

/** The journey that src/journal/testing/sample-journal.ts tells, as the API gives it. */
const bounce = JSON.parse(
  readFileSync(new URL("testing/bounce.trace.json", import.meta.url), "utf8"),
) as Trace;

const step = (label: string, steps: readonly Step[] = [], note = ""): Step => {
  return {
    key: label,
    kind: "command",
    label,
    note,
    tone: "neutral",
    start: 0,
    end: 0,
    event: undefined,
    steps,
  };
};
const shape = (a: readonly Step[], b: readonly Step[]): string[] =>
  diffTraces(a, b).map((row) => `${row.a?.label ?? "-"} ${row.b?.label ?? "-"}`);

test("a journey beside itself has no difference", () => {
  const rows = diffTraces(traceTree(bounce), traceTree(bounce));
  assert.ok(rows.length > 20 && rows.every(isSame));
});

test("what only one did stands alone, between what both did", () => {
  assert.deepEqual(shape([step("x"), step("y"), step("z")], [step("x"), step("z"), step("w")]), [
    "x x",
    "y -",
    "z z",
    "- w",
  ]);
  assert.deepEqual(shape([], [step("x", [step("y")])]), ["- x", "- y"]);
});

test("ids, free ports and sizes are no difference; a status is", () => {
  const one = [
    step("250 queued as 1KE6P4YMBQ50QK"),
    step("MAIL FROM:<a@b> SIZE=257"),
    step("10.66.0.1:40001 to edge"),
  ];
  const two = [
    step("250 queued as 1KE6P4YNKNEB8W"),
    step("MAIL FROM:<a@b> SIZE=9"),
    step("10.66.0.1:51234 to edge"),
  ];
  assert.ok(diffTraces(one, two).every(isSame));
  assert.equal(diffTraces([step("550 5.1.1")], [step("550 5.7.1")]).some(isSame), false);
});
