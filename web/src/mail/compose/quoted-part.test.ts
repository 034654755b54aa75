import assert from "node:assert/strict";
import { test } from "node:test";
import { quoteForward, quoteReply } from "../../../../src/server/http/mail/quote.ts";
import { htmlOfText, joinLetter, partLetter } from "./quoted-part.ts";

const original = {
  from: [{ name: "Ann <b>", address: "ann@x.test" }],
  to: [{ name: "", address: "me@x.test" }],
  cc: [],
  subject: "Plan",
  sentAt: 0,
  receivedAt: 0,
  text: "Hello\n\nOn Monday, Bob wrote:\n> old",
  html: "<table><tr><td>Hello</td></tr></table>",
};

test("what the server quotes is parted from one's own words, and joined again as it was", () => {
  for (const made of [quoteReply(original, true, "Me"), quoteForward(original, true, "Me")]) {
    const { own, quote } = partLetter({ text: made.text, html: made.html ?? "" });
    assert.doesNotMatch(own.html, /Hello/);
    assert.match(own.text, /-- \nMe$/);
    assert.match(quote?.html ?? "", /<table>/);
    assert.match(quote?.text ?? "", /^(?:On Thu|-{10})/);
    const joined = joinLetter({ own, quote });
    assert.equal(joined.html, made.html);
    assert.deepEqual(partLetter(joined), { own: { ...own, text: own.text.trimEnd() }, quote });
  }
});

test("a letter without a quote is one's own whole", () => {
  const words = { text: "Hi", html: "<p>Hi</p>" };
  assert.deepEqual(partLetter(words), { own: words, quote: undefined });
  assert.equal(joinLetter({ own: words, quote: undefined }), words);
});

test("plain text becomes paragraphs without becoming markup", () => {
  assert.equal(htmlOfText("a <b>\nc\n\nd\n"), "<p>a &lt;b&gt;<br>c</p><p>d</p>");
});
