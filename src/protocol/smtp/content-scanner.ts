/**
 * Reads message content off the wire: finds its end, takes the dot-stuffing away, watches for a CR or LF alone. Only
 * CRLF "." CRLF ends content, wherever the chunks are cut; `\n.\n`, `\n.\r\n`, `\r.\r\n` and `\r\n.\n` never do, so
 * nothing can be smuggled past it. It never throws and holds no more than `sizeBytesMax` of content.
 *
 *     mail-data = *( [ "." ] line CRLF ) "." CRLF      ; RFC 5321 §4.1.1.4, §4.5.2
 */
import { asBuffer } from "../../base/bytes.ts";
import { ContentPieces, type SmtpContent } from "./content.ts";

/** What becomes of a CR or LF alone: "refuse" flags the message, "repair" makes each a CRLF. */
export type BareNewline = "refuse" | "repair";

const TEXT = 0; // inside a line
const LINE = 1; // at the start of one
const CR = 2; // a CR was read
const DOT = 3; // a dot opened the line; it is not content
const DOT_CR = 4; // and a CR followed, not yet content either

const BYTE_CR = 13;
const BYTE_LF = 10;
const BYTE_DOT = 46;
const CR_ONLY = Buffer.from("\r");
const LF_ONLY = Buffer.from("\n");
const CRLF = Buffer.from("\r\n");

export type ScanRules = {
  /** True for DATA; false for BDAT, whose end is counted and whose dots are plain. */
  readonly dots: boolean;
  /** BINARYMIME: newlines mean nothing. */
  readonly binary: boolean;
  readonly bareNewline: BareNewline;
  readonly sizeBytesMax: number;
};

export class ContentScanner {
  /** True once CRLF "." CRLF was read. */
  ended = false;
  readonly #rules: ScanRules;
  readonly #kept = new ContentPieces();
  #state = LINE;
  #sizeBytes = 0;
  #lineCount = 0;
  #bare = false;

  constructor(rules: ScanRules) {
    this.#rules = rules;
  }

  /** Reads `bytes` from `from` up to `to`, and says where it stopped: `to`, or just past the end of the content. */
  scan(bytes: Uint8Array, from: number, to: number): number {
    const buffer = asBuffer(bytes);
    if (this.#rules.binary) {
      this.#keep(buffer, from, to);
      return to;
    }
    // One byte, one character: searching a string is several times faster than searching a Buffer.
    const text = buffer.toString("latin1", from, to);
    const end = text.length;
    let start = 0; // of the run not yet kept
    let at = 0;
    let cr = -1; // the next ones at or after `at`; remembered, so that no byte is searched twice
    let lf = -1;
    while (at < end) {
      const byte = text.charCodeAt(at);
      if (this.#state === TEXT) {
        if (lf < at) lf = nextOf(text, "\n", at);
        if (cr < at) cr = nextOf(text, "\r", at);
        // Nearly every line: it ends as it should, and the next one opens with no dot.
        while (cr === lf - 1 && lf + 1 < end && text.charCodeAt(lf + 1) !== BYTE_DOT) {
          this.#lineCount++;
          at = lf + 1;
          lf = nextOf(text, "\n", at);
          cr = nextOf(text, "\r", at);
        }
        if (cr < lf) {
          this.#state = CR;
          at = cr + 1;
          continue;
        }
        at = lf + 1;
        if (lf === end) continue;
        this.#bare = true;
        this.#lineCount++;
        if (this.#rules.bareNewline === "repair") {
          this.#keep(buffer, from + start, from + lf);
          this.#add(CRLF);
          start = at;
        }
      } else if (this.#state === LINE) {
        if (this.#rules.dots && byte === BYTE_DOT) {
          this.#keep(buffer, from + start, from + at);
          start = ++at;
          this.#state = DOT;
        } else this.#state = TEXT;
      } else if (this.#state === CR) {
        if (byte === BYTE_LF) {
          this.#lineCount++;
          at++;
          this.#state = this.#rules.dots ? LINE : TEXT;
        } else {
          start = this.#bareCr(buffer, from, start, at);
          this.#state = TEXT;
        }
      } else if (this.#state === DOT) {
        if (byte === BYTE_CR) {
          start = ++at;
          this.#state = DOT_CR;
        } else this.#state = TEXT;
      } else if (byte === BYTE_LF) {
        this.ended = true;
        return from + at + 1;
      } else {
        // The dot was stuffing and the CR stands alone: it is content after all.
        this.#add(CR_ONLY);
        start = this.#bareCr(buffer, from, at, at);
        this.#state = TEXT;
      }
    }
    this.#keep(buffer, from + start, to);
    return to;
  }

  /** What was read. Called once, at the end. */
  take(): SmtpContent {
    const { bareNewline, sizeBytesMax } = this.#rules;
    const isBare = this.#bare || this.#state === CR;
    const tooBig = this.#sizeBytes > sizeBytesMax;
    const isKept = !tooBig && !(isBare && bareNewline === "refuse");
    return {
      pieces: isKept ? this.#kept.pieces : [],
      sizeBytes: this.#sizeBytes,
      lineCount: this.#lineCount,
      bareNewline: isBare,
      tooBig,
    };
  }

  #bareCr(buffer: Buffer, from: number, start: number, at: number): number {
    this.#bare = true;
    if (this.#rules.bareNewline === "refuse") return start;
    this.#keep(buffer, from + start, from + at);
    this.#add(LF_ONLY);
    this.#lineCount++;
    return at;
  }

  #keep(buffer: Buffer, from: number, to: number): void {
    if (from < to) this.#add(from === 0 && to === buffer.length ? buffer : buffer.subarray(from, to));
  }

  #add(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#rules.sizeBytesMax) {
      if (this.#kept.pieces.length > 0) this.#kept.pieces = [];
      return;
    }
    if (this.#bare && this.#rules.bareNewline === "refuse") return;
    this.#kept.add(bytes);
  }
}

function nextOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at;
}
