/**
 * BODY out of BODYSTRUCTURE (RFC 9051 §7.5.2): the same without extension data. The bytes are our own, made at delivery;
 * what does not look like them comes back as it is.
 */
import { asBuffer, concatBytes } from "../../base/bytes.ts";

/** Fields a single part has without extensions: type, subtype, parameters, id, description, encoding, octets. */
const BASIC_FIELDS = 7;
const OPEN = 40;
const CLOSE = 41;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const BRACE = 123;
const CLOSING = Buffer.from(")");

export function plainStructure(structure: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  const end = copyBody(asBuffer(structure), 0, pieces);
  return end < 0 ? structure : concatBytes(pieces);
}

/** Copies the body that begins at `at`, and says where it ends; -1 when it is none. */
function copyBody(bytes: Buffer, at: number, pieces: Uint8Array[]): number {
  if (bytes[at] !== OPEN) return -1;
  return bytes[at + 1] === OPEN ? copyMultipart(bytes, at, pieces) : copySingle(bytes, at, pieces);
}

function copyMultipart(bytes: Buffer, start: number, pieces: Uint8Array[]): number {
  pieces.push(bytes.subarray(start, start + 1));
  let at = start + 1;
  while (bytes[at] === OPEN) {
    at = copyBody(bytes, at, pieces);
    if (at < 0) return -1;
  }
  const subtypeEnd = skipValue(bytes, at + 1);
  if (bytes[at] !== SPACE || subtypeEnd < 0) return -1;
  pieces.push(bytes.subarray(at, subtypeEnd), CLOSING);
  return skipRest(bytes, subtypeEnd);
}

function copySingle(bytes: Buffer, start: number, pieces: Uint8Array[]): number {
  let at = start + 1;
  const typeEnd = skipValue(bytes, at);
  const type = bytes.toString("latin1", at, Math.max(at, typeEnd)).toLowerCase();
  const subtypeEnd = typeEnd < 0 ? -1 : skipValue(bytes, typeEnd + 1);
  const subtype = bytes.toString("latin1", typeEnd + 1, Math.max(typeEnd + 1, subtypeEnd)).toLowerCase();
  const isMessage = type === '"message"' && /^"(?:rfc822|global)"$/.test(subtype);
  for (let field = 0; field < BASIC_FIELDS; field++) {
    const end = skipValue(bytes, at);
    if (end < 0) return -1;
    at = field === BASIC_FIELDS - 1 ? end : end + 1;
  }
  let from = start;
  if (isMessage && bytes[at] === SPACE && bytes[at + 1] === OPEN) {
    const envelopeEnd = skipValue(bytes, at + 1);
    if (envelopeEnd < 0) return -1;
    pieces.push(bytes.subarray(from, envelopeEnd + 1));
    from = copyBody(bytes, envelopeEnd + 1, pieces);
    if (from < 0) return -1;
    at = skipValue(bytes, from + 1);
  } else if (type === '"text"' && bytes[at] === SPACE) at = skipValue(bytes, at + 1);
  if (at < 0) return -1;
  pieces.push(bytes.subarray(from, at), CLOSING);
  return skipRest(bytes, at);
}

/** Past the closing bracket of the list that `at` is in. */
function skipRest(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next] === SPACE) {
    next = skipValue(bytes, next + 1);
    if (next < 0) return -1;
  }
  return bytes[next] === CLOSE ? next + 1 : -1;
}

/** The end of the value at `at`: an atom, a quoted string, a literal, a list. Never recurses. */
function skipValue(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let next = at; next < bytes.length;) {
    const byte = bytes[next];
    if (byte === OPEN) {
      depth++;
      next++;
    } else if (byte === CLOSE) {
      if (depth === 0) return next > at ? next : -1;
      depth--;
      next++;
      if (depth === 0) return next;
    } else if (byte === SPACE) {
      if (depth === 0) return next > at ? next : -1;
      next++;
    } else if (byte === QUOTE) next = skipQuoted(bytes, next);
    else if (byte === BRACE) next = skipLiteral(bytes, next);
    else next++;
  }
  return -1;
}

function skipQuoted(bytes: Buffer, at: number): number {
  let next = at + 1;
  while (next < bytes.length && bytes[next] !== QUOTE) next += bytes[next] === BACKSLASH ? 2 : 1;
  return next + 1;
}

function skipLiteral(bytes: Buffer, at: number): number {
  const end = bytes.indexOf("}\r\n", at, "latin1");
  return end < 0 ? bytes.length : end + 3 + Number(bytes.toString("latin1", at + 1, end));
}
