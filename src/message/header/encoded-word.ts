/**
 * Encoded words (RFC 2047): non-ASCII text in header fields, both ways. Reading is lenient and linear; writing makes
 * UTF-8 words of at most 75 characters that never split a character.
 *
 *     encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
 */
import { concatBytes, fromUtf8 } from "../../base/bytes.ts";
import { decodeCharset } from "./charset.ts";

// Limit: RFC 2047 §2.
const WORD_CHARACTERS_MAX = 75;
const WORD_FRAME = "=?UTF-8?Q??=".length;

type Word = { readonly charset: string; readonly bytes: Uint8Array; readonly end: number };

/** The text with every encoded word decoded; blanks between two words are dropped (RFC 2047 §6.2). */
export function decodeWords(text: string): string {
  let at = text.indexOf("=?");
  if (at < 0) return text;
  let decoded = "";
  let from = 0;
  let run: Word[] = []; // neighbours of one charset: some programs split a character between two words
  const flush = (): void => {
    const [first] = run;
    if (first === undefined) return;
    decoded += decodeCharset(concatBytes(run.map((word) => word.bytes)), first.charset);
    run = [];
  };
  while (at >= 0) {
    const word = readWord(text, at);
    if (word === undefined) {
      at = text.indexOf("=?", at + 2);
      continue;
    }
    const between = text.slice(from, at);
    if (run.length === 0 || /[^ \t\r\n]/.test(between)) {
      flush();
      decoded += between;
    } else if (run[0]?.charset !== word.charset) flush();
    run.push(word);
    from = word.end;
    at = text.indexOf("=?", from);
  }
  flush();
  return decoded + text.slice(from);
}

/** Encoded words in UTF-8, separated by a space; the caller folds there. B or Q, whichever is shorter. */
export function encodeWords(text: string): string {
  const budget = WORD_CHARACTERS_MAX - WORD_FRAME;
  const quoted = qLength(fromUtf8(text)) <= Math.ceil(Buffer.byteLength(text) / 3) * 4;
  const words: string[] = [];
  let chunk = "";
  let cost = 0;
  for (const character of text.toWellFormed()) {
    const bytes = fromUtf8(character);
    const more = quoted ? qLength(bytes) : bytes.length;
    if (cost + more > (quoted ? budget : Math.floor(budget / 4) * 3)) {
      words.push(encodeWord(chunk, quoted));
      chunk = "";
      cost = 0;
    }
    chunk += character;
    cost += more;
  }
  if (chunk !== "") words.push(encodeWord(chunk, quoted));
  return words.join(" ");
}

function encodeWord(text: string, quoted: boolean): string {
  const bytes = Buffer.from(text, "utf8");
  if (!quoted) return `=?UTF-8?B?${bytes.toString("base64")}?=`;
  let encoded = "";
  for (const byte of bytes) {
    if (byte === 0x20) encoded += "_";
    else if (isQSafe(byte)) encoded += String.fromCharCode(byte);
    else encoded += `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return `=?UTF-8?Q?${encoded}?=`;
}

/** Safe in a phrase too, the strictest place (RFC 2047 §5 rule 3). */
function isQSafe(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}

function qLength(bytes: Uint8Array): number {
  let length = 0;
  for (const byte of bytes) length += byte === 0x20 || isQSafe(byte) ? 1 : 3;
  return length;
}

/** Reads the word that starts at `=?`, or undefined when it is none. */
function readWord(text: string, at: number): Word | undefined {
  const charsetEnd = text.indexOf("?", at + 2);
  if (charsetEnd < 0 || charsetEnd - at > WORD_CHARACTERS_MAX || text.charAt(charsetEnd + 2) !== "?")
    return undefined;
  const charset = text.slice(at + 2, charsetEnd).toLowerCase();
  const encoding = text.charAt(charsetEnd + 1).toLowerCase();
  const start = charsetEnd + 3;
  const end = text.indexOf("?", start);
  // Lenient: words longer than 75, and blanks inside Q text, are both common.
  if (charset === "" || end < 0 || text.charAt(end + 1) !== "=") return undefined;
  const encoded = text.slice(start, end);
  if (encoding === "b") return { charset, bytes: Buffer.from(encoded, "base64"), end: end + 2 };
  return encoding === "q" ? { charset, bytes: decodeQ(encoded), end: end + 2 } : undefined;
}

function decodeQ(text: string): Uint8Array {
  const source = Buffer.from(text, "utf8");
  const bytes = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    const hex = byte === 0x3d ? source.toString("latin1", i + 1, i + 3) : "";
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      i += 2;
    } else bytes[length++] = byte === 0x5f ? 0x20 : byte;
  }
  return bytes.subarray(0, length);
}
