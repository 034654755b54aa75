import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines } from "./line-diff.ts";

const CASES: readonly (readonly [before: string, after: string, diff: readonly string[]])[] = [
  ["a\nb\n", "a\nb\n", []],
  ["a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]],
  ["a\nc\n", "a\nb\nc\n", [" a", "+b", " c"]],
  ["a\nb\nc\nd\n", "b\na\nd\nc\n", ["-a", " b", "-c", "+a", " d", "+c"]],
];

test("lines that both have stay, the others are taken out and put in", () => {
  for (const [before, after, diff] of CASES) {
    const lines = diffLines(before, after);
    assert.deepEqual(
      lines.map(({ sign, text }) => sign + text),
      diff,
    );
  }
});
