/** The latest contents, kept so that a delivery right after acceptance reads no disk. Bounded; the oldest goes first. */
import { concatBytes } from "../../base/bytes.ts";

/** A chunk may be a view that keeps its whole buffer alive: counted up to what one socket read can hold. */
const BUFFER_BYTES_MAX = 65_536;

type Held = { readonly chunks: readonly Uint8Array[]; readonly heldBytes: number };

export type ContentCache = {
  put(id: string, chunks: readonly Uint8Array[]): void;
  get(id: string): Uint8Array | undefined;
  remove(id: string): void;
};

export function createContentCache(bytesMax: number): ContentCache {
  const held = new Map<string, Held>();
  let totalBytes = 0;

  function remove(id: string): void {
    const content = held.get(id);
    if (content === undefined) return;
    totalBytes -= content.heldBytes;
    held.delete(id);
  }

  return {
    put(id, chunks) {
      let heldBytes = 0;
      for (const chunk of chunks) {
        heldBytes += Math.max(chunk.length, Math.min(chunk.buffer.byteLength, BUFFER_BYTES_MAX));
      }
      if (heldBytes > bytesMax) return;
      held.set(id, { chunks, heldBytes });
      totalBytes += heldBytes;
      while (totalBytes > bytesMax) {
        const [oldest] = held.keys();
        if (oldest === undefined) break;
        remove(oldest);
      }
    },
    get(id) {
      const content = held.get(id);
      return content === undefined ? undefined : concatBytes(content.chunks);
    },
    remove,
  };
}
