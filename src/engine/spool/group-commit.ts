/**
 * Group commit: while one sync is in flight everything that comes gathers into the next batch. A batch is settled
 * when it is on disk, or refused whole with the disk's Fault; the next one is tried all the same.
 */
import { EMPTY_BYTES } from "../../base/bytes.ts";
import { Fault } from "../../base/fault.ts";
import type { Disk } from "../files/disk.ts";
import { encodeRecord, encodeRemovals, sealRecord } from "./record.ts";
import type { SegmentRing } from "./segment-ring.ts";
import { SEGMENT_HEADER_BYTES, type Segment } from "./segment.ts";

/** Limit: what one sync takes; a longer wait for all would not buy more throughput. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** Limit: what may wait for the disk at all, so that a disk that hangs does not eat the memory. */
const PENDING_BYTES_MAX = 256 * 1024 * 1024;
/** A removal waits for the next sync, at most this long. */
const REMOVAL_DELAY_MS = 500;

/** Something that waits for a sync. */
export type Pending = {
  readonly head: Buffer;
  readonly content: readonly Uint8Array[];
  readonly bytes: number;
  /** Nobody wants it any more: left out, and refused. */
  readonly isStale?: () => boolean;
  /** It is on disk, at this place. */
  readonly settle: (segment: Segment, at: number) => void;
  readonly refuse: (fault: unknown) => void;
};

export type GroupCommit = {
  /** Why nothing more can wait, or undefined. */
  refusal(bytes: number): Fault | undefined;
  enqueue(item: Pending): void;
  /** Rides on the next sync, or makes one of its own after a while. */
  remove(id: string): void;
  /** Writes out what waits; nothing is taken afterwards. */
  close(): Promise<void>;
};

export type GroupCommitOptions = {
  readonly disk: Disk;
  readonly ring: SegmentRing;
  readonly segmentBytes: number;
  readonly lastSequence: number;
  readonly committed: () => void;
};

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { disk, ring, committed } = options;
  const batchBytesMax = Math.min(BATCH_BYTES_MAX, options.segmentBytes - SEGMENT_HEADER_BYTES);
  let pending: Pending[] = [];
  let pendingBytes = 0;
  let removals: string[] = [];
  let sequence = options.lastSequence; // the last one given
  let synced = options.lastSequence; // the last one on disk
  let flushing: Promise<void> | undefined;
  let removalTimer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function flush(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve)); // everything of this turn shares one sync
      await commit();
    } while (pending.length > 0);
    flushing = undefined;
    if (removals.length > 0) flushRemovalsLater();
  }

  /** As many as one sync takes, in order; always at least one when there is one. */
  function takeBatch(): Pending[] {
    const items: Pending[] = [];
    let bytes = 0;
    let count = 0;
    for (const item of pending) {
      if (items.length > 0 && bytes + item.bytes > batchBytesMax) break;
      count++;
      pendingBytes -= item.bytes;
      if (item.isStale?.() === true) {
        item.refuse(undefined);
        continue;
      }
      items.push(item);
      bytes += item.bytes;
    }
    pending = count === pending.length ? [] : pending.slice(count);
    return items;
  }

  function takeRemovals(): Pending {
    const ids = removals;
    removals = [];
    const refuse = (): void => {
      removals = [...ids, ...removals];
      flushRemovalsLater();
    };
    const content = [encodeRemovals(ids)];
    const { head, contentBytes } = encodeRecord("removals", "", EMPTY_BYTES, content);
    return { head, content, bytes: head.length + contentBytes, settle: () => undefined, refuse };
  }

  async function commit(): Promise<void> {
    const items = takeBatch();
    if (removals.length > 0) items.push(takeRemovals());
    if (items.length === 0) return;
    try {
      await write(items);
    } catch (fault) {
      for (const item of items) item.refuse(fault);
      return;
    }
    await ring.free().catch(() => undefined); // it is tried again after the next commit
    committed();
  }

  async function write(items: readonly Pending[]): Promise<void> {
    let bytes = 0;
    for (const item of items) bytes += item.bytes;
    const segment = await ring.roomFor(bytes, synced);
    const chunks: Uint8Array[] = [];
    for (const { head, content } of items) {
      sealRecord(head, segment.stamp, ++sequence, synced);
      chunks.push(head);
      for (const chunk of content) if (chunk.length > 0) chunks.push(chunk);
    }
    await writeOrAbandon(segment, chunks);
    synced = sequence;
    for (const item of items) {
      const at = segment.endBytes;
      segment.endBytes += item.bytes;
      item.settle(segment, at);
    }
  }

  async function writeOrAbandon(segment: Segment, chunks: readonly Uint8Array[]): Promise<void> {
    let isWritten = false;
    try {
      await disk.write(segment.fd, chunks, segment.endBytes);
      isWritten = true;
      await disk.sync(segment.fd);
    } catch (error) {
      // After a failed sync the kernel may call clean what never reached the disk: this file is not trusted again.
      const isRefusal = error instanceof Fault && (error.kind === "diskFull" || error.kind === "readOnly");
      if (isWritten || !isRefusal) {
        segment.isAbandoned = true;
        ring.retire();
      }
      throw error;
    }
  }

  function flushRemovalsLater(): void {
    if (removalTimer !== undefined || isClosed) return;
    removalTimer = setTimeout(() => {
      removalTimer = undefined;
      if (removals.length > 0) flushing ??= flush();
    }, REMOVAL_DELAY_MS);
    removalTimer.unref();
  }

  return {
    refusal(bytes) {
      if (isClosed) return new Fault("closed", "the spool is closed");
      if (pendingBytes + bytes > PENDING_BYTES_MAX)
        return new Fault("overload", "too much waits for the disk");
      return undefined;
    },
    enqueue(item) {
      pending.push(item);
      pendingBytes += item.bytes;
      flushing ??= flush();
    },
    remove(id) {
      removals.push(id);
      if (flushing === undefined) flushRemovalsLater();
    },
    async close() {
      isClosed = true;
      clearTimeout(removalTimer);
      await flushing;
      if (removals.length > 0) await flush();
    },
  };
}
