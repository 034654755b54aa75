/**
 * A prepared letter in two: one's own words, which one edits, and what is quoted below them, which leaves as it came. The
 * lines that part them are those the server writes (src/server/http/mail/quote.ts). Pure.
 */

export type Words = { readonly text: string; readonly html: string };
export type Parted = { readonly own: Words; readonly quote: Words | undefined };

const HTML_QUOTE =
  /<p>On [^<>]{1,400} wrote:<\/p>\s*<blockquote type="cite">|<p>-{10} Forwarded message -{10}<br\s*\/?>/;
const TEXT_QUOTE = /(?:^|\n\n)(?:On [^\n]{1,400} wrote:\n>|-{10} Forwarded message -{10}\n)/;

export function partLetter({ text, html }: Words): Parted {
  const inHtml = HTML_QUOTE.exec(html)?.index;
  const inText = TEXT_QUOTE.exec(text)?.index;
  if (inHtml === undefined || inText === undefined) return { own: { text, html }, quote: undefined };
  return {
    own: { text: text.slice(0, inText), html: html.slice(0, inHtml) },
    quote: { text: text.slice(inText).replace(/^\n+/, ""), html: html.slice(inHtml) },
  };
}

export function joinLetter({ own, quote }: Parted): Words {
  if (quote === undefined) return own;
  return { text: `${own.text.trimEnd()}\n\n${quote.text}`, html: own.html + quote.html };
}

/** Paragraphs of plain text as HTML, for going on in rich text. */
export function htmlOfText(text: string): string {
  const escape = (one: string): string =>
    one.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  return text
    .trimEnd()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escape(paragraph).replaceAll("\n", "<br>")}</p>`)
    .join("");
}
