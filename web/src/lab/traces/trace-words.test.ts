import assert from "node:assert/strict";
import { test } from "node:test";
import { recipientsText, rfcHref, senderText, targetWords } from "./trace-words.ts";

test("an RFC and its section become a link, anything else none", () => {
  assert.equal(rfcHref("RFC 5321 §4.1.1.2"), "https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.2");
  assert.equal(rfcHref("RFC 9422"), "https://www.rfc-editor.org/rfc/rfc9422");
  assert.equal(rfcHref("javascript:alert(1)"), undefined);
});

test("the null reverse-path is named, and recipients that are not listed are counted", () => {
  assert.equal(senderText(""), "<> (report)");
  assert.equal(senderText("a@b.test"), "a@b.test");
  assert.equal(recipientsText({ to: ["a", "b"], recipientCount: 2 }), "a, b");
  assert.equal(recipientsText({ to: ["a"], recipientCount: 5 }), "a and 4 more");
});

test("where mail goes is told in words", () => {
  assert.equal(targetWords("mx:nemesis.test"), "to the MX of nemesis.test");
  assert.equal(targetWords("host:smart.lab.test:25:app@arch.test"), "to smart.lab.test:25 as app@arch.test");
  assert.equal(targetWords("host:kerio.nemesis.test:25:"), "to kerio.nemesis.test:25");
  assert.equal(targetWords("local:ann@arch.test/INBOX"), "into INBOX of ann@arch.test");
  assert.equal(targetWords("drop:./Drop"), "to drop:./Drop");
});
