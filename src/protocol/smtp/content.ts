/** The content of a message in pieces, as it came off the wire. Collects views of what was read; copies only crumbs. */
import { asBuffer } from "../../base/bytes.ts";

export type SmtpContent = {
  readonly pieces: readonly Uint8Array[];
  /** All of it, also what was let go because it passed the limit. */
  readonly sizeBytes: number;
  readonly lineCount: number;
  /** A CR or LF stood alone (RFC 5321 §2.3.8). Under "refuse" there are then no pieces. */
  readonly bareNewline: boolean;
  /** The limit was passed: there are no pieces. */
  readonly tooBig: boolean;
};

/** Limit: pieces below this are copied together, so that a drip of single bytes costs bytes and not objects. */
const CRUMB_BYTES_MAX = 1_024;
const CRUMB_BOX_BYTES = 8_192;

export class ContentPieces {
  pieces: Uint8Array[] = [];
  sizeBytes = 0;
  #box: Buffer | undefined;
  #boxStart = 0;
  #boxEnd = 0;

  /** Keeps `bytes` (a view, not a copy, unless small). They must not change afterwards. */
  add(bytes: Uint8Array): void {
    const length = bytes.length;
    if (length === 0) return;
    this.sizeBytes += length;
    if (length >= CRUMB_BYTES_MAX) {
      this.#boxStart = this.#boxEnd;
      this.pieces.push(bytes);
      return;
    }
    // A whole small message stays the view it is: copying starts with the second piece.
    if (this.pieces.length === 0) {
      this.pieces.push(bytes);
      return;
    }
    this.#addCrumb(bytes);
  }

  #addCrumb(bytes: Uint8Array): void {
    if (this.#box === undefined || this.#boxEnd + bytes.length > CRUMB_BOX_BYTES) {
      this.#box = Buffer.allocUnsafeSlow(CRUMB_BOX_BYTES);
      this.#boxStart = this.#boxEnd = 0;
    }
    const isNew = this.#boxStart === this.#boxEnd;
    this.#box.set(bytes, this.#boxEnd);
    this.#boxEnd += bytes.length;
    const view = this.#box.subarray(this.#boxStart, this.#boxEnd);
    if (isNew) this.pieces.push(view);
    else this.pieces[this.pieces.length - 1] = view;
  }
}

/** Joined text of small contents, for tests and for reading a subject. */
export function contentText(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => asBuffer(piece).toString("latin1", 0, piece.length)).join("");
}
