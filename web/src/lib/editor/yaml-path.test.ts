import assert from "node:assert/strict";
import { test } from "node:test";
import { ITEM, type Step } from "./json-schema.ts";
import { placeIn } from "./yaml-path.ts";

/** The place is where the bar stands. */
const PLACES: readonly (readonly [
  text: string,
  path: readonly Step[],
  key: string | undefined,
  word: string,
])[] = [
  ["|", [], undefined, ""],
  ["la|", [], undefined, "la"],
  ["clock: v|", [], "clock", "v"],
  ["hosts:\n  |", ["hosts"], undefined, ""],
  ["hosts:\n  edge:\n    ro|", ["hosts", "edge"], undefined, "ro"],
  ["hosts:\n  edge:\n    role: re|", ["hosts", "edge"], "role", "re"],
  ["hosts:\n  edge: { role: relay, re|", ["hosts", "edge"], undefined, "re"],
  ["hosts:\n  edge: { role: |", ["hosts", "edge"], "role", ""],
  ["hosts:\n  edge: { policies: { gr|", ["hosts", "edge", "policies"], undefined, "gr"],
  ["hosts:\n  edge: { policies: { spf: enforce }, r|", ["hosts", "edge"], undefined, "r"],
  ["hosts:\n  edge: { allow: [you, a|", ["hosts", "edge", "allow", ITEM], undefined, "a"],
  ["faults:\n  - a|", ["faults", ITEM], undefined, "a"],
  ["faults:\n  - { id: x, d|", ["faults", ITEM], undefined, "d"],
  ["faults:\n  - id: x\n    d|", ["faults", ITEM], undefined, "d"],
  ["faults:\n  - id: x\n    do:\n      re|", ["faults", ITEM, "do"], undefined, "re"],
  ["hosts:\n  # a note\n\n  edge: {}\nq|", [], undefined, "q"],
  ['hosts:\n  "edge": { |', ["hosts", "edge"], undefined, ""],
];

test("a place in a text that is being typed knows the keys that lead to it", () => {
  for (const [marked, path, key, word] of PLACES) {
    const offset = marked.indexOf("|");
    assert.deepEqual(placeIn(marked.replace("|", ""), offset), { path, key, word }, marked);
  }
});

test("no text makes it throw or hang", () => {
  const pieces = ["{", "}", "[", "]", ",", ":", "- ", "a: ", '"', "#", "\n", "  ", "'", "x"];
  for (let seed = 1; seed < 3_000; seed++) {
    let text = "";
    for (let n = seed; n > 0; n = Math.floor(n / pieces.length)) text += pieces[n % pieces.length] ?? "";
    assert.equal(typeof placeIn(text, text.length).word, "string");
  }
});
