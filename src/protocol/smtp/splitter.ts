/**
 * Cuts a client's byte stream into what the session reads: command lines, whole contents, counted chunks. It finds
 * boundaries and parses nothing, so a bad command never desynchronises the stream. The session says what comes next;
 * what is not asked for stays here. It never throws; a line past its limit is dropped up to its end.
 */
import { asBuffer, utf8 } from "../../base/bytes.ts";
import type { SmtpContent } from "./content.ts";
import { type BareNewline, ContentScanner } from "./content-scanner.ts";

export type SmtpFragment =
  | { readonly kind: "line"; readonly text: string; readonly defect: LineDefect | undefined }
  | { readonly kind: "content"; readonly content: SmtpContent }
  /** A chunk of BDAT has arrived; `content` is set with the last one and holds them all. */
  | {
      readonly kind: "chunk";
      readonly content: SmtpContent | undefined;
      /** So much was read and forgotten: nobody wanted it. */
      readonly skippedBytes?: number;
    };

export type LineDefect = "tooLong" | "bareNewline";

export type SplitterLimits = {
  readonly lineBytesMax: number;
  readonly sizeBytesMax: number;
  readonly bareNewline: BareNewline;
};

type Mode = "line" | "data" | "chunk" | "skip";

const BYTE_CR = 13;
const BYTE_LF = 10;

export class SmtpSplitter {
  readonly #limits: SplitterLimits;
  #lineBytesMax: number;
  #mode: Mode = "line";
  #chunks: Buffer[] = [];
  #at = 0; // in the first of them
  #searched = 0; // how far the open line was searched, over all chunks
  #buffered = 0;
  #dropping = false; // the open line is past its limit
  #scanner: ContentScanner | undefined;
  #left = 0; // of the open chunk
  #last = false;
  #skipped = 0; // the size of the chunk that is skipped

  constructor(limits: SplitterLimits) {
    this.#limits = limits;
    this.#lineBytesMax = limits.lineBytesMax;
  }

  /** Bytes taken in and not yet given out. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(asBuffer(bytes));
    this.#buffered += bytes.length;
  }

  /** The next lines may be this long: AUTH needs more than a command (RFC 4954 §4). */
  expectLine(bytesMax: number = this.#limits.lineBytesMax): void {
    this.#mode = "line";
    this.#lineBytesMax = bytesMax;
  }

  /** What follows is content up to CRLF "." CRLF. */
  expectData(): void {
    this.#mode = "data";
    this.#scanner = this.#newScanner(true, false);
  }

  /** What follows is a chunk of `sizeBytes`; chunks add up until the last one. */
  expectChunk(sizeBytes: number, last: boolean, binary: boolean): void {
    this.#mode = "chunk";
    this.#left = sizeBytes;
    this.#last = last;
    this.#scanner ??= this.#newScanner(false, binary);
  }

  /** What follows is a chunk nobody wants: it is read and forgotten. */
  skipChunk(sizeBytes: number): void {
    this.#mode = "skip";
    this.#left = sizeBytes;
    this.#skipped = sizeBytes;
    this.#last = false;
  }

  /** Forgets the chunks of a transaction that was given up. */
  abandon(): void {
    this.#scanner = undefined;
  }

  /** Forgets everything not yet given out, and says how much that was: plaintext sent before a TLS handshake. */
  clear(): number {
    const bytes = this.#buffered;
    this.#chunks = [];
    this.#at = this.#searched = this.#buffered = 0;
    this.#dropping = false;
    this.abandon();
    return bytes;
  }

  /** The next fragment, or undefined until more bytes come. */
  next(): SmtpFragment | undefined {
    if (this.#mode === "line") return this.#nextLine();
    if (this.#mode === "data") return this.#nextContent();
    return this.#nextChunk();
  }

  #newScanner(dots: boolean, binary: boolean): ContentScanner {
    const { bareNewline, sizeBytesMax } = this.#limits;
    return new ContentScanner({ dots, binary, bareNewline, sizeBytesMax });
  }

  #nextLine(): SmtpFragment | undefined {
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined) return undefined;
      const lf = first.indexOf(BYTE_LF, this.#at + this.#searched);
      if (lf !== -1) return this.#cutLine(first, lf);
      const open = first.length - this.#at;
      if (this.#dropping || open > this.#lineBytesMax) {
        this.#dropping = true;
        this.#consume(open);
        this.#searched = 0;
        continue;
      }
      this.#searched = open;
      const second = this.#chunks[1];
      if (second === undefined) return undefined;
      // The line goes on in the next chunk: joined, which is rare and bounded by the length of a line.
      const joined = Buffer.concat([first.subarray(this.#at), second]);
      this.#chunks.splice(0, 2, joined);
      this.#at = 0;
    }
  }

  #cutLine(first: Buffer, lf: number): SmtpFragment {
    const start = this.#at;
    const hasCr = lf > start && first[lf - 1] === BYTE_CR;
    const text = lineText(first, start, hasCr ? lf - 1 : lf);
    const tooLong = this.#dropping || lf + 1 - start > this.#lineBytesMax;
    this.#dropping = false;
    this.#searched = 0;
    this.#consume(lf + 1 - start);
    if (tooLong) return { kind: "line", text: "", defect: "tooLong" };
    const bare = (!hasCr || text.includes("\r")) && this.#limits.bareNewline === "refuse";
    return { kind: "line", text, defect: bare ? "bareNewline" : undefined };
  }

  #nextContent(): SmtpFragment | undefined {
    const scanner = this.#scanner;
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined || scanner === undefined) return undefined;
      const stopped = scanner.scan(first, this.#at, first.length);
      this.#consume(stopped - this.#at);
      if (!scanner.ended) continue;
      this.#scanner = undefined;
      this.#mode = "line";
      return { kind: "content", content: scanner.take() };
    }
  }

  #nextChunk(): SmtpFragment | undefined {
    const skips = this.#mode === "skip";
    const scanner = skips ? undefined : this.#scanner;
    while (this.#left > 0) {
      const first = this.#chunks[0];
      if (first === undefined) return undefined;
      const length = Math.min(this.#left, first.length - this.#at);
      scanner?.scan(first, this.#at, this.#at + length);
      this.#left -= length;
      this.#consume(length);
    }
    this.#mode = "line";
    if (skips) return { kind: "chunk", content: undefined, skippedBytes: this.#skipped };
    if (!this.#last) return { kind: "chunk", content: undefined };
    this.#scanner = undefined;
    return { kind: "chunk", content: scanner?.take() };
  }

  #consume(length: number): void {
    this.#buffered -= length;
    this.#at += length;
    if (this.#at < (this.#chunks[0]?.length ?? 0)) return;
    this.#chunks.shift();
    this.#at = 0;
  }
}

/** ASCII is cut without a decoder; anything else is UTF-8 (RFC 6531 §3.3), with U+FFFD for what is not. */
function lineText(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString("latin1", from, to);
  return /^[\0-\x7f]*$/.test(text) ? text : utf8(bytes.subarray(from, to));
}
