import assert from "node:assert/strict";
import { test } from "node:test";
import { changeFlags, keywordsOf, withFlags, type FlaggedRow } from "./row-flags.ts";

const row: FlaggedRow = {
  flags: ["work"],
  unread: true,
  flagged: false,
  answered: false,
  forwarded: false,
  draft: false,
};

test("flags say what a row shows, in any case", () => {
  const read = withFlags(row, ["\\seen", "\\Flagged", "$Forwarded", "work"]);
  assert.deepEqual([read.unread, read.flagged, read.forwarded, read.answered], [false, true, true, false]);
  assert.deepEqual(keywordsOf(read), ["work"]);
});

test("a change adds and takes away, and counts in the conversation", () => {
  assert.deepEqual(changeFlags(row, ["\\Seen"], [], false).flags, ["work", "\\Seen"]);
  assert.deepEqual(changeFlags(row, [], ["WORK"], false).flags, []);
  const inThread = { ...row, thread: { messages: 4, unread: 3, flagged: false } };
  assert.equal(changeFlags(inThread, ["\\Seen"], [], false).thread?.unread, 2);
  assert.equal(changeFlags(inThread, ["\\Seen"], [], true).thread?.unread, 0);
  assert.equal(changeFlags(inThread, [], ["\\Seen"], true).thread?.unread, 4);
  assert.equal(changeFlags(inThread, ["\\Flagged"], [], false).thread?.flagged, true);
});
