/**
 * Finds where commands end, before anybody reads them: lines, and the literals they announce (RFC 9051 §4.3, RFC 7888).
 * A command that is too large is skipped to its end, so that the stream is never out of step. Any bytes are taken.
 */

import { type CommandText, type Literal, LITERAL_MARK } from "./command-text.ts";

export type ImapFragment =
  | { readonly kind: "command"; readonly command: CommandText }
  /** The line somebody asked for with `expectLine`, without CRLF. */
  | { readonly kind: "line"; readonly text: string }
  /** A literal is announced, and waits for a "+". */
  | { readonly kind: "announced" }
  | {
      readonly kind: "refused";
      /** "*" when it could not be read. */
      readonly tag: string;
      readonly status: "NO" | "BAD";
      readonly code: string | undefined;
      readonly why: string;
    };

/** Limit: RFC 7162 §4 asks for 8,192 octets of line; sets of UIDs of large mailboxes are longer. */
const LINE_BYTES_MAX = 65_536;
/** Limit: of a literal that is no message: names, passwords, words to search for. */
const LITERAL_BYTES_MAX = 65_536;
/** Limit: literals of one command; LOGIN needs two, a MULTIAPPEND one for each message. */
const LITERALS_MAX = 1_000;
/** Of a command that is refused only the tag is wanted. */
const TAG_ROOM = 128;
const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);

export class ImapSplitter {
  readonly #appendBytesMax: number;
  #buffer: Buffer = NOTHING;
  #scannedAt = 0; // no LF before this
  #text = "";
  #literals: Literal[] = [];
  #literal: { bytes: Buffer; filled: number; binary: boolean } | undefined;
  #commandBytes = 0;
  #skipBytes = 0; // of a literal nobody wants
  #refusal: Extract<ImapFragment, { kind: "refused" }> | undefined; // said when its command ends
  #expectsLine = false;

  constructor({ appendBytesMax }: { readonly appendBytesMax: number }) {
    this.#appendBytesMax = appendBytesMax;
  }

  /** Octets taken and not yet given back. */
  get bufferedBytes(): number {
    return this.#buffer.length;
  }

  push(bytes: Uint8Array): void {
    const more = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = this.#buffer.length === 0 ? more : Buffer.concat([this.#buffer, more]);
  }

  /** The next line belongs to the command at work (IDLE's DONE, an answer of SASL). */
  expectLine(): void {
    this.#expectsLine = true;
  }

  /** Drops what is buffered; says how much that was. */
  clear(): number {
    return this.takeRest().length;
  }

  takeRest(): Uint8Array {
    const rest = this.#buffer;
    this.#drop(rest.length);
    return rest;
  }

  next(): ImapFragment | undefined {
    for (;;) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, this.#buffer.length);
        this.#skipBytes -= skipped;
        this.#drop(skipped);
        if (this.#skipBytes > 0) return undefined;
      }
      if (this.#literal !== undefined && !this.#fill(this.#literal)) return undefined;
      const line = this.#line();
      if (line === undefined) return undefined;
      if (this.#expectsLine) {
        this.#expectsLine = false;
        return { kind: "line", text: line };
      }
      const fragment = this.#take(line);
      if (fragment !== undefined) return fragment;
    }
  }

  /** A line without its end; one that is too long comes as what fits, and the command is refused. */
  #line(): string | undefined {
    const end = this.#buffer.indexOf(LF, this.#scannedAt);
    if (end < 0) {
      this.#scannedAt = this.#buffer.length;
      if (this.#buffer.length > LINE_BYTES_MAX) {
        this.#refuse("BAD", "TOOBIG", `a line has at most ${LINE_BYTES_MAX} octets`);
        // Enough stays to read the tag, and the end of the line may still announce a literal.
        if (this.#text === "") this.#text = this.#buffer.toString("latin1", 0, TAG_ROOM);
        this.#drop(this.#buffer.length - 64);
      }
      return undefined;
    }
    const textEnd = end > 0 && this.#buffer[end - 1] === CR ? end - 1 : end;
    if (end > LINE_BYTES_MAX) this.#refuse("BAD", "TOOBIG", `a line has at most ${LINE_BYTES_MAX} octets`);
    const line = this.#buffer.toString("latin1", 0, textEnd);
    this.#drop(end + 1);
    return line;
  }

