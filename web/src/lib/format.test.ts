import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatExact,
  formatRelative,
  plural,
} from "./format.ts";

const NOW = Date.UTC(2026, 10, 28, 7, 55, 3, 120);

test("durations have two units at most", () => {
  const rows: readonly [number, string][] = [
    [0, "0 ms"],
    [0.25, "0.25 ms"],
    [340, "340 ms"],
    [999.7, "1 s"],
    [1_000, "1 s"],
    [2_430, "2.4 s"],
    [59_700, "1 m"],
    [200_000, "3 m 20 s"],
    [3_600_000, "1 h"],
    [14_700_000, "4 h 5 m"],
    [442_800_000, "5 d 3 h"],
    [-60_000, "−1 m"],
  ];
  for (const [ms, text] of rows) assert.equal(formatDuration(ms), text, String(ms));
});

test("moments are told from now, both ways", () => {
  const rows: readonly [number, string][] = [
    [0, "just now"],
    [-42_000, "42 s ago"],
    [-200_000, "3 m ago"],
    [14_400_000, "in 4 h"],
    [-86_400_000 * 3, "3 d ago"],
    [-86_400_000 * 40, "2026-10-19"],
  ];
  for (const [ms, text] of rows) assert.equal(formatRelative(NOW + ms, NOW), text);
});

test("exact times are in UTC, with milliseconds where asked", () => {
  assert.equal(formatClock(NOW), "07:55:03");
  assert.equal(formatClock(NOW, { ms: true }), "07:55:03.120");
  assert.equal(formatExact(NOW), "Sat 28 Nov 2026, 07:55:03 UTC");
});

test("sizes go by powers of 1000, and never show 1000 of one", () => {
  const rows: readonly [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1 kB"],
    [1_440, "1.4 kB"],
    [9_960, "10 kB"],
    [999_600, "1 MB"],
    [23_400_000, "23 MB"],
    [5_000_000_000_000, "5 TB"],
  ];
  for (const [bytes, text] of rows) assert.equal(formatBytes(bytes), text);
});

test("counts have their thousands apart and their nouns right", () => {
  assert.equal(formatCount(100_000), "100,000");
  assert.equal(formatCount(-1_234), "-1,234");
  assert.equal(plural(1, "message"), "1 message");
  assert.equal(plural(1_204, "message"), "1,204 messages");
  assert.equal(plural(2, "reply", "replies"), "2 replies");
});
