import assert from "node:assert/strict";
import { test } from "node:test";
import { keyName, nothingTyped, SEQUENCE_GAP_MS, typeKey, type KeyPress } from "./key-sequence.ts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test("a key has one name, whatever the keyboard", () => {
  const rows: readonly [KeyPress, string][] = [
    [press("j"), "j"],
    [press("?", { shiftKey: true }), "?"],
    [press("J", { shiftKey: true }), "J"],
    [press("k", { ctrlKey: true }), "Ctrl+k"],
    [press("k", { metaKey: true }), "Ctrl+k"],
    [press("K", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+k"],
    [press("Enter", { shiftKey: true }), "Shift+Enter"],
    [press(" "), "Space"],
  ];
  for (const [event, name] of rows) assert.equal(keyName(event), name);
});

/** Types keys 100 ms apart; what ran, by sequence. */
function typeAll(keys: readonly string[], sequences: readonly string[], gapMs = 100): readonly string[] {
  let typed = nothingTyped;
  const ran: string[] = [];
  keys.forEach((key, index) => {
    const step = typeKey(typed, key, 10_000 + index * gapMs, sequences);
    typed = step.typed;
    if (step.complete !== undefined) ran.push(sequences[step.complete] ?? "");
  });
  return ran;
}

test("sequences and single keys live side by side", () => {
  const sequences = ["j", "g l", "g m", "m"];
  assert.deepEqual(typeAll(["j", "j"], sequences), ["j", "j"]);
  assert.deepEqual(typeAll(["g", "l"], sequences), ["g l"]);
  assert.deepEqual(typeAll(["g", "m"], sequences), ["g m"]);
  assert.deepEqual(typeAll(["g", "j"], sequences), ["j"], "a key that fits nothing after g counts alone");
  assert.deepEqual(typeAll(["g", "g", "l"], sequences), ["g l"]);
  assert.deepEqual(typeAll(["x", "l"], sequences), []);
});

test("a sequence is forgotten after a pause", () => {
  assert.deepEqual(typeAll(["g", "m"], ["g m", "m"], SEQUENCE_GAP_MS + 1), ["m"]);
});

test("of equal sequences the last registered runs", () => {
  assert.equal(typeKey(nothingTyped, "j", 0, ["j", "k", "j"]).complete, 2);
});