  #take(line: string): ImapFragment | undefined {
    if (line.includes(LITERAL_MARK)) this.#refuse("BAD", undefined, "NUL is not allowed outside of literals");
    const announced = /(~?)\{(\d{1,15})(\+?)\}$/.exec(line);
    const isCounted = this.#refusal === undefined;
    if (announced === null) {
      if (isCounted) this.#text += line;
      else if (this.#text === "") this.#text = line.slice(0, TAG_ROOM);
      return this.#finish();
    }
    const [whole, tilde = "", digits = "", plus = ""] = announced;
    if (isCounted || this.#text === "") this.#text += line.slice(0, -whole.length);
    const sizeBytes = Number(digits);
    const refused = this.#refusal ?? this.#tooMuch(sizeBytes);
    if (refused !== undefined) {
      this.#refusal = refused;
      if (plus === "") return this.#finish(); // It is not sent before we say "+", and we do not.
      this.#skipBytes = sizeBytes;
      return undefined;
    }
    this.#commandBytes += sizeBytes;
    this.#text += LITERAL_MARK;
    this.#literal = { bytes: Buffer.allocUnsafe(sizeBytes), filled: 0, binary: tilde === "~" };
    return plus === "" ? { kind: "announced" } : undefined;
  }

  /** Why a literal of this size cannot be taken. */
  #tooMuch(sizeBytes: number): Extract<ImapFragment, { kind: "refused" }> | undefined {
    const isMessage = /^\S+ (?:append|(?:uid )?replace) /i.test(this.#text);
    const max = isMessage ? this.#appendBytesMax : LITERAL_BYTES_MAX;
    const commandMax = isMessage ? this.#appendBytesMax * 2 : LITERAL_BYTES_MAX * 4;
    if (sizeBytes > max) this.#refuse("NO", "TOOBIG", `a literal here has at most ${max} octets`);
    else if (this.#commandBytes + sizeBytes > commandMax || this.#literals.length >= LITERALS_MAX)
      this.#refuse("NO", "TOOBIG", `a command has at most ${commandMax} octets in ${LITERALS_MAX} literals`);
    return this.#refusal;
  }

  #fill(literal: { bytes: Buffer; filled: number; binary: boolean }): boolean {
    const { bytes, binary } = literal;
    const taken = Math.min(bytes.length - literal.filled, this.#buffer.length);
    this.#buffer.copy(bytes, literal.filled, 0, taken);
    literal.filled += taken;
    this.#drop(taken);
    if (literal.filled < bytes.length) return false;
    this.#literals.push({ bytes, binary });
    this.#literal = undefined;
    return true;
  }

  #finish(): ImapFragment {
    const command = { text: this.#text, literals: this.#literals };
    const refusal = this.#refusal;
    this.#text = "";
    this.#literals = [];
    this.#commandBytes = 0;
    this.#refusal = undefined;
    if (refusal === undefined) return { kind: "command", command };
    const tag = /^[^\s(){%*"\\\]+\0-\x1f\x7f-\xff]{1,64}(?= )/.exec(command.text)?.[0] ?? "*";
    return { ...refusal, tag };
  }

  #refuse(status: "NO" | "BAD", code: string | undefined, why: string): void {
    this.#refusal ??= { kind: "refused", tag: "*", status, code, why };
  }

  #drop(count: number): void {
    this.#buffer = this.#buffer.subarray(count);
    this.#scannedAt = Math.max(0, this.#scannedAt - count);
    // Nothing is kept alive by an empty view.
    if (this.#buffer.length === 0) this.#buffer = NOTHING;
  }
}
