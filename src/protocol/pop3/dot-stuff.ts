/**
 * A message as a multi-line response (RFC 1939 §3): every line that begins with a dot gets one more, and the end is a
 * line of one dot. The bytes between stay as they are, bare line feeds too; pieces share the message's memory.
 */
import { asBuffer } from "../../base/bytes.ts";

const DOT = Buffer.from(".");
const END = Buffer.from(".\r\n");
const END_OF_LINE_AND_END = Buffer.from("\r\n.\r\n");

export function stuffed(content: Uint8Array): Uint8Array[] {
  const bytes = asBuffer(content);
  const pieces: Uint8Array[] = [];
  let from = 0;
  if (bytes[0] === 0x2e) pieces.push(DOT);
  for (let at = bytes.indexOf("\n."); at >= 0; at = bytes.indexOf("\n.", at + 1)) {
    pieces.push(bytes.subarray(from, at + 1), DOT);
    from = at + 1;
  }
  pieces.push(bytes.subarray(from));
  pieces.push(bytes.length === 0 || bytes[bytes.length - 1] === 0x0a ? END : END_OF_LINE_AND_END);
  return pieces;
}

/** TOP: the header, the empty line, and so many lines of the body. */
export function topOf(content: Uint8Array, bodyLines: number): Uint8Array {
  const bytes = asBuffer(content);
  let at = 0;
  // The header ends with its first empty line.
  for (;;) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return content;
    const isEmpty = end === at || (end === at + 1 && bytes[at] === 0x0d);
    at = end + 1;
    if (isEmpty) break;
  }
  for (let line = 0; line < bodyLines; line++) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return content;
    at = end + 1;
  }
  return bytes.subarray(0, at);
}
