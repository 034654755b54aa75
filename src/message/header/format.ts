/**
 * Writes header fields: folded at 78 characters, never past 998 octets, non-ASCII text in encoded words. No value can
 * start a new field: line breaks and control characters become blanks before anything else.
 */
import { isAscii } from "../../base/domain-name.ts";
import { encodeWords } from "./encoded-word.ts";

// Limit: RFC 5322 §2.1.1, should not and must not, without CRLF.
export const LINE_CHARACTERS_SOFT_MAX = 78;
export const LINE_OCTETS_MAX = 998;

/** The field with its CRLF. The value is taken as structured: it is folded and cleaned, never encoded. */
export function formatField(name: string, value: string): string {
  return `${fold(`${fieldName(name)}: ${clean(value)}`)}\r\n`;
}

/** An unstructured field such as Subject: encoded where it must be; with `utf8` (RFC 6532) written as it is. */
export function formatTextField(name: string, value: string, utf8 = false): string {
  return formatField(name, encodeText(clean(value), utf8));
}

/** Text as it may stand in an unstructured field. */
export function encodeText(text: string, utf8 = false): string {
  const plain = (utf8 || isAscii(text)) && !text.includes("=?") && !/\S{900}/.test(text);
  return plain ? text : encodeWords(text);
}

/** A display name: an atom phrase as it is, else quoted, else encoded. */
export function formatPhrase(text: string, utf8 = false): string {
  const cleaned = clean(text).trim();
  if (/^[\w!#$%&'*+/=?^`{|}~ -]*$/.test(cleaned) && !cleaned.includes("=?") && !cleaned.includes("  "))
    return cleaned;
  if ((!utf8 && !isAscii(cleaned)) || cleaned.includes("=?")) return encodeWords(cleaned);
  return `"${cleaned.replaceAll(/["\\]/g, "\\$&")}"`;
}

/**
 * Folds one logical line at blanks (RFC 5322 §2.2.3): unfolding gives it back. Text without a blank past 998 octets is cut
 * with one: the line must be legal before it is beautiful.
 */
export function fold(line: string): string {
  if (line.length <= LINE_CHARACTERS_SOFT_MAX && isAscii(line)) return line;
  const lines: string[] = [];
  let current = "";
  for (const piece of line.split(/(?=[ \t])/)) {
    const fits = current.length + piece.length <= LINE_CHARACTERS_SOFT_MAX;
    // A line of nothing but blanks would be lost, or read as the end of the header.
    if (fits || current.trim() === "" || piece.trim() === "") current += piece;
    else {
      lines.push(current);
      current = piece;
    }
  }
  lines.push(current);
  return lines.flatMap(cutHard).join("\r\n");
}

function cutHard(line: string): string[] {
  if (Buffer.byteLength(line) <= LINE_OCTETS_MAX) return [line];
  const lines: string[] = [];
  let current = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS_MAX) {
      lines.push(current);
      current = " ";
      octets = 1;
    }
    current += character;
    octets += size;
  }
  return [...lines, current];
}

function clean(value: string): string {
  return value.toWellFormed().replaceAll(/(?:\r\n|[\0-\x08\x0a-\x1f\x7f])[ \t]*/g, " ");
}

function fieldName(name: string): string {
  if (!/^[\x21-\x39\x3b-\x7e]{1,76}$/.test(name))
    throw new RangeError(`"${name}" is not a header field name`);
  return name;
}
