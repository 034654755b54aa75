/**
 * Content-Transfer-Encoding (RFC 2045 §6), both ways: bytes in, bytes out. Decoding is lenient: what is not of the
 * encoding is kept or passed over, never an error. Encoded lines have at most 76 characters.
 */
import { asBuffer } from "../../base/bytes.ts";

export type TransferEncoding = "7bit" | "8bit" | "binary" | "quoted-printable" | "base64";

// Limit: RFC 2045 §6.7 rule 5 and §6.8.
const ENCODED_LINE_MAX = 76;

/** `encoding` is the field's value; an unknown one leaves the bytes as they are. */
export function decodeTransfer(bytes: Uint8Array, encoding: string): Uint8Array {
  switch (encoding) {
    case "base64":
      return decodeBase64(bytes);
    case "quoted-printable":
      return decodeQuotedPrintable(bytes);
    default:
      return bytes;
  }
}

/** What is not of the alphabet is passed over, as RFC 2045 §6.8 asks; padding in the middle starts anew. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const text = asBuffer(bytes)
    .toString("latin1")
    .replaceAll(/[^A-Za-z0-9+/=]+/g, "");
  if (!/=[^=]/.test(text)) return Buffer.from(text, "base64");
  return Buffer.concat(text.split(/=+/).map((part) => Buffer.from(part, "base64")));
}

export function encodeBase64(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += ENCODED_LINE_MAX)
    lines.push(text.slice(at, at + ENCODED_LINE_MAX));
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Blanks at a line's end are dropped (rule 3); a `=` that starts no code is kept. */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let solid = 0; // length without the blanks that may turn out to be at a line's end
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x3d) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        solid = length;
        at += 2;
        continue;
      }
      const next = softBreakEnd(bytes, at + 1);
      if (next > 0) {
        solid = length; // blanks before a soft break are text
        at = next - 1;
        continue;
      }
    } else if (byte === 0x0a || (byte === 0x0d && bytes[at + 1] === 0x0a)) length = solid;
    out[length++] = byte;
    if (byte !== 0x20 && byte !== 0x09) solid = length;
  }
  return out.subarray(0, solid); // blanks at the very end are at a line's end too
}

/** Text whose lines end in CRLF; each comes out as one line or several joined by soft breaks. */
export function encodeQuotedPrintable(bytes: Uint8Array): string {
  let out = "";
  let column = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x0d && bytes[at + 1] === 0x0a) {
      out += "\r\n";
      column = 0;
      at++;
      continue;
    }
    const lineEnds = at + 1 === bytes.length || (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a);
    const code = isPlain(byte, lineEnds, column) ? String.fromCharCode(byte) : hexCode(byte);
    if (column + code.length > ENCODED_LINE_MAX - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += code;
    column += code.length;
  }
  return out;
}

/** Also encodes a dot and an "F" at a line's start: no relay can mistake `.` for the end or `From ` for an mbox line. */
function isPlain(byte: number, lineEnds: boolean, column: number): boolean {
  if (column === 0 && (byte === 0x2e || byte === 0x46)) return false;
  if (byte === 0x20 || byte === 0x09) return !lineEnds;
  return byte > 32 && byte < 127 && byte !== 0x3d;
}

function hexCode(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Offset after a soft line break whose `=` was before `at`, or 0 when it is none. */
function softBreakEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (bytes[at] === 0x0a) return at + 1;
  if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at + 2;
  return at >= bytes.length ? at : 0;
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
