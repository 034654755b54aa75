/**
 * Opens the segments of a folder and works out, record by record in the order of writing, which messages are alive.
 * Damage is reported, never skipped in silence; a format this program does not know is a Fault, and nothing is touched.
 */
import { join } from "node:path";
import { Fault } from "../../base/fault.ts";
import type { SpooledMessage } from "../../mta/queue/spool.ts";
import type { Disk } from "../files/disk.ts";
import { decodeRemovals, type LogRecord, recordContent, recordId, recordNote } from "./record.ts";
import { type SpoolDamage, scanSegment } from "./scan.ts";
import { type FreeFile, parseSegmentFileName } from "./segment-ring.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** Where a message is: its record, and the record of its latest note when that is another one. */
export type Entry = {
  readonly id: string;
  segment: Segment;
  at: number;
  noteBytes: number; // of the note inside the message's own record
  readonly contentBytes: number;
  noteSegment: Segment | undefined;
  noteAt: number;
  noteLength: number;
  /** Notes on their way to the disk. */
  updating: number;
};

export type Recovered = {
  readonly entries: Map<string, Entry>;
  readonly messages: readonly SpooledMessage[];
  readonly inUse: readonly Segment[];
  readonly freeFiles: readonly FreeFile[];
  readonly lastSequence: number;
  readonly lastGeneration: number;
  readonly lastFileNumber: number;
  readonly damage: readonly SpoolDamage[];
};

export async function recoverSpool(disk: Disk, folder: string, segmentBytes: number): Promise<Recovered> {
  const names = (await disk.list(folder)).filter((name) => parseSegmentFileName(name) !== undefined).sort();
  const segments: Segment[] = [];
  const freeFiles: FreeFile[] = [];
  for (const name of names) {
    const fd = await disk.open(join(folder, name), false);
    const sizeBytes = await disk.sizeBytes(fd);
    const segment = await readHeader(disk, folder, name, fd, Math.max(sizeBytes, segmentBytes));
    if (segment === undefined) freeFiles.push({ file: name, fd, sizeBytes });
    else segments.push(segment);
  }
  const oldest = segments.reduce((max, { oldestGeneration }) => Math.max(max, oldestGeneration), 0);
  const inUse = segments.filter(({ generation }) => generation >= oldest);
  inUse.sort((a, b) => a.generation - b.generation);
  for (const { file, fd, generation } of segments) {
    if (generation < oldest) freeFiles.push({ file, fd, sizeBytes: await disk.sizeBytes(fd) });
  }
  const state: Replay = { entries: new Map(), notes: new Map() };
  const damage: SpoolDamage[] = missingSegments(inUse);
  let lastSequence = 0;
  for (const segment of inUse) {
    const end = inUse.find(
      ({ previousGeneration }) => previousGeneration === segment.generation,
    )?.previousSequence;
    const bytes = await readWhole(disk, segment);
    const scan = scanSegment(bytes, segment, end, (record) => replay(state, segment, bytes, record));
    segment.endBytes = scan.endBytes;
    lastSequence = Math.max(lastSequence, scan.lastSequence);
    for (const found of scan.damage) damage.push({ file: segment.file, ...found });
    giveBack(bytes);
  }
  const messages: SpooledMessage[] = [];
  for (const entry of state.entries.values()) {
    entry.segment.liveMessages++;
    entry.segment.liveBytes += entry.contentBytes;
    messages.push({
      id: entry.id,
      note: state.notes.get(entry.id) as Uint8Array,
      sizeBytes: entry.contentBytes,
    });
  }
  return {
    entries: state.entries,
    messages,
    inUse,
    freeFiles,
    lastSequence,
    lastGeneration: inUse.at(-1)?.generation ?? 0,
    lastFileNumber: parseSegmentFileName(names.at(-1) ?? "") ?? 0,
    damage,
  };
}

async function readHeader(
  disk: Disk,
  folder: string,
  file: string,
  fd: number,
  capacityBytes: number,
): Promise<Segment | undefined> {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const count = await disk.read(fd, bytes, 0);
  const header = decodeSegmentHeader(bytes.subarray(0, count));
  if (header === "none") return undefined;
  if ("unknownVersion" in header) {
    throw new Fault(
      "io",
      `${join(folder, file)} has format version ${header.unknownVersion}, which this program cannot read`,
    );
  }
  const counts = { endBytes: SEGMENT_HEADER_BYTES, liveMessages: 0, liveBytes: 0, isAbandoned: false };
  return { ...header, ...counts, file, fd, capacityBytes };
}

/** Limit: one segment at a time is in memory. */
async function readWhole(disk: Disk, segment: Segment): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(await disk.sizeBytes(segment.fd));
  return bytes.subarray(0, await disk.read(segment.fd, bytes, 0));
}

/** At once: a segment is as large as all else, and whoever rests after its start collects no garbage for hours. */
function giveBack(bytes: Buffer<ArrayBuffer>): void {
  bytes.buffer.transfer(0);
}

/** Segments go in order: one that is missing between others was lost. (The oldest may have been freed just before.) */
function missingSegments(inUse: readonly Segment[]): SpoolDamage[] {
  const present = new Set(inUse.map(({ generation }) => generation));
  return inUse
    .slice(1)
    .filter(({ previousGeneration }) => !present.has(previousGeneration))
    .map(({ file, previousGeneration }) => ({
      file,
      fromByte: 0,
      toByte: 0,
      what: `the segment before this one, generation ${previousGeneration}, is missing`,
    }));
}

type Replay = { readonly entries: Map<string, Entry>; readonly notes: Map<string, Uint8Array> };

function replay({ entries, notes }: Replay, segment: Segment, bytes: Buffer, record: LogRecord): void {
  if (record.kind === "removals") {
    for (const id of decodeRemovals(recordContent(bytes, record))) {
      entries.delete(id);
      notes.delete(id);
    }
    return;
  }
  const id = recordId(bytes, record);
  const { at, noteBytes, contentBytes } = record;
  if (record.kind === "message") {
    // A message that was copied forward stands in the log twice; the later place counts, and the order stays.
    const moved = { segment, at, noteBytes, noteSegment: undefined, noteAt: 0, noteLength: 0, updating: 0 };
    const known = entries.get(id);
    if (known === undefined) entries.set(id, { id, contentBytes, ...moved });
    else Object.assign(known, moved);
  } else {
    const entry = entries.get(id);
    if (entry === undefined) return; // removed meanwhile
    entry.noteSegment = segment;
    entry.noteAt = at;
    entry.noteLength = noteBytes;
  }
  notes.set(id, Uint8Array.from(recordNote(bytes, record)));
}
