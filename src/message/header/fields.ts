/**
 * Splits a header into its fields, with byte offsets, and finds where the body starts. Keeps every byte, decodes
 * nothing until asked, never throws; a line that is no field ends up in `problems` by its line number.
 *
 *     fields     = *(field-name ":" unstructured CRLF)                 ; RFC 5322 §2.2
 *     field-name = 1*ftext      ; %d33-57 / %d59-126
 */
import { asBuffer, concatBytes, utf8 } from "../../base/bytes.ts";

export type HeaderField = {
  /** As written. */
  readonly name: string;
  /** Lower case, for comparison. */
  readonly key: string;
  /** Offset of the first byte of the name. */
  readonly start: number;
  /** Offset after the colon. */
  readonly valueStart: number;
  /** Offset after the last line break of the field. */
  readonly end: number;
};

export type Header = {
  readonly bytes: Uint8Array;
  readonly fields: readonly HeaderField[];
  /** Offset after the empty line, or the end of the bytes when there is none. */
  readonly bodyStart: number;
  /** Lines, counted from 1, that are neither a field nor a continuation. */
  readonly strayLines: readonly number[];
};

// Limit: more fields than any real message has (a few hundred at worst); what is beyond is passed over.
export const FIELDS_MAX = 2_000;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/**
 * Reads the header that starts at `from`; never past `to`. Lines may end in LF alone: stored and foreign files do.
 * `isEnd` lets a MIME parser stop at a boundary line where the empty line is missing.
 */
export function parseHeader(
  bytes: Uint8Array,
  from = 0,
  to = bytes.length,
  isEnd?: (lineStart: number, lineEnd: number) => boolean,
): Header {
  const buffer = asBuffer(bytes);
  const fields: { name: string; key: string; start: number; valueStart: number; end: number }[] = [];
  const strayLines: number[] = [];
  let at = from;
  let inField = false;
  for (let line = 1; at < to; line++) {
    const newline = buffer.indexOf(LF, at);
    const next = newline < 0 || newline >= to ? to : newline + 1;
    if (isEmptyLine(buffer, at, next)) return { bytes, fields, bodyStart: next, strayLines };
    if (isEnd !== undefined && isEnd(at, next)) return { bytes, fields, bodyStart: at, strayLines };
    const first = buffer[at];
    if (inField && (first === 0x20 || first === 0x09)) {
      const last = fields.at(-1);
      if (last !== undefined) last.end = next;
    } else {
      const colon = nameEnd(buffer, at, next);
      inField = colon > at && fields.length < FIELDS_MAX;
      if (inField) {
        const name = buffer.toString("latin1", at, colon).trimEnd();
        fields.push({
          name,
          key: name.toLowerCase(),
          start: at,
          valueStart: afterColon(buffer, colon),
          end: next,
        });
      } else if (fields.length < FIELDS_MAX) strayLines.push(line);
    }
    at = next;
  }
  return { bytes, fields, bodyStart: to, strayLines };
}

/** Where the body starts: after the first empty line, or at the end. Quicker than parsing. */
export function findBodyStart(bytes: Uint8Array): number {
  const buffer = asBuffer(bytes);
  if (buffer[0] === LF) return 1;
  if (buffer[0] === CR && buffer[1] === LF) return 2;
  for (let at = buffer.indexOf(LF); at >= 0; at = buffer.indexOf(LF, at + 1)) {
    if (buffer[at + 1] === LF) return at + 2;
    if (buffer[at + 1] === CR && buffer[at + 2] === LF) return at + 3;
  }
  return bytes.length;
}

/** The header of a message that is in pieces, joining no more of them than it takes. */
export function headerOfChunks(chunks: readonly Uint8Array[]): Uint8Array {
  let joined = chunks[0] ?? new Uint8Array(0);
  for (let count = 1; ; count = Math.min(count * 2, chunks.length)) {
    if (count > 1) joined = concatBytes(chunks.slice(0, count));
    const bodyStart = findBodyStart(joined);
    if (bodyStart < joined.length || count >= chunks.length) return joined.subarray(0, bodyStart);
  }
}

/** The value's bytes as they stand, folded, without the last line break. */
export function rawValue(header: Header, field: HeaderField): Uint8Array {
  let end = field.end;
  if (header.bytes[end - 1] === LF) end--;
  if (header.bytes[end - 1] === CR) end--;
  return header.bytes.subarray(field.valueStart, Math.max(end, field.valueStart));
}

/** The value unfolded (RFC 5322 §2.2.3) and trimmed, as UTF-8, else byte for character; encoded words still encoded. */
export function fieldValue(header: Header, field: HeaderField): string {
  return unfold(decodeRaw(rawValue(header, field))).trim();
}

/** The first field of that name, any case. */
export function headerValue(header: Header, name: string): string | undefined {
  const key = name.toLowerCase();
  const field = header.fields.find((candidate) => candidate.key === key);
  return field === undefined ? undefined : fieldValue(header, field);
}

export function headerValues(header: Header, name: string): string[] {
  const key = name.toLowerCase();
  return header.fields.filter((field) => field.key === key).map((field) => fieldValue(header, field));
}

export function unfold(text: string): string {
  return text.includes("\n") ? text.replaceAll(/\r?\n/g, "") : text;
}

/** Bytes that are no UTF-8 are taken as ISO 8859-1, so that nothing is lost. */
export function decodeRaw(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  if (isAsciiBytes(buffer)) return buffer.toString("latin1");
  const text = utf8(bytes);
  return text.includes("\u{fffd}") ? buffer.toString("latin1") : text;
}

function isAsciiBytes(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}

function isEmptyLine(buffer: Buffer, start: number, next: number): boolean {
  return buffer[start] === LF || (buffer[start] === CR && start + 2 === next && buffer[start + 1] === LF);
}

/** Offset where the field name (with trailing blanks, RFC 5322 §4.5) ends at a colon; -1 when this is no field. */
function nameEnd(buffer: Buffer, start: number, next: number): number {
  let at = start;
  for (; at < next; at++) {
    const byte = buffer[at] ?? 0;
    if (byte < 33 || byte > 126 || byte === COLON) break;
  }
  const end = at;
  if (end === start) return -1;
  while (at < next && (buffer[at] === 0x20 || buffer[at] === 0x09)) at++;
  return at < next && buffer[at] === COLON ? end : -1;
}

function afterColon(buffer: Buffer, nameEnds: number): number {
  let at = nameEnds;
  while (buffer[at] !== COLON) at++;
  return at + 1;
}
