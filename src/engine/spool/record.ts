/**
 * One record of the log as bytes. A record is told from stale bytes, torn writes and flipped bits by the stamp of its
 * segment's present use, its place in the sequence, and two checksums. Pure: knows no file. README.md has the layout.
 */
import { crc32 } from "node:zlib";
import { asBuffer } from "../../base/bytes.ts";

/** "PHR" and the format's version. */
const RECORD_MAGIC = 0x01524850; // little endian: 50 48 52 01
export const RECORD_MAGIC_BYTES = Buffer.from([0x50, 0x48, 0x52, 0x01]);
export const RECORD_HEADER_BYTES = 48;
export const STAMP_BYTES = 8;
const HEADER_CRC_AT = 44;

export type RecordKind = "message" | "note" | "removals";
const KINDS: readonly (RecordKind | undefined)[] = [undefined, "message", "note", "removals"];

export type LogRecord = {
  readonly kind: RecordKind;
  readonly at: number;
  readonly end: number;
  readonly sequence: number;
  /** The highest sequence number known to be on disk when this record was written. */
  readonly synced: number;
  readonly idBytes: number;
  readonly noteBytes: number;
  readonly contentBytes: number;
  /** False when the header is sound and what follows it is not. */
  readonly isWhole: boolean;
};

/** Header, id and note in one buffer, complete but for what is known only when it is written: see `sealRecord`. */
export function encodeRecord(
  kind: RecordKind,
  id: string,
  note: Uint8Array,
  content: readonly Uint8Array[],
): { head: Buffer; contentBytes: number } {
  const noteAt = RECORD_HEADER_BYTES + id.length;
  const head = Buffer.allocUnsafe(noteAt + note.length);
  head.write(id, RECORD_HEADER_BYTES, "latin1");
  head.set(note, noteAt);
  let contentBytes = 0;
  let crc = crc32(head.subarray(RECORD_HEADER_BYTES));
  for (const chunk of content) {
    contentBytes += chunk.length;
    crc = crc32(chunk, crc);
  }
  head.writeUInt32LE(RECORD_MAGIC, 0);
  head.writeUInt16LE(KINDS.indexOf(kind), 4);
  head.writeUInt16LE(id.length, 6);
  head.writeUInt32LE(note.length, 32);
  head.writeUInt32LE(contentBytes, 36);
  head.writeUInt32LE(crc, 40);
  return { head, contentBytes };
}

/** Puts in the record's place in the log, and closes the header. */
export function sealRecord(head: Buffer, stamp: Uint8Array, sequence: number, synced: number): void {
  head.set(stamp, 8);
  writeUint53(head, sequence, 16);
  writeUint53(head, synced, 24);
  head.writeUInt32LE(crc32(head.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT);
}

/** The record at `at`, or undefined when there is none of this segment's use. */
export function decodeRecord(bytes: Buffer, at: number, stamp: Uint8Array): LogRecord | undefined {
  const bodyAt = at + RECORD_HEADER_BYTES;
  if (bodyAt > bytes.length || bytes.readUInt32LE(at) !== RECORD_MAGIC) return undefined;
  if (bytes.compare(stamp, 0, STAMP_BYTES, at + 8, at + 8 + STAMP_BYTES) !== 0) return undefined;
  if (crc32(bytes.subarray(at, at + HEADER_CRC_AT)) !== bytes.readUInt32LE(at + HEADER_CRC_AT))
    return undefined;
  const kind = KINDS[bytes.readUInt16LE(at + 4)];
  if (kind === undefined) return undefined;
  const idBytes = bytes.readUInt16LE(at + 6);
  const noteBytes = bytes.readUInt32LE(at + 32);
  const contentBytes = bytes.readUInt32LE(at + 36);
  const end = bodyAt + idBytes + noteBytes + contentBytes;
  const isWhole = end <= bytes.length && crc32(bytes.subarray(bodyAt, end)) === bytes.readUInt32LE(at + 40);
  const sequence = readUint53(bytes, at + 16);
  const synced = readUint53(bytes, at + 24);
  return { kind, at, end, sequence, synced, idBytes, noteBytes, contentBytes, isWhole };
}

export function recordId(bytes: Buffer, record: LogRecord): string {
  const at = record.at + RECORD_HEADER_BYTES;
  return bytes.toString("latin1", at, at + record.idBytes);
}

export function recordNote(bytes: Buffer, record: LogRecord): Buffer {
  const at = record.at + RECORD_HEADER_BYTES + record.idBytes;
  return bytes.subarray(at, at + record.noteBytes);
}

export function recordContent(bytes: Buffer, record: LogRecord): Buffer {
  return bytes.subarray(record.end - record.contentBytes, record.end);
}

/** Removed ids, one a line: what a "removals" record holds as its content. */
export function encodeRemovals(ids: readonly string[]): Buffer {
  return Buffer.from(ids.join("\n"), "latin1");
}

export function decodeRemovals(content: Uint8Array): readonly string[] {
  return asBuffer(content).toString("latin1").split("\n");
}

export function writeUint53(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

export function readUint53(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
