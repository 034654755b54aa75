import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsBelow, settingsJsonSchema } from "./reference.ts";

const DEFAULTS: readonly (readonly [path: string, written: string | undefined])[] = [
  ["queue.retry", "1m, 5m, 15m, 1h, 4h"],
  ["queue.expire", "5d"],
  ["queue.spaceMax", "50GB"],
  ["limits.message", "50MB"],
  ["limits.recipients", "1000"],
  ["policies.misbehaviour.banFor", "10m"],
  ["policies.message", '"refuse"'],
  ["policies.greylist", undefined],
];

test("each setting tells its default as one would write it", () => {
  const all = settingsBelow("", settingsJsonSchema());
  for (const [path, written] of DEFAULTS)
    assert.equal(all.find((one) => one.path === path)?.default, written, path);
});
