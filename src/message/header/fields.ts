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
  /** The value as it stands, folded, without the last line break: a character for each byte. */
  readonly raw: string;
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
/** Octets that become text at a time: most headers whole. A field that is longer gets more. */
const WINDOW_OCTETS = 4_096;

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
  const scan = new HeaderScan(asBuffer(bytes), from, to);
  const bodyStart = scan.run(isEnd);
  return { bytes, fields: scan.fields, bodyStart, strayLines: scan.strayLines };
}

/** Works on text, for a string's methods cost a tenth of a buffer's on pieces as short as lines. */
class HeaderScan {
  readonly fields: HeaderField[] = [];
  readonly strayLines: number[] = [];
  readonly #buffer: Buffer;
  readonly #to: number;
  /** The bytes from `#base` up to `#textEnd`. */
  #text = "";
  #base: number;
  #textEnd: number;
  #size = 0;
  /** The field whose end is not known yet; none when its start is negative. */
  #name = "";
  #start = -1;
  #valueStart = 0;

  constructor(buffer: Buffer, from: number, to: number) {
    this.#buffer = buffer;
    this.#to = to;
    this.#base = this.#textEnd = from;
  }

  /** Where the body starts. */
  run(isEnd: ((lineStart: number, lineEnd: number) => boolean) | undefined): number {
    let at = this.#base;
    for (let line = 1; at < this.#to; line++) {
      const next = this.#lineEnd(at);
      const first = this.#at(at);
      const isEmpty = first === LF || (first === CR && at + 2 === next && this.#at(at + 1) === LF);
      if (isEmpty || isEnd?.(at, next) === true) {
        this.#endField(at);
        return isEmpty ? next : at;
      }
      if (this.#start < 0 || (first !== 0x20 && first !== 0x09)) {
        this.#endField(at);
        if (this.fields.length < FIELDS_MAX && !this.#beginField(at, next)) this.strayLines.push(line);
      }
      at = next;
    }
    this.#endField(at);
    return this.#to;
  }

  #at(offset: number): number {
    return this.#text.charCodeAt(offset - this.#base);
  }

  /** Offset after the line that starts at `at`. */
  #lineEnd(at: number): number {
    for (;;) {
      const newline = this.#text.indexOf("\n", at - this.#base);
      if (newline >= 0) return this.#base + newline + 1;
      if (this.#textEnd >= this.#to) return this.#to;
      this.#moveTo(this.#start < 0 ? at : this.#start);
    }
  }

  /** More of the bytes as text, from `base` on; twice as many when what begins there does not fit. */
  #moveTo(base: number): void {
    this.#size = base > this.#base ? WINDOW_OCTETS : Math.max(WINDOW_OCTETS, this.#size * 2);
    this.#base = base;
    this.#textEnd = Math.min(this.#to, base + this.#size);
    this.#text = this.#buffer.toString("latin1", base, this.#textEnd);
  }

  /** False when the line is no field: a name, blanks (RFC 5322 §4.5), a colon. */
  #beginField(start: number, next: number): boolean {
    let end = start;
    for (; end < next; end++) {
      const byte = this.#at(end);
      if (byte < 33 || byte > 126 || byte === COLON) break;
    }
    let colon = end;
    while (colon < next && (this.#at(colon) === 0x20 || this.#at(colon) === 0x09)) colon++;
    if (end === start || colon >= next || this.#at(colon) !== COLON) return false;
    this.#name = this.#text.slice(start - this.#base, end - this.#base);
    this.#start = start;
    this.#valueStart = colon + 1;
    return true;
  }

  #endField(end: number): void {
    if (this.#start < 0) return;
    const [name, start, valueStart] = [this.#name, this.#start, this.#valueStart];
    let last = end;
    if (this.#at(last - 1) === LF) last--;
    if (this.#at(last - 1) === CR) last--;
    const raw = this.#text.slice(valueStart - this.#base, Math.max(last, valueStart) - this.#base);
    this.fields.push({ name, key: name.toLowerCase(), start, valueStart, end, raw });
    this.#start = -1;
  }
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

/** The value unfolded (RFC 5322 §2.2.3) and trimmed, as UTF-8, else byte for character; encoded words still encoded. */
export function fieldValue(field: HeaderField): string {
  return unfold(decodeRawText(field.raw)).trim();
}

/** The first field of that name, any case. */
export function headerValue(header: Header, name: string): string | undefined {
  const key = name.toLowerCase();
  const field = header.fields.find((candidate) => candidate.key === key);
  return field === undefined ? undefined : fieldValue(field);
}

export function headerValues(header: Header, name: string): string[] {
  const key = name.toLowerCase();
  return header.fields.filter((field) => field.key === key).map((field) => fieldValue(field));
}

export function unfold(text: string): string {
  return text.includes("\n") ? text.replaceAll(/\r?\n/g, "") : text;
}

/** Without the blanks of ASCII at both ends. `trim` would take A0, too, which in text of raw bytes is a part of a letter. */
export function trimBlanks(raw: string): string {
  let start = 0;
  let end = raw.length;
  while (start < end && isBlank(raw.charCodeAt(start))) start++;
  while (start < end && isBlank(raw.charCodeAt(end - 1))) end--;
  return raw.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Bytes that are no UTF-8 are taken as ISO 8859-1, so that nothing is lost. `raw`: a character for each. */
export function decodeRawText(raw: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  if (/^[\0-\x7f]*$/.test(raw)) return raw;
  const text = utf8(Buffer.from(raw, "latin1"));
  return text.includes("\u{fffd}") ? raw : text;
}
