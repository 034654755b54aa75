import assert from "node:assert/strict";
import { test } from "node:test";
import type { DialogueState } from "../../../../src/lab/api/dialogue-routes.ts";
import { authPlain, messageLines, messageTemplate, nextCommands } from "./next-commands.ts";

const FILL = { hello: "me.test", from: "ann@arch.test", to: "bob@nemesis.test" };
const BEGUN: DialogueState = {
  phase: "ready",
  extensions: ["STARTTLS", "AUTH PLAIN LOGIN", "SIZE 1000"],
  recipients: 0,
  isLoggedIn: false,
  isWaiting: false,
};
const TLS = { protocol: "TLSv1.3", cipher: "x", names: [] };

const CASES: readonly (readonly [name: string, change: Partial<DialogueState>, labels: readonly string[]])[] =
  [
    ["the server speaks first", { phase: "greeting" }, []],
    ["then one says who one is", { phase: "hello" }, ["EHLO me.test", "HELO me.test", "QUIT"]],
    [
      "what is offered may be used",
      {},
      ["STARTTLS", "AUTH PLAIN …", "MAIL FROM:<ann@arch.test>", "NOOP", "QUIT"],
    ],
    [
      "what was used is not offered again",
      { tls: TLS, isLoggedIn: true },
      ["MAIL FROM:<ann@arch.test>", "NOOP", "QUIT"],
    ],
    ["no data before a recipient", { phase: "envelope" }, ["RCPT TO:<bob@nemesis.test>", "RSET", "QUIT"]],
    [
      "data comes first after a recipient",
      { phase: "envelope", recipients: 1 },
      ["DATA", "RCPT TO:<bob@nemesis.test>", "RSET", "QUIT"],
    ],
    ["content ends with a dot", { phase: "content" }, ["Send the message", "End it: ."]],
    ["nothing is said on a closed connection", { phase: "closed" }, []],
  ];

test("each phase suggests what is legal then", () => {
  for (const [name, change, labels] of CASES)
    assert.deepEqual(
      nextCommands({ ...BEGUN, ...change }, FILL).map(({ label }) => label),
      labels,
      name,
    );
});

test("a dot in front gets another, unless one wants to see what happens without", () => {
  assert.deepEqual(messageLines("a\r\n.\n..b", true), ["a", "..", "...b"]);
  assert.deepEqual(messageLines("a\n.", false), ["a", "."]);
});

test("auth plain is base64 of both, in utf-8", () => {
  const [, , response = ""] = authPlain("ann", "pässword").split(" ");
  assert.equal(Buffer.from(response, "base64").toString("utf8"), "\0ann\0pässword");
});

test("the message to begin with has every field it must have", () => {
  const text = messageTemplate(FILL, Date.UTC(2026, 0, 5, 9));
  assert.match(
    text,
    /^From: ann@arch.test\nTo: .*\nSubject: .*\nDate: Mon, 05 Jan 2026 09:00:00 \+0000\nMessage-ID: <.+@me.test>\n\n/,
  );
});
