/** The first words of a message, for a list to show (RFC 8970): of its plain text, else of its HTML; quotes left out. */
import { decodeCharset } from "../header/charset.ts";
import { readHtml } from "../mime/html-text.ts";
import { type Part, walkParts } from "../mime/part.ts";
import { decodeTransfer } from "../mime/transfer-encoding.ts";

/** RFC 8970 §3.1: at most 200 characters. */
export const PREVIEW_CHARACTERS_MAX = 200;
/** Limit: of a part that is looked at; HTML has a long head. */
const TEXT_OCTETS_MAX = 2_000;
const HTML_OCTETS_MAX = 16_000;

export function previewOf(root: Part): string {
  let html: Part | undefined;
  for (const part of walkParts(root)) {
    if (part.disposition === "attachment" || part.children.length > 0) continue;
    if (part.contentType === "text/plain") {
      const text = shorten(withoutQuotes(beginning(part, TEXT_OCTETS_MAX)));
      if (text !== "") return text;
    } else if (part.contentType === "text/html") html ??= part;
  }
  return html === undefined ? "" : shorten(readHtml(beginning(html, HTML_OCTETS_MAX)).text);
}

function withoutQuotes(text: string): string {
  return text.includes(">") ? text.replaceAll(/^>.*$/gm, "") : text;
}

function beginning(part: Part, octets: number): string {
  const end = Math.min(part.bodyEnd, part.bodyStart + octets);
  return decodeCharset(
    decodeTransfer(part.header.bytes.subarray(part.bodyStart, end), part.transferEncoding),
    part.charset,
  );
}

const GAP = /[\s\0-\x1f\u007f-\u009f\u200b-\u200f\ufeff]+/g;
const SURROGATE = /[\ud800-\udfff]/;
/** What mostly has all that is shown. */
const HEAD_CHARACTERS = 300;

/** Words with one space between them. */
function shorten(text: string): string {
  let words = spaced(text.slice(0, HEAD_CHARACTERS));
  const isShort = words.length < PREVIEW_CHARACTERS_MAX || SURROGATE.test(words);
  if (isShort && text.length > HEAD_CHARACTERS) words = spaced(text);
  if (!SURROGATE.test(words)) return words.slice(0, PREVIEW_CHARACTERS_MAX);
  return Array.from(words).slice(0, PREVIEW_CHARACTERS_MAX).join("").toWellFormed();
}

function spaced(text: string): string {
  return text.replaceAll(GAP, " ").trim();
}
