/**
 * Reading and writing the wire format of RFC 1035 §4: numbers, names with compression, character strings. The reader
 * throws only `Malformed`, which decodeMessage turns into an answer; the writer throws RangeError for a value that
 * was never a name or string, which is a bug of the caller.
 */
import { asBuffer, fromLatin1 } from "../../base/bytes.ts";
import { NAME_BYTES_MAX, formatName, parseName } from "./name.ts";

/** Bytes that are no message; caught in decode.ts and never seen outside. */
export class Malformed extends Error {}

export class WireReader {
  readonly bytes: Uint8Array;
  offset: number;
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
    this.#buffer = asBuffer(bytes);
  }

  #take(count: number): number {
    const at = this.offset;
    if (at + count > this.bytes.length) throw new Malformed("it ends in the middle of a field");
    this.offset = at + count;
    return at;
  }

  uint8(): number {
    return this.#buffer.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.#buffer.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  /** A copy, so that a record does not hold its whole packet. */
  take(count: number): Uint8Array {
    if (count < 0) throw new Malformed("a field runs past its record");
    const at = this.#take(count);
    return new Uint8Array(this.bytes.subarray(at, at + count));
  }

  latin1(count: number): string {
    if (count < 0) throw new Malformed("a field runs past its record");
    const at = this.#take(count);
    return this.#buffer.toString("latin1", at, at + count);
  }

  characterString(): string {
    return this.latin1(this.uint8());
  }

  /** RFC 1035 §4.1.4. A pointer must lead before everything read of this name so far, which rules out loops. */
  name(): string {
    const { bytes } = this;
    const labels: string[] = [];
    let at = this.offset;
    let floor = at;
    let afterPointer = -1;
    let sizeBytes = 1;
    for (;;) {
      const length = bytes[at];
      if (length === undefined) throw new Malformed("it ends in the middle of a name");
      if (length === 0) break;
      if (length >= 0xc0) {
        const low = bytes[at + 1];
        if (low === undefined) throw new Malformed("it ends in the middle of a pointer");
        if (afterPointer === -1) afterPointer = at + 2;
        at = ((length & 0x3f) << 8) | low;
        if (at >= floor) throw new Malformed("a compression pointer does not lead back");
        floor = at;
        continue;
      }
      if (length > 63) throw new Malformed("a label has an unknown kind");
      sizeBytes += length + 1;
      if (sizeBytes > NAME_BYTES_MAX) throw new Malformed("a name is longer than 255 bytes");
      if (at + 1 + length > bytes.length) throw new Malformed("it ends in the middle of a label");
      labels.push(this.#buffer.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    this.offset = afterPointer === -1 ? at + 1 : afterPointer;
    return formatName(labels);
  }
}

/** Limit: 14 bits of offset (RFC 1035 §4.1.4). */
const POINTER_OFFSET_MAX = 0x3fff;
const FIRST_BUFFER_BYTES = 512;

export class WireWriter {
  offset = 0;
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  /** Where each name written so far begins, by its exact spelling, so that decoding gives back the same case. */
  readonly #names = new Map<string, number>();

  #reserve(count: number): number {
    const at = this.offset;
    this.offset = at + count;
    if (this.offset > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.offset, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    return at;
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer.writeUInt8(value, at);
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  put(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  characterString(text: string): void {
    this.uint8(text.length);
    this.put(fromLatin1(text));
  }

  /** Overwrites two bytes written before: a count, or a length known only now. */
  patch16(at: number, value: number): void {
    this.#buffer.writeUInt16BE(value, at);
  }

  /** `compress` only where RFC 3597 §4 allows it: owner names, and the data of the types of RFC 1035. */
  name(name: string, compress: boolean): void {
    const parsed = parseName(name);
    if (!parsed.ok) throw new RangeError(`not a domain name: ${parsed.error}`);
    const labels = parsed.value;
    for (let i = 0; i < labels.length; i++) {
      // Limit: a label of bytes may hold any character, so the key joins labels with their lengths, not with dots.
      const key = suffixKey(labels, i);
      const known = this.#names.get(key);
      if (known !== undefined && compress) {
        this.uint16(0xc000 | known);
        return;
      }
      if (known === undefined && this.offset <= POINTER_OFFSET_MAX) this.#names.set(key, this.offset);
      const label = labels[i] as string;
      this.uint8(label.length);
      const at = this.#reserve(label.length);
      this.#buffer.write(label, at, "latin1");
    }
    this.uint8(0);
  }

  /** Takes back everything from `offset` on. */
  rollback(offset: number): void {
    this.offset = offset;
    for (const [name, at] of this.#names) if (at >= offset) this.#names.delete(name);
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.offset);
  }
}

function suffixKey(labels: readonly string[], from: number): string {
  let key = "";
  for (let i = from; i < labels.length; i++) {
    const label = labels[i] as string;
    key += String.fromCharCode(label.length) + label;
  }
  return key;
}
