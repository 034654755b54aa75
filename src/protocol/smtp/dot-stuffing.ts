/**
 * Content made ready for DATA: a dot in front of each line that opens with one, CRLF "." CRLF at the end (RFC 5321
 * §4.5.2). Views of the content, not copies. A CR or LF alone becomes CRLF first: what we send can never be read two ways.
 */
import { asBuffer } from "../../base/bytes.ts";

const DOT = Buffer.from(".");
const CRLF = Buffer.from("\r\n");
const END = Buffer.from(".\r\n");
const CRLF_END = Buffer.from("\r\n.\r\n");

/** The pieces to write, in order, the end included. `content` comes from `normalizeNewlines`. */
export function stuffDots(content: Uint8Array): Uint8Array[] {
  const bytes = asBuffer(content);
  const pieces: Uint8Array[] = [];
  let start = 0;
  if (bytes[0] === 46) pieces.push(DOT);
  for (let at = bytes.indexOf("\r\n."); at !== -1; at = bytes.indexOf("\r\n.", at + 2)) {
    pieces.push(bytes.subarray(start, at + 2), DOT);
    start = at + 2;
  }
  if (start < bytes.length) pieces.push(bytes.subarray(start));
  const closed = bytes.length === 0 || bytes.subarray(-2).equals(CRLF);
  pieces.push(closed ? END : CRLF_END);
  return pieces;
}

/** A CR or LF alone becomes CRLF. The same bytes when there is none. */
export function normalizeNewlines(content: Uint8Array): Uint8Array {
  const text = asBuffer(content).toString("latin1", 0, content.length);
  return hasBareNewline(text) ? Buffer.from(text.replace(/\r\n|\r|\n/g, "\r\n"), "latin1") : content;
}

export function hasBareNewline(text: string): boolean {
  return /\r(?!\n)|(?<!\r)\n/.test(text);
}
