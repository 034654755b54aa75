import assert from "node:assert/strict";
import { test } from "node:test";
import { hintsFor, problemPlace, takeHint } from "./search-hints.ts";

test("hints fit the word at the cursor, and mailboxes follow in:", () => {
  const inserts = (text: string, cursor = text.length): string[] =>
    hintsFor(text, cursor, ["INBOX", "Work", "Work/Big Lab"]).map(({ insert }) => insert);
  assert.equal(inserts("").length, 8);
  assert.deepEqual(inserts("fr"), ["from:"]);
  assert.deepEqual(inserts("from:ann -is:un"), ["is:unread"]);
  assert.deepEqual(inserts("in:wo"), ["in:Work", 'in:"Work/Big Lab"']);
  assert.deepEqual(inserts("hello"), []);
  assert.deepEqual(inserts("ha and more", 2), ["has:attachment"]);
});

test("a hint takes the place of the word and keeps what stands around it", () => {
  const cases: readonly [string, number, string, { text: string; cursor: number }][] = [
    ["fr", 2, "from:", { text: "from:", cursor: 5 }],
    ["ann -is:un", 10, "is:unread", { text: "ann -is:unread ", cursor: 15 }],
    ["ha ann", 1, "has:attachment", { text: "has:attachment ann", cursor: 14 }],
  ];
  for (const [text, cursor, insert, wanted] of cases)
    assert.deepEqual(takeHint(text, cursor, { insert, means: "" }), wanted);
});

test("the place of a problem is read, and only of a search", () => {
  assert.deepEqual(
    [problemPlace("q:12"), problemPlace("name"), problemPlace("q:x")],
    [12, undefined, undefined],
  );
});
