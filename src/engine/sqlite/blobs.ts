/**
 * The bytes of messages: once for all who hold the same, as far as they come one soon after the other (a message to
 * many recipients) or one is known to be a copy. Who holds bytes alone is counted nowhere. Inside the caller's
 * transaction; throws what SQLite throws.
 */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Limit: latest bytes that are known by their hash, in memory: an index of all would cost every message a page. */
const RECENT_MAX = 1_024;

export type Blobs = {
  /** Its id; one more holds it now. `copyOf`: where the same bytes may be. */
  hold(content: Uint8Array, copyOf: number | undefined): number;
  /** One less holds it; bytes that nobody holds go. */
  release(blobId: number): void;
};

export function createBlobs(database: DatabaseSync): Blobs {
  const add = database.prepare("INSERT INTO blob (sha256, bytes) VALUES (?, ?)");
  const isSame = database.prepare("SELECT 1 FROM blob WHERE id = ? AND sha256 = ?");
  const remove = database.prepare("DELETE FROM blob WHERE id = ?");
  const share = database.prepare(
    "INSERT INTO sharedBlob VALUES (?, 2) ON CONFLICT DO UPDATE SET holders = holders + 1",
  );
  const leave = database.prepare(
    "UPDATE sharedBlob SET holders = holders - 1 WHERE blobId = ? RETURNING holders",
  );
  const unshare = database.prepare("DELETE FROM sharedBlob WHERE blobId = ?");
  /** Hash to id. A hint: what a transaction took back, or somebody removed, is still in it. */
  const recent = new Map<string, number>();

  return {
    hold(content, copyOf) {
      const sha256 = hash("sha256", content, "buffer");
      const key = sha256.toString("latin1");
      for (const known of [copyOf, recent.get(key)]) {
        if (known === undefined || isSame.get(known, sha256) === undefined) continue;
        share.run(known);
        return known;
      }
      const id = Number(add.run(sha256, content).lastInsertRowid);
      recent.delete(key);
      recent.set(key, id);
      if (recent.size > RECENT_MAX) recent.delete(recent.keys().next().value as string);
      return id;
    },
    release(blobId) {
      const holders = leave.get(blobId)?.["holders"];
      if (holders === undefined) remove.run(blobId);
      else if (holders === 1) unshare.run(blobId);
    },
  };
}
