/**
 * What a test or a program wants from a message's words: its links, and its one-time code. Guesswork by nature, but
 * bounded, linear, and the same each time; no guess is better than a wrong one.
 */
import type { HtmlLink } from "./html-text.ts";
import { LINKS_MAX } from "./html-text.ts";

// Limit: what people act on stands at the top; a megabyte of text is no sign-up mail.
const TEXT_CHARACTERS_MAX = 256 * 1024;
// Limit: how far from its word a code may stand.
const CODE_REACH_CHARACTERS = 120;

/** Every http and https address of a plain text, in order, without the punctuation that ends its sentence. */
export function linksInText(text: string): HtmlLink[] {
  const links: HtmlLink[] = [];
  for (const found of text
    .slice(0, TEXT_CHARACTERS_MAX)
    .matchAll(/\bhttps?:\/\/[^\s<>"“”`\\^{|}]{1,4000}/gi)) {
    if (links.length === LINKS_MAX) break;
    const href = trimPunctuation(found[0]);
    if (href.length > "https://".length) links.push({ href, text: href });
  }
  return links;
}

const CODE_WORDS =
  /\b(?:codes?|pin|otp|tan|passcode|one[- ]time|einmal(?:code|passwort)?|\p{L}*(?:code|pin|kod|código|codice|kennwort|passwort))\b/giu;
const CANDIDATE =
  /(?<![\p{L}\p{N}@#$€£._/+-])(?:[A-Z]-)?(\d{3}[- ]\d{3}|[A-Z0-9]{4,8}|[a-z0-9]{4,8})(?![\p{L}\p{N}@%/_-]|[.,:]\d)/gu;

/** Four to eight digits or letters near a word such as code, PIN or OTP; `123 456` comes without its blank. */
export function findCode(text: string): string | undefined {
  const plain = text
    .slice(0, TEXT_CHARACTERS_MAX)
    .replaceAll(/\bhttps?:\/\/\S{1,4000}/gi, (url) => "/".repeat(url.length));
  const words = [...plain.matchAll(CODE_WORDS)].map(
    (found) => [found.index, found.index + found[0].length] as const,
  );
  if (words.length === 0) return undefined;
  let best: { code: string; cost: number } | undefined;
  let near = 0;
  for (const found of plain.matchAll(CANDIDATE)) {
    const code = (found[1] ?? "").replaceAll(/[- ]/g, "");
    if (!/\d/.test(code)) continue;
    const at = found.index;
    while (near + 1 < words.length && (words[near + 1]?.[1] ?? Infinity) <= at) near++;
    const cost = codeCost(code, at, at + found[0].length, words[near], words[near + 1]);
    if (cost < (best?.cost ?? CODE_REACH_CHARACTERS)) best = { code, cost };
  }
  return best?.code;
}

type Range = readonly [start: number, end: number];

/** Distance to the nearest word; a code before its word, a year, and a word with few digits cost more. */
function codeCost(
  code: string,
  start: number,
  end: number,
  a: Range | undefined,
  b: Range | undefined,
): number {
  let distance = Infinity;
  for (const word of [a, b]) {
    if (word === undefined) continue;
    if (word[1] <= start) distance = Math.min(distance, start - word[1]);
    else if (word[0] >= end) distance = Math.min(distance, (word[0] - end) * 2 + 10);
  }
  if (/^(?:19|20)\d\d$/.test(code)) distance += 60;
  if (!/^\d+$/.test(code)) distance += code === code.toLowerCase() ? 40 : 10;
  return distance;
}

function trimPunctuation(url: string): string {
  let end = url.length;
  while (end > 0) {
    const last = url.charAt(end - 1);
    const opens = last === ")" ? "(" : last === "]" ? "[" : "";
    const balanced =
      opens !== "" && url.slice(0, end).split(opens).length >= url.slice(0, end).split(last).length;
    if (balanced || !/[.,:;!?'*)\]]/.test(last)) break;
    end--;
  }
  return url.slice(0, end);
}
