/**
 * The queue's disk as a segmented log with group commit: the index of what is where, over `group-commit.ts` which
 * writes. Nothing is acknowledged before its sync; what fails is refused with the disk's Fault, and what was there
 * before stays. The format and its recovery are told in README.md.
 */
import { Fault } from "../../base/fault.ts";
import type { Spool } from "../../mta/queue/spool.ts";
import { type Disk, realDisk } from "../files/disk.ts";
import { type FolderLock, lockFolder } from "../files/folder-lock.ts";
import { cleanOldest } from "./cleaner.ts";
import { createContentCache } from "./content-cache.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { decodeRecord, encodeRecord, RECORD_HEADER_BYTES } from "./record.ts";
import { type Entry, recoverSpool } from "./recovery.ts";
import type { SpoolDamage } from "./scan.ts";
import { createSegmentRing, type SegmentRing } from "./segment-ring.ts";
import type { Segment } from "./segment.ts";

const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Limit: the contents of the latest second or so under load, far more otherwise. */
const CONTENT_CACHE_BYTES_MAX = 16 * 1024 * 1024;
/** Limit: ids are short texts of ours. */
const ID_LENGTH_MAX = 200;
/** Segments that may be in use beyond twice what the living need; past that the oldest is cleaned. */
const SPARSE_SEGMENTS_MAX = 4;

export type SpoolOptions = {
  readonly folder: string;
  /** A message that is bigger gets a segment of its own. */
  readonly segmentBytes?: number | undefined;
  readonly contentCacheBytesMax?: number | undefined;
  readonly disk?: Disk | undefined;
};

export type DiskSpool = Spool & {
  /** What recovery could not read. Empty before `open`. */
  readonly damage: readonly SpoolDamage[];
};

/** `open` rejects with Fault "folderInUse" when another process has the folder, "io" for a format it does not know. */
export function openSpool(options: SpoolOptions): DiskSpool {
  const { folder, segmentBytes = SEGMENT_BYTES, disk = realDisk() } = options;
  const cache = createContentCache(options.contentCacheBytesMax ?? CONTENT_CACHE_BYTES_MAX);
  let entries = new Map<string, Entry>();
  let damage: readonly SpoolDamage[] = [];
  let ring: SegmentRing | undefined;
  let log: GroupCommit | undefined;
  let lock: FolderLock | undefined;
  let contentBytes = 0;
  let isCleaning = false;

  /** Copies the oldest segment's living forward when more than half of the log is dead. */
  function cleanIfSparse(): void {
    const oldest = ring?.inUse[0];
    if (ring === undefined || log === undefined || oldest === undefined || isCleaning) return;
    let liveBytes = 0;
    for (const segment of ring.inUse) liveBytes += segment.liveBytes;
    if (ring.inUse.length <= SPARSE_SEGMENTS_MAX + 2 * Math.ceil(liveBytes / segmentBytes)) return;
    isCleaning = true;
    void cleanOldest({ oldest, entries, enqueue: log.enqueue, readEntry }).finally(
      () => (isCleaning = false),
    );
  }

  async function readEntry(entry: Entry): Promise<{ note: Uint8Array; content: Buffer }> {
    const { segment, at, noteSegment, noteAt, id } = entry;
    const noteStart = RECORD_HEADER_BYTES + id.length;
    const contentStart = noteStart + entry.noteBytes;
    const main = await readRecord(segment, at, contentStart + entry.contentBytes);
    const content = main.subarray(contentStart);
    if (noteSegment === undefined) return { note: main.subarray(noteStart, contentStart), content };
    const later = await readRecord(noteSegment, noteAt, noteStart + entry.noteLength);
    return { note: later.subarray(noteStart), content };
  }

  async function readRecord(segment: Segment, at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    const count = await disk.read(segment.fd, bytes, at);
    const record = decodeRecord(bytes.subarray(0, count), 0, segment.stamp);
    if (record?.isWhole !== true) throw new Fault("io", `${segment.file} is damaged at byte ${at}`);
    return bytes;
  }

  async function recover(): ReturnType<Spool["open"]> {
    const found = await recoverSpool(disk, folder, segmentBytes);
    ({ entries, damage } = found);
    for (const { sizeBytes } of found.messages) contentBytes += sizeBytes;
    ring = createSegmentRing({ ...found, folder, disk, segmentBytes });
    await ring.free();
    const { lastSequence } = found;
    log = createGroupCommit({ disk, ring, segmentBytes, lastSequence, committed: cleanIfSparse });
    return found.messages;
  }

  /** The log, or the Fault that says why it takes no more. */
  function logFor(bytes: number): GroupCommit | Fault {
    if (log === undefined) return new Fault("closed", "the spool is not open");
    return log.refusal(bytes) ?? log;
  }

  return {
    get damage() {
      return damage;
    },
    async open() {
      await disk.makeFolder(folder);
      lock = lockFolder(folder);
      try {
        return await recover();
      } catch (error) {
        lock.release();
        throw error;
      }
    },
    add(id, note, content) {
      if (id.length === 0 || id.length > ID_LENGTH_MAX) throw new RangeError(`not a queue id: ${id}`);
      const { head, contentBytes: sizeBytes } = encodeRecord("message", id, note, content);
      const bytes = head.length + sizeBytes;
      const log = logFor(bytes);
      if (log instanceof Fault) return Promise.reject(log);
      return new Promise((resolve, refuse) => {
        const settle = (segment: Segment, at: number): void => {
          segment.liveMessages++;
          segment.liveBytes += sizeBytes;
          contentBytes += sizeBytes;
          const later = { noteSegment: undefined, noteAt: 0, noteLength: 0, updating: 0 };
          entries.set(id, { id, segment, at, noteBytes: note.length, contentBytes: sizeBytes, ...later });
          cache.put(id, content);
          resolve();
        };
        log.enqueue({ head, content, bytes, settle, refuse });
      });
    },
    update(id, note) {
      const entry = entries.get(id);
      if (entry === undefined) return Promise.resolve(); // removed meanwhile: nothing to keep
      const { head } = encodeRecord("note", id, note, []);
      const log = logFor(head.length);
      if (log instanceof Fault) return Promise.reject(log);
      entry.updating++;
      return new Promise((resolve, reject) => {
        const refuse = (fault: unknown): void => {
          entry.updating--;
          reject(fault as Error);
        };
        const settle = (noteSegment: Segment, noteAt: number): void => {
          entry.updating--;
          Object.assign(entry, { noteSegment, noteAt, noteLength: note.length });
          resolve();
        };
        log.enqueue({ head, content: [], bytes: head.length, settle, refuse });
      });
    },
    remove(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entries.delete(id);
      cache.remove(id);
      entry.segment.liveMessages--;
      entry.segment.liveBytes -= entry.contentBytes;
      contentBytes -= entry.contentBytes;
      log?.remove(id);
    },
    async read(id) {
      const cached = cache.get(id);
      if (cached !== undefined) return cached;
      const entry = entries.get(id);
      if (entry === undefined) throw new Fault("io", `the spool does not hold ${id}`);
      return (await readEntry(entry)).content;
    },
    get stats() {
      return { messages: entries.size, contentBytes, diskBytes: ring?.diskBytes ?? 0 };
    },
    async close() {
      await log?.close();
      await ring?.close();
      ring = undefined;
      lock?.release();
      lock = undefined;
    },
  };
}
