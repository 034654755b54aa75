import assert from "node:assert/strict";
import { test } from "node:test";
import { hostShown, linkOf } from "./mail-links.ts";

test("only links that lead out of our pages are followed", () => {
  for (const [href, wanted] of [
    ["https://a.test/x?y", "https://a.test/x?y"],
    [" HTTP://A.test ", "http://a.test/"],
    ["//a.test/x", "https://a.test/x"],
    ["mailto:ann@a.test?subject=x", "mailto:ann@a.test?subject=x"],
    ["tel:+123", "tel:+123"],
    ["javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    ["\u0001javascript:alert(1)", undefined],
    ["data:text/html,<script>", undefined],
    ["vbscript:x", undefined],
    ["blob:https://a.test/x", undefined],
    ["file:///etc/passwd", undefined],
    ["/mail/v1/messages", undefined],
    ["settings", undefined],
    ["#top", undefined],
    ["", undefined],
  ] as const)
    assert.equal(linkOf(href), wanted, href);
});

test("words that name another host than the link are found out", () => {
  for (const [words, href, wanted] of [
    ["bank.test", "https://evil.test/x", "evil.test"],
    ["https://www.bank.test/login", "https://bank.test/", undefined],
    ["  www.bank.test ", "https://bank.test.evil.test/", "bank.test.evil.test"],
    ["Click here", "https://evil.test", undefined],
    ["bänk.test", "https://xn--bnk-qla.test", undefined],
    ["bank.test", "mailto:x@evil.test", undefined],
    ["3.5 of 4", "https://a.test", undefined],
  ] as const)
    assert.equal(hostShown(words, href), wanted, words);
});
