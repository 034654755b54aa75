/**
 * Fields with parameters, such as Content-Type (RFC 2045 §5.1), with the continuations and character sets of
 * RFC 2231. Reading is lenient and linear; a parameter given twice counts once, the first time.
 *
 *     value     = token *( ";" parameter )
 *     parameter = attribute "=" ( token / quoted-string )
 *     attribute = name [ "*" number ] [ "*" ]                          ; RFC 2231 §7
 */
import { concatBytes, fromUtf8 } from "../../base/bytes.ts";
import { isAscii } from "../../base/domain-name.ts";
import { decodeCharset } from "./charset.ts";
import { decodeWords } from "./encoded-word.ts";

export type ParameterizedValue = {
  /** What stands before the first `;`, lower case: `text/plain`, `attachment`. */
  readonly value: string;
  /** By lower-case name, decoded. */
  readonly parameters: ReadonlyMap<string, string>;
};

// Limit: more than any field has; a continuation counts as one.
const PARAMETERS_MAX = 200;
/** What may hide a `;`. */
const SPECIAL = /["(\\]/;
const [BACKSLASH, QUOTE, OPEN, CLOSE, SEMICOLON] = [0x5c, 0x22, 0x28, 0x29, 0x3b];

type Segment = { readonly order: number; readonly text: string; readonly encoded: boolean };

export function parseParameters(text: string): ParameterizedValue {
  const pieces = splitQuoted(text);
  const parameters = new Map<string, string>();
  const continued = new Map<string, Segment[]>();
  for (const piece of pieces.slice(1, PARAMETERS_MAX + 1)) {
    const equals = piece.indexOf("=");
    if (equals < 0) continue;
    const attribute = piece.slice(0, equals).trim().toLowerCase();
    const content = unquote(piece.slice(equals + 1).trim());
    if (attribute === "") continue;
    const star = attribute.indexOf("*");
    if (star < 0) {
      // Lenient: encoded words in parameters, which RFC 2047 §5 forbids and many programs write.
      if (!parameters.has(attribute)) parameters.set(attribute, decodeWords(content));
      continue;
    }
    const name = attribute.slice(0, star);
    const found = /^\*(?:(\d{1,3})(\*)?)?$/.exec(attribute.slice(star));
    if (name === "" || found === null) continue;
    const segments = continued.get(name) ?? [];
    segments.push({
      order: Number(found[1] ?? 0),
      text: content,
      encoded: found[1] === undefined || found[2] === "*",
    });
    continued.set(name, segments);
  }
  for (const [name, segments] of continued) parameters.set(name, joinSegments(segments));
  return { value: (pieces[0] ?? "").trim().toLowerCase(), parameters };
}

/** `; name="value"`, with RFC 2231 encoding when it is not plain ASCII. The name is the caller's constant. */
export function formatParameter(name: string, value: string): string {
  const clean = value.toWellFormed().replaceAll(/[\0-\x1f\x7f]/g, " ");
  if (isAscii(clean)) return `; ${name}="${clean.replaceAll(/["\\]/g, "\\$&")}"`;
  let encoded = "";
  for (const byte of fromUtf8(clean)) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9.-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return `; ${name}*=UTF-8''${encoded}`;
}

/** Encoded and plain segments may alternate; the first one names the character set (RFC 2231 §4.1). */
function joinSegments(segments: Segment[]): string {
  segments.sort((a, b) => a.order - b.order);
  let charset: string | undefined;
  const bytes: Uint8Array[] = [];
  segments.forEach((segment, index) => {
    let { text } = segment;
    if (segment.encoded && index === 0) {
      const [first = "", , ...rest] = text.split("'");
      if (rest.length > 0) {
        charset = first;
        text = rest.join("'");
      }
    }
    bytes.push(segment.encoded ? percentDecode(text) : fromUtf8(text));
  });
  return decodeCharset(concatBytes(bytes), charset);
}

function percentDecode(text: string): Uint8Array {
  const source = fromUtf8(text);
  const bytes: number[] = [];
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    const hex = byte === 0x25 ? String.fromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0) : "";
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Splits at `;` outside quotes and comments. */
function splitQuoted(text: string): string[] {
  if (!SPECIAL.test(text)) return text.split(";");
  const pieces: string[] = [];
  let piece = "";
  let from = 0; // of what belongs to the piece and is not in it yet
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === BACKSLASH && (quoted || depth > 0)) i++;
    else if (depth > 0) {
      if (character === OPEN) depth++;
      else if (character === CLOSE && --depth === 0) from = i + 1;
    } else if (character === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (character === OPEN) {
      piece += text.slice(from, i);
      depth = 1;
    } else if (character === SEMICOLON) {
      pieces.push(piece + text.slice(from, i));
      piece = "";
      from = i + 1;
    }
  }
  pieces.push(depth > 0 ? piece : piece + text.slice(from));
  return pieces;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = text.length > 1 && text.endsWith('"') ? text.slice(1, -1) : text.slice(1);
  return inner.replaceAll(/\\(.)/g, "$1");
}
