import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, parseDuration } from "./duration.ts";
import { formatSize, parseSize } from "./size.ts";

const DURATIONS: readonly (readonly [text: string, ms: number | undefined])[] = [
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["5d", 432_000_000],
  ["1.5h", 5_400_000],
  ["", undefined],
  ["5", undefined],
  ["-5m", undefined],
  ["5 m", undefined],
  ["m5", undefined],
];

test("durations are read in their units, and what has none is refused", () => {
  for (const [text, ms] of DURATIONS) assert.equal(parseDuration(text), ms, text);
});

test("durations are written short", () => {
  assert.equal(formatDuration(432_000_000), "5d");
  assert.equal(formatDuration(5_400_000), "1h30m");
  assert.equal(formatDuration(1_240), "1.2s");
  assert.equal(formatDuration(40), "40ms");
  assert.equal(formatDuration(0), "0ms");
});

test("sizes are read and written", () => {
  assert.equal(parseSize("50MB"), 52_428_800);
  assert.equal(parseSize("512"), 512);
  assert.equal(parseSize("1.5 KB"), 1536);
  assert.equal(parseSize("lots"), undefined);
  assert.equal(formatSize(52_428_800), "50 MB");
  assert.equal(formatSize(1536), "1.5 KB");
  assert.equal(formatSize(12), "12 B");
});
