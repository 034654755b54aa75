import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { explainTalk, type SaidItem } from "./explain-talk.ts";

/** `C: ` and `S: ` lines; `=` is content, `~` TLS. */
function items(lines: readonly string[]): SaidItem[] {
  return lines.map((line) => {
    if (line === "=") return { kind: "content", by: "client", text: "12 bytes" };
    if (line === "~") return { kind: "tls", by: "client", text: "TLS: TLSv1.3 X" };
    return { kind: "line", by: line.startsWith("C: ") ? "client" : "server", text: line.slice(3) };
  });
}

type Row = readonly [line: string, words: RegExp | undefined, rfc?: string, parts?: Record<string, string>];

const TALK: readonly Row[] = [
  ["S: 220 edge.test ESMTP", /ready/, "RFC 5321 §4.2"],
  ["C: EHLO [10.0.0.1]", /says its name/, "RFC 5321 §4.1.1.1", { "[10.0.0.1]": "RFC 5321 §4.1.3" }],
  ["S: 250-edge.test greets you", /greets/, "RFC 5321 §4.1.1.1"],
  ["S: 250-SIZE 1000", /largest/, "RFC 1870 §4"],
  ["S: 250-XVENDOR", undefined],
  ["S: 250-STARTTLS", /can be encrypted/, "RFC 3207 §3"],
  ["S: 250 AUTH PLAIN LOGIN", /log in/, "RFC 4954 §3", { PLAIN: "RFC 4616 §2" }],
  ["C: STARTTLS", /encrypt/, "RFC 3207 §4"],
  ["S: 220 2.0.0 go", /handshake/, "RFC 3207 §4"],
  ["~", /encrypted from here on/, "RFC 3207 §4.2"],
  ["C: EHLO you", /says its name/, "RFC 5321 §4.1.1.1"],
  ["S: 250 edge.test", /greets/, "RFC 5321 §4.1.1.1"],
  ["C: AUTH SCRAM-SHA-256 ***", /proves/, "RFC 4954 §4", { "SCRAM-SHA-256": "RFC 7677 §3" }],
  ["S: 334 abc", /go on/, "RFC 4954 §4"],
  ["C: ***", /secret is not shown/, "RFC 4954 §4"],
  ["S: 235 2.7.0 ok", /believes/, "RFC 4954 §4"],
  [
    "C: MAIL FROM:<> SIZE=12 BODY=8BITMIME X=1",
    /begins/,
    "RFC 5321 §4.1.1.2",
    {
      "<>": "RFC 5321 §4.5.5",
      "SIZE=12": "RFC 1870 §6",
      "BODY=8BITMIME": "RFC 6152 §3",
    },
  ],
  // Pipelined: three commands, then their replies in order.
  [
    "C: RCPT TO:<a@b.test> NOTIFY=NEVER",
    /one recipient/,
    "RFC 5321 §4.1.1.3",
    { "NOTIFY=NEVER": "RFC 3461 §4.1" },
  ],
  ["C: RCPT TO:<c@b.test>", /one recipient/, "RFC 5321 §4.1.1.3"],
  ["C: DATA", /send the message/, "RFC 5321 §4.1.1.4"],
  ["S: 250 2.1.0 ok", /takes the sender/, "RFC 5321 §3.3"],
  ["S: 250 2.1.5 ok", /takes this recipient/, "RFC 5321 §3.3", { "2.1.5": "RFC 3463 §3.2" }],
  ["S: 550 5.1.1 no such user", /no such mailbox/, "RFC 3463 §3.2"],
  ["S: 354 go on", /dot alone/, "RFC 5321 §4.1.1.4"],
  ["=", /message itself/, "RFC 5321 §4.5.2"],
  ["S: 250 2.0.0 queued", /answerable/, "RFC 5321 §6.1"],
  ["C: MAIL FROM:<x@y.test>", /begins/, "RFC 5321 §4.1.1.2"],
  ["C: BDAT 12 LAST", /piece/, "RFC 3030 §2", { LAST: "RFC 3030 §2" }],
  ["=", /exactly as many bytes/, "RFC 3030 §2"],
  ["S: 250 ok", /takes the sender/, "RFC 5321 §3.3"],
  ["S: 451 4.3.0 later", /try again later/, "RFC 3463 §3.4"],
  ["C: XYZZY", undefined],
  ["S: 500 5.5.1 what", /not a command/, "RFC 3463 §3.6"],
  ["C: QUIT", /ends/, "RFC 5321 §4.1.1.10"],
  ["S: 221 bye", /goodbye/, "RFC 5321 §4.1.1.10"],
];

test("each line is explained by what it answers, and its parts by themselves", () => {
  const explained = explainTalk(items(TALK.map(([line]) => line)));
  for (const [index, [line, words, rfc, parts = {}]] of TALK.entries()) {
    const found = explained[index];
    assert.equal(found?.rfc, rfc, line);
    if (words !== undefined) assert.match(found?.text ?? "", words, line);
    const told = Object.fromEntries((found?.parts ?? []).map((part) => [part.token, part.rfc]));
    assert.deepEqual(told, parts, line);
  }
});

test("a reply that answers nothing is explained by its code alone", () => {
  const [, stray] = explainTalk(items(["S: 220 hi", "S: 250 what"]));
  assert.equal(stray?.text, "done");
});

test("any lines are explained or not, never a throw, one for each", () => {
  const item = fc.record({
    kind: fc.constantFrom("line", "content", "tls", "closed"),
    by: fc.constantFrom("client", "server"),
    text: fc.string(),
  }) as fc.Arbitrary<SaidItem>;
  fc.assert(fc.property(fc.array(item), (some) => explainTalk(some).length === some.length));
});
