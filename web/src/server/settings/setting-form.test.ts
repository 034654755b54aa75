import assert from "node:assert/strict";
import { test } from "node:test";
import { editorOf, valueOf } from "./setting-form.ts";

const CASES: readonly (readonly [path: string, form: string, text: string, value: unknown])[] = [
  ["queue.expire", "duration", " 4d ", "4d"],
  ["queue.retry", "list of duration", '["1m","5m"]', ["1m", "5m"]],
  ["relayFrom", "list of string", "10.0.0.0/8, 127.0.0.1", ["10.0.0.0/8", "127.0.0.1"]],
  ["relayFrom", "list of string", "[]", []],
  ["limits.recipients", "integer", "500", 500],
  ["limits.recipients", "integer", "many", "many"],
  ["policies.helo", "off | warn | refuse", "warn", "warn"],
];

test("a value goes into the settings as its form says", () => {
  for (const [path, form, text, value] of CASES) {
    const editor = editorOf({ path, form });
    assert.ok(editor !== undefined, path);
    assert.deepEqual(valueOf(editor, text, false), value, path);
  }
});

test("what is no single value has no form", () => {
  for (const [path, form] of [
    ["domains", "object"],
    ["listen[].at", "endpoint"],
    ["accounts.*.quota", "size"],
    ["connectors", "list of object"],
  ] as const)
    assert.equal(editorOf({ path, form }), undefined, path);
});
