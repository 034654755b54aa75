/**
 * A segment: one file of the log, used again and again. Its first 64 bytes say which use this is, where the segment
 * before it ends, and from which generation on segments count. Pure but for the file descriptor it carries.
 */
import { crc32 } from "node:zlib";
import { RECORD_MAGIC_BYTES, readUint53, STAMP_BYTES, writeUint53 } from "./record.ts";

export const SEGMENT_HEADER_BYTES = 64;
const SEGMENT_MAGIC = "PHSEG";
export const SPOOL_FORMAT_VERSION = 1;
const HEADER_CRC_AT = 60;

export type SegmentHeader = {
  /** Counts uses of segments over the spool's whole life. */
  readonly generation: number;
  /** Chance: what is left of an earlier use never carries it. */
  readonly stamp: Uint8Array;
  /** The last sequence number of the segment before: what stands there beyond it is void. */
  readonly previousSequence: number;
  /** Which segment that is; 0 when there was none in use. */
  readonly previousGeneration: number;
  /** Segments of an older generation are free, whatever they hold. */
  readonly oldestGeneration: number;
};

export type Segment = SegmentHeader & {
  readonly file: string;
  readonly fd: number;
  readonly capacityBytes: number;
  /** Where the next record goes. */
  endBytes: number;
  liveMessages: number;
  liveBytes: number;
  /** A sync of it failed: never written again, never reused. */
  isAbandoned: boolean;
};

export type DecodedHeader = SegmentHeader | "none" | { readonly unknownVersion: number };

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.write(SEGMENT_MAGIC, 0, "latin1");
  bytes.writeUInt16LE(SPOOL_FORMAT_VERSION, 6);
  writeUint53(bytes, header.generation, 8);
  bytes.set(header.stamp, 16);
  writeUint53(bytes, header.previousSequence, 24);
  writeUint53(bytes, header.oldestGeneration, 32);
  writeUint53(bytes, header.previousGeneration, 40);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT);
  return bytes;
}

export function decodeSegmentHeader(bytes: Buffer): DecodedHeader {
  if (bytes.length < SEGMENT_HEADER_BYTES) return "none";
  if (bytes.toString("latin1", 0, SEGMENT_MAGIC.length) !== SEGMENT_MAGIC) return "none";
  if (crc32(bytes.subarray(0, HEADER_CRC_AT)) !== bytes.readUInt32LE(HEADER_CRC_AT)) return "none";
  const version = bytes.readUInt16LE(6);
  if (version !== SPOOL_FORMAT_VERSION) return { unknownVersion: version };
  return {
    generation: readUint53(bytes, 8),
    stamp: Uint8Array.from(bytes.subarray(16, 16 + STAMP_BYTES)),
    previousSequence: readUint53(bytes, 24),
    oldestGeneration: readUint53(bytes, 32),
    previousGeneration: readUint53(bytes, 40),
  };
}

/** The next place, from `from` on, where a record could begin. */
export function nextMagic(bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(RECORD_MAGIC_BYTES, from);
  return at === -1 ? undefined : at;
}
