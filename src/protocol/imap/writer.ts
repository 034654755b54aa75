/**
 * Responses as bytes, written straight into one growing buffer: no strings are joined on the way of 100,000 FETCH
 * answers. What was written is taken whole, and the memory goes with it: a writer at rest holds none.
 */
import { encodeModifiedUtf7 } from "./modified-utf7.ts";

const CAPACITY_MIN = 512;
const QUOTE = 34;
const BACKSLASH = 92;
const NOTHING = Buffer.alloc(0);
/** What a quoted string holds without UTF-8 (RFC 9051 §9 `QUOTED-CHAR`): ASCII but CR, LF and NUL. */
const QUOTABLE = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;
const QUOTABLE_UTF8 = /^[^\0\r\n]*$/;
const ASTRING = /^[^\0-\x20\x7f-\uffff(){%*"\\]+$/;
/** Limit: longer strings are literals, which no client reads character by character. */
const QUOTED_OCTETS_MAX = 1_000;

export class ImapWriter {
  /** Text may be sent as UTF-8 in quoted strings, names of mailboxes included: IMAP4rev2 or UTF8=ACCEPT is enabled. */
  utf8 = false;
  #buffer: Buffer = NOTHING;
  #length = 0;

  /** Octets written and not taken. */
  get length(): number {
    return this.#length;
  }

  /** All that was written; the writer starts anew. */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#buffer = NOTHING;
    this.#length = 0;
    return bytes;
  }

  /** ASCII as it is. */
  raw(text: string): this {
    const { length } = text;
    const buffer = this.#room(length);
    let at = this.#length;
    for (let i = 0; i < length; i++) buffer[at++] = text.charCodeAt(i);
    this.#length = at;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const { length } = bytes;
    const buffer = this.#room(length);
    const at = this.#length;
    if (length < 32) for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number;
    else buffer.set(bytes, at);
    this.#length = at + length;
    return this;
  }

  /** A whole number, not negative. */
  number(value: number): this {
    if (value > 0xffff_ffff) return this.raw(String(value));
    const buffer = this.#room(10);
    let digits = 1;
    for (let bound = 10; digits < 10 && value >= bound; bound *= 10) digits++;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const next = Math.floor(rest / 10);
      buffer[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.#length += digits;
    return this;
  }

  /** `string`: quoted where it can be, else a literal. */
  string(text: string): this {
    const quotable = text.length <= QUOTED_OCTETS_MAX && (this.utf8 ? QUOTABLE_UTF8 : QUOTABLE).test(text);
    if (!quotable) return this.literal(Buffer.from(text, "utf8"));
    const escaped = /["\\]/.test(text) ? text.replaceAll(/["\\]/g, "\\$&") : text;
    return this.raw('"').text(escaped).raw('"');
  }

  nstring(text: string | undefined): this {
    return text === undefined ? this.raw("NIL") : this.string(text);
  }

  astring(text: string): this {
    return ASTRING.test(text) ? this.raw(text) : this.string(text);
  }

  /** The name of a mailbox: modified UTF-7 for those who did not ask for UTF-8 (RFC 3501 §5.1.3). */
  mailbox(name: string): this {
    return this.astring(this.utf8 ? name : encodeModifiedUtf7(name));
  }

  literal(bytes: Uint8Array): this {
    return this.literalHead(bytes.length).bytes(bytes);
  }

  /** The octets are written by somebody else, right behind. */
  literalHead(sizeBytes: number): this {
    return this.raw("{").number(sizeBytes).raw("}\r\n");
  }

  /** Bytes of a message as `nstring`: quoted when short and harmless. */
  body(bytes: Uint8Array): this {
    if (bytes.length > 64) return this.literal(bytes);
    for (const byte of bytes) {
      if (byte < 32 || byte > 126 || byte === QUOTE || byte === BACKSLASH) return this.literal(bytes);
    }
    return this.raw('"').bytes(bytes).raw('"');
  }

  /** Any text, as UTF-8. */
  text(text: string): this {
    const sizeMax = text.length * 3;
    const buffer = this.#room(sizeMax);
    this.#length += buffer.write(text, this.#length, sizeMax, "utf8");
    return this;
  }

  #room(more: number): Buffer {
    const need = this.#length + more;
    if (need <= this.#buffer.length) return this.#buffer;
    const wider = Buffer.allocUnsafe(Math.max(CAPACITY_MIN, need, this.#buffer.length * 2));
    if (this.#length > 0) this.#buffer.copy(wider, 0, 0, this.#length);
    return (this.#buffer = wider);
  }
}
