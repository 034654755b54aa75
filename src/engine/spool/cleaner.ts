/**
 * Empties the oldest segment: copies what is alive in it to the front of the log, a bounded piece at a time, through
 * the same commits as everything else. A message removed meanwhile stays removed; a copy that fails is tried again
 * by the next cleaning.
 */
import { encodeRecord } from "./record.ts";
import type { Pending } from "./group-commit.ts";
import type { Entry } from "./recovery.ts";
import type { Segment } from "./segment.ts";

/** Limit: bytes copied between two looks at the clock, so that cleaning never stands in the way of mail. */
const PIECE_BYTES_MAX = 1024 * 1024;

export type CleaningJob = {
  readonly oldest: Segment;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly enqueue: (item: Pending) => void;
  readonly readEntry: (entry: Entry) => Promise<{ note: Uint8Array; content: Buffer }>;
};

export async function cleanOldest({ oldest, entries, enqueue, readEntry }: CleaningJob): Promise<void> {
  const living: Entry[] = [];
  for (const entry of entries.values()) if (entry.segment === oldest) living.push(entry);
  let copies: Promise<void>[] = [];
  let bytes = 0;
  for (const entry of living) {
    if (entries.get(entry.id) !== entry) continue;
    try {
      const { noteSegment, noteAt } = entry;
      const { note, content } = await readEntry(entry);
      // Looked at again after the wait: the copy must carry the latest note. The next cleaning takes those left out.
      const isChanged = entry.noteSegment !== noteSegment || entry.noteAt !== noteAt || entry.updating > 0;
      if (isChanged || entries.get(entry.id) !== entry) continue;
      copies.push(copyForward({ entry, note, content, entries, enqueue }));
      bytes += entry.contentBytes;
    } catch {
      return; // unreadable: the segment stays, and recovery will report it
    }
    if (bytes >= PIECE_BYTES_MAX) {
      await Promise.all(copies);
      copies = [];
      bytes = 0;
    }
  }
  await Promise.all(copies);
}

type Copy = Pick<CleaningJob, "entries" | "enqueue"> & {
  readonly entry: Entry;
  readonly note: Uint8Array;
  readonly content: Buffer;
};

function copyForward({ entry, note, content, entries, enqueue }: Copy): Promise<void> {
  const { head, contentBytes } = encodeRecord("message", entry.id, note, [content]);
  return new Promise((resolve) => {
    enqueue({
      head,
      content: [content],
      bytes: head.length + contentBytes,
      // Removed since: a copy behind its own removal in the log would come back to life.
      isStale: () => entries.get(entry.id) !== entry,
      settle(segment, at) {
        if (entries.get(entry.id) === entry) moveEntry(entry, segment, at, note.length);
        resolve();
      },
      refuse: () => resolve(),
    });
  });
}

function moveEntry(entry: Entry, to: Segment, at: number, noteBytes: number): void {
  entry.segment.liveMessages--;
  entry.segment.liveBytes -= entry.contentBytes;
  to.liveMessages++;
  to.liveBytes += entry.contentBytes;
  entry.segment = to;
  entry.at = at;
  entry.noteBytes = noteBytes;
  entry.noteSegment = undefined;
}
