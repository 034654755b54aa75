/**
 * The queue's disk as a port: messages with a small mutable note each. `engine/spool` keeps them in a segmented log
 * with shared syncs; the lab's simulation keeps them in memory.
 */

export type SpooledMessage = { readonly id: string; readonly note: Uint8Array; readonly sizeBytes: number };

export type Spool = {
  /** Everything that survived, oldest first. Called once, before anything else. */
  open(): Promise<readonly SpooledMessage[]>;
  /**
   * Resolves when note and content are both on disk, together or not at all. Everyone who waits shares one sync.
   * Rejects with Fault "diskFull", "readOnly" or "io", and then nothing was kept.
   */
  add(id: string, note: Uint8Array, content: readonly Uint8Array[]): Promise<void>;
  /** Replaces the note. Resolves when on disk. */
  update(id: string, note: Uint8Array): Promise<void>;
  /**
   * Forgets the message. Needs no sync of its own: it rides on the next one, and a message whose removal was lost
   * in a crash comes back with its last note.
   */
  remove(id: string): void;
  /** The content as it was added. */
  read(id: string): Promise<Uint8Array>;
  readonly stats: { readonly messages: number; readonly contentBytes: number; readonly diskBytes: number };
  /** Writes out what waits and lets go of the files. */
  close(): Promise<void>;
};
