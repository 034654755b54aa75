/**
 * The segments of a spool in the order of their use: the newest is written, the oldest is freed first, freed ones are
 * used again. Freeing strictly in order is what keeps a removal on disk for as long as what it removed.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Disk } from "../files/disk.ts";
import { STAMP_BYTES } from "./record.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** Limit: freed segments kept for reuse; more go back to the file system. */
const FREE_SEGMENTS_MAX = 4;

export type SegmentRing = {
  /** Oldest first. */
  readonly inUse: readonly Segment[];
  readonly diskBytes: number;
  /** The segment that can take `bytes` more, a new use of one if need be. Rejects with a Fault of the disk. */
  roomFor(bytes: number, lastSequence: number): Promise<Segment>;
  /** The newest is not written again. */
  retire(): void;
  /** Frees the oldest segments as long as they hold nothing alive. */
  free(): Promise<void>;
  close(): Promise<void>;
};

export type RingOptions = {
  readonly folder: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  /** What recovery found: segments in use (none is written again), files free for use, the highest numbers. */
  readonly inUse: readonly Segment[];
  readonly freeFiles: readonly FreeFile[];
  readonly lastGeneration: number;
  readonly lastFileNumber: number;
};

export type FreeFile = { readonly file: string; readonly fd: number; readonly sizeBytes: number };

export function createSegmentRing(options: RingOptions): SegmentRing {
  const { folder, disk, segmentBytes } = options;
  const inUse: Segment[] = [...options.inUse];
  const freeFiles: FreeFile[] = [...options.freeFiles];
  let generation = options.lastGeneration;
  let fileNumber = options.lastFileNumber;
  let active: Segment | undefined;

  async function takeFile(capacityBytes: number): Promise<FreeFile> {
    const reusable = capacityBytes === segmentBytes ? freeFiles.shift() : undefined;
    if (reusable !== undefined) return reusable;
    const name = segmentFileName(++fileNumber);
    const file = join(folder, name);
    const fd = await disk.open(file, true);
    return { file: name, fd, sizeBytes: 0 };
  }

  async function roll(bytes: number, previousSequence: number): Promise<Segment> {
    active = undefined;
    const capacityBytes = Math.max(segmentBytes, SEGMENT_HEADER_BYTES + bytes);
    const { file, fd, sizeBytes } = await takeFile(capacityBytes);
    const header = {
      generation: ++generation, // never given twice, even when this use fails
      stamp: Uint8Array.from(randomBytes(STAMP_BYTES)),
      previousSequence,
      previousGeneration: inUse.at(-1)?.generation ?? 0,
      oldestGeneration: inUse[0]?.generation ?? generation,
    };
    try {
      await disk.write(fd, [encodeSegmentHeader(header)], 0);
      await disk.sync(fd);
      if (sizeBytes === 0) await disk.syncFolder(folder);
    } catch (error) {
      // Whatever its first bytes say now, it holds no record of this use: it may be taken again, or is found free.
      freeFiles.unshift({ file, fd, sizeBytes: 0 });
      throw error;
    }
    active = {
      ...header,
      file,
      fd,
      capacityBytes,
      endBytes: SEGMENT_HEADER_BYTES,
      liveMessages: 0,
      liveBytes: 0,
      isAbandoned: false,
    };
    inUse.push(active);
    return active;
  }

  async function discard(file: string, fd: number): Promise<void> {
    await disk.close(fd);
    await disk.remove(join(folder, file));
    await disk.syncFolder(folder); // files go in order, on the disk too
  }

  return {
    inUse,
    get diskBytes() {
      let bytes = 0;
      for (const segment of inUse) bytes += segment.endBytes;
      for (const file of freeFiles) bytes += file.sizeBytes;
      return bytes;
    },
    roomFor(bytes, lastSequence) {
      if (active !== undefined && active.endBytes + bytes <= active.capacityBytes)
        return Promise.resolve(active);
      return roll(bytes, lastSequence);
    },
    retire() {
      active = undefined;
    },
    async free() {
      for (let oldest = inUse[0]; oldest !== undefined; oldest = inUse[0]) {
        if (oldest === active || oldest.liveMessages > 0) return;
        inUse.shift();
        const isReusable = !oldest.isAbandoned && oldest.capacityBytes === segmentBytes;
        // In order here too: a freed file that outlived a newer one would bring back what that one said is removed.
        while (freeFiles.length >= (isReusable ? FREE_SEGMENTS_MAX : 1)) {
          const first = freeFiles.shift() as FreeFile;
          await discard(first.file, first.fd);
        }
        if (isReusable) freeFiles.push({ file: oldest.file, fd: oldest.fd, sizeBytes: oldest.endBytes });
        else await discard(oldest.file, oldest.fd);
      }
    },
    async close() {
      for (const { fd } of [...inUse, ...freeFiles]) await disk.close(fd);
      inUse.length = 0;
      freeFiles.length = 0;
    },
  };
}

/** `000007.segment` */
export function segmentFileName(number: number): string {
  return `${String(number).padStart(6, "0")}.segment`;
}

/** The number in a segment's file name, or undefined when it is another kind of file. */
export function parseSegmentFileName(name: string): number | undefined {
  const match = /^(\d{6,})\.segment$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
