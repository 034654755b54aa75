import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, stepsOf, type Told } from "./steps.ts";

const TOLD: readonly Told[] = [
  { kind: "assertion", text: "the lab is up", passed: true },
  { kind: "note", text: "Ann writes." },
  { kind: "assertion", text: "it arrives", passed: false, step: "Ann writes.", detail: "nothing came" },
  { kind: "measured", text: "it took 3 s" },
  { kind: "note", text: "Bob answers." },
];

test("assertions stand under the step they come after, also before the first", () => {
  assert.deepEqual(
    stepsOf(TOLD).map(({ note, lines }) => [note, lines.map(({ text }) => text)]),
    [
      [undefined, ["the lab is up"]],
      ["Ann writes.", ["it arrives", "it took 3 s"]],
      ["Bob answers.", []],
    ],
  );
  assert.deepEqual(countOf(TOLD), { held: 1, failed: 1 });
});
