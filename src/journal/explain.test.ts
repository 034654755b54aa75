import assert from "node:assert/strict";
import { test } from "node:test";
import { explainLine } from "./explain.ts";
import type { Side } from "./events.ts";

const LINES: readonly (readonly [
  line: string,
  by: Side,
  words: RegExp | undefined,
  rfc: string | undefined,
])[] = [
  ["mail from:<a@b>", "client", /begins a message/, "RFC 5321 §4.1.1.2"],
  ["STARTTLS", "client", /encrypt/, "RFC 3207 §4"],
  ["***", "client", undefined, undefined],
  ["XYZZY", "client", undefined, undefined],
  ["250-PIPELINING", "server", /^done$/, "RFC 5321 §4.2.2"],
  ["250 2.1.5 OK", "server", /^done$/, "RFC 5321 §4.2.2"],
  ["250", "server", /^done$/, "RFC 5321 §4.2.2"],
  ["550 5.1.1 no such user", "server", /refuses for good.*; there is no such mailbox/, "RFC 3463 §3.2"],
  ["452 4.2.2 full", "server", /try again later; the mailbox is full/, "RFC 3463 §3.3"],
  ["550 5.99.99 odd", "server", /refuses for good/, "RFC 5321 §4.2.2"],
  ["599 what", "server", undefined, undefined],
  ["hello", "server", undefined, undefined],
];

test("a line is explained by its verb, its code and its status, or not at all", () => {
  for (const [line, by, words, rfc] of LINES) {
    const explained = explainLine(line, by);
    assert.equal(explained?.rfc, rfc, line);
    if (words !== undefined) assert.match(explained?.text ?? "", words, line);
  }
});
