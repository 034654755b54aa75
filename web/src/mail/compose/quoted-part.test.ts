import assert from "node:assert/strict";
import { test } from "node:test";
import { htmlOfText, joinLetter, partLetter } from "./quoted-part.ts";

/** As the server writes them: src/server/http/mail/quote.ts, whose own tests hold it to this. */
const REPLY = {
  text: "\n\n-- \nMe\n\nOn Thu, 1 Jan 1970 00:00 UTC, Ann <b> wrote:\n> Hello\n>\n> On Monday, Bob wrote:\n>> old\n",
  html: '<p></p><p>-- <br>Me</p><p>On Thu, 1 Jan 1970 00:00 UTC, Ann &lt;b&gt; wrote:</p><blockquote type="cite"><table><tr><td>Hello</td></tr></table></blockquote>',
};
const FORWARD = {
  text: "\n\n-- \nMe\n\n---------- Forwarded message ----------\nFrom: Ann\n\nHello",
  html: "<p></p><p>-- <br>Me</p><p>---------- Forwarded message ----------<br>From: Ann</p><div><table><tr><td>Hello</td></tr></table></div>",
};

test("what the server quotes is parted from one's own words, and joined again as it was", () => {
  for (const made of [REPLY, FORWARD]) {
    const { own, quote } = partLetter(made);
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
