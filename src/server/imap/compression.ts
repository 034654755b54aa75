/**
 * COMPRESS=DEFLATE (RFC 4978). What goes out is squeezed turn by turn, each turn a run of blocks that end on an octet
 * (Z_SYNC_FLUSH) and refer to nothing before them: a valid stream that needs no memory between turns. What comes in
 * goes through one inflater, whose octets arrive in later turns, in order.
 */
import { constants, createInflateRaw, deflateRawSync } from "node:zlib";

export type Inflater = {
  write(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
  close(): void;
};

/** Limit: what the inflater hands on at once. */
const CHUNK_BYTES = 16_384;

export function squeezeTurn(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, level: 5 });
}

/** `broken`: what came is not DEFLATE; nothing follows. */
export function createInflater(plain: (bytes: Uint8Array) => void, broken: () => void): Inflater {
  const stream = createInflateRaw({ chunkSize: CHUNK_BYTES, flush: constants.Z_SYNC_FLUSH });
  stream.on("data", plain);
  stream.on("error", broken);
  return {
    write: (bytes) => void stream.write(bytes),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close: () => void stream.destroy(),
  };
}
