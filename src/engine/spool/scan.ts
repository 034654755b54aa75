/**
 * Reads a segment's records back in order, and tells a torn end from damage. The end of the newest segment is where
 * the chain of sequence numbers breaks; a record behind the break that proves that more had been on disk makes it
 * damage: that is reported, and what stands behind it is kept. Pure.
 */
import { decodeRecord, type LogRecord } from "./record.ts";
import { nextMagic, SEGMENT_HEADER_BYTES, type SegmentHeader } from "./segment.ts";

/** Bytes that once held records and no longer can be read. */
export type SpoolDamage = {
  readonly file: string;
  readonly fromByte: number;
  readonly toByte: number;
  readonly what: string;
};

export type Scan = {
  /** Where the last sound record ends. */
  readonly endBytes: number;
  readonly lastSequence: number;
  readonly damage: readonly Omit<SpoolDamage, "file">[];
};

/** `endSequence`: the last sequence number of the segment as its successor says; undefined for the newest. */
export function scanSegment(
  bytes: Buffer,
  header: SegmentHeader,
  endSequence: number | undefined,
  visit: (record: LogRecord) => void,
): Scan {
  const last = endSequence ?? Infinity;
  const damage: Omit<SpoolDamage, "file">[] = [];
  let at = SEGMENT_HEADER_BYTES;
  let previous = header.previousSequence;
  while (previous < last) {
    const record = decodeRecord(bytes, at, header.stamp);
    if (record?.isWhole === true && follows(record, previous) && record.sequence <= last) {
      visit(record);
      previous = record.sequence;
      at = record.end;
      continue;
    }
    const next = findProof(bytes, record?.end ?? at + 1, header.stamp, previous, endSequence);
    if (next === undefined) {
      if (endSequence !== undefined) damage.push(lost(at, bytes.length, previous + 1, endSequence));
      break;
    }
    damage.push(lost(at, next.at, previous + 1, next.sequence - 1));
    visit(next);
    previous = next.sequence;
    at = next.end;
  }
  return { endBytes: at, lastSequence: previous, damage };
}

/**
 * A record continues the chain when its number is the next, or when it was written while `previous` was the last on
 * disk (numbers between were refused and overwritten).
 */
function follows(record: LogRecord, previous: number): boolean {
  return record.sequence === previous + 1 || (record.sequence > previous && record.synced === previous);
}

/** The next sound record which proves that something between `previous` and itself had been on disk. */
function findProof(
  bytes: Buffer,
  from: number,
  stamp: Uint8Array,
  previous: number,
  endSequence: number | undefined,
): LogRecord | undefined {
  for (let at = nextMagic(bytes, from); at !== undefined; at = nextMagic(bytes, at + 1)) {
    const record = decodeRecord(bytes, at, stamp);
    if (record?.isWhole !== true || record.sequence <= previous) continue;
    if (endSequence === undefined ? record.synced > previous : record.sequence <= endSequence) return record;
  }
  return undefined;
}

function lost(fromByte: number, toByte: number, first: number, last: number): Omit<SpoolDamage, "file"> {
  return { fromByte, toByte, what: `records ${first} to ${last} cannot be read` };
}
