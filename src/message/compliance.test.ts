import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromLatin1 } from "../base/bytes.ts";
import { scanHeader } from "./compliance.ts";
import { findBodyStart } from "./header/fields.ts";

const FROM = "From: Ann <ann@arch.test>\r\n";
const DATE = "Date: Mon, 23 Nov 2026 22:27:29 +0000\r\n";
const ID = "Message-ID: <1@arch.test>\r\n";
const GOOD = FROM + DATE + ID;

test("each breach of RFC 5322 is named, with its line", () => {
  const table: [string, string, [string, number?][]][] = [
    ["nothing wrong", `${GOOD}Subject: x\r\n\r\nbody`, []],
    ["no body", GOOD, []],
    ["no from", `${DATE}${ID}\r\n`, [["missing-from"]]],
    ["no date", `${FROM}${ID}\r\n`, [["missing-date"]]],
    ["a date of words", `${FROM}${ID}Date: today\r\n\r\n`, [["bad-date"]]],
    ["no message id", `${FROM}${DATE}\r\n`, [["missing-message-id"]]],
    ["an empty message id", `${FROM}${DATE}Message-ID:\r\n\r\n`, [["bad-message-id"]]],
    ["from without address", `From: Ann\r\n${DATE}${ID}\r\n`, [["from-without-address"]]],
    ["a from with a bad address", `From: Ann <a@b..test>\r\n${DATE}${ID}\r\n`, [["from-without-address"]]],
    [
      "a from with two good ones",
      `From: <a@b.test>, Ann <c@d.test>\r\n${DATE}${ID}\r\n`,
      [["missing-sender"]],
    ],
    ["an empty from", `From:\r\n${DATE}${ID}\r\n`, [["from-without-address"]]],
    ["two froms without sender", `From: a@b.test, c@d.test\r\n${DATE}${ID}\r\n`, [["missing-sender"]]],
    ["two froms and a sender", `From: a@b.test, c@d.test\r\nSender: a@b.test\r\n${DATE}${ID}\r\n`, []],
    ["a field twice", `${GOOD}${FROM}\r\n`, [["duplicate-field", 4]]],
    [
      "two fields twice",
      `${GOOD}${FROM}${ID}\r\n`,
      [
        ["duplicate-field", 4],
        ["duplicate-field", 5],
      ],
    ],
    ["no colon", `${GOOD}hello\r\n\r\n`, [["not-a-field", 4]]],
    ["an mbox line", `From ann@arch.test Mon Nov 23\r\n${GOOD}\r\n`, [["not-a-field", 1]]],
    ["starts with a continuation", ` x\r\n${GOOD}\r\n`, [["not-a-field", 1]]],
    ["a blank before the colon", `From : a@b.test\r\n${DATE}${ID}\r\n`, []],
    ["a long line", `${GOOD}X: ${"x".repeat(996)}\r\n\r\n`, [["long-line", 4]]],
    ["the longest line", `${GOOD}X: ${"x".repeat(995)}\r\n\r\n`, []],
    ["bare CR", `${GOOD}X: a\rb\r\n\r\n`, [["bare-cr", 4]]],
    ["bare LF", `${GOOD}X: a\nY: b\r\n\r\n`, [["bare-lf", 4]]],
    ["NUL", `${GOOD}X: a\0b\r\n\r\n`, [["nul", 4]]],
    ["8 bit", `${GOOD}X: a\xc3\xa9b\r\n\r\n`, [["header-8bit", 4]]],
    ["a sinful body", `${GOOD}\r\n\0\xff\ra\nb`, []],
    ["nothing", "", [["empty-message"], ["missing-from"], ["missing-date"], ["missing-message-id"]]],
    ["no header", "\r\nhi", [["missing-from"], ["missing-date"], ["missing-message-id"]]],
  ];
  for (const [name, text, expected] of table) {
    const { problems } = scanHeader(fromLatin1(text));
    assert.deepEqual(
      problems.map(({ problem, line }) => (line === undefined ? [problem] : [problem, line])),
      expected,
      name,
    );
  }
});

test("smtputf8 lets 8-bit headers pass", () => {
  const bytes = fromLatin1(`${GOOD}Subject: \xc3\xa9\r\n\r\n`);
  assert.deepEqual(scanHeader(bytes, { smtputf8: true }).problems, []);
  assert.equal(scanHeader(bytes, { smtputf8: true }).subject, "é");
});

test("a problem reads as a sentence with its section", () => {
  const [problem] = scanHeader(fromLatin1(`${DATE}${ID}\r\n`)).problems;
  assert.deepEqual(problem, {
    problem: "missing-from",
    severity: "error",
    text: "'From' header is missing.",
    rfc: "RFC 5322 §3.6.2",
  });
  assert.equal(
    scanHeader(fromLatin1(`${GOOD}${ID}\r\n`)).problems[0]?.text,
    "'Message-ID' header occurs more than once.",
  );
});

test("reception gets the values it needs", () => {
  const text = `Received: a\r\nreceived: b\r\n\tc\r\n${GOOD}Subject: one\r\n two\r\n\r\nReceived: no\r\n`;
  const scan = scanHeader(fromLatin1(text));
  assert.equal(scan.receivedCount, 2);
  assert.equal(scan.messageId, "<1@arch.test>");
  assert.equal(scan.subject, "one two");
  assert.equal(scan.from, "Ann <ann@arch.test>");
  assert.equal(text.slice(scan.bodyStart), "Received: no\r\n");
});

test("any bytes can be scanned, and the body starts where the parser says", () => {
  const unit = fc.constantFrom("\r", "\n", "\r\n", ":", " ", "From", "a@b", "\x80", "\0", "Date", "\r\n\r\n");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      const bytes = fromLatin1(text);
      assert.equal(scanHeader(bytes).bodyStart, findBodyStart(bytes));
    }),
    { numRuns: 2000 },
  );
});
