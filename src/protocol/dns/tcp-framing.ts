/**
 * Messages over a stream: two bytes of length before each (RFC 1035 §4.2.2). The fragmenter finds boundaries and
 * parses nothing, so a bad message never desynchronises the stream. It holds at most one message, 64 KiB.
 */
import { EMPTY_BYTES, concatBytes } from "../../base/bytes.ts";

export type TcpFragmenter = {
  /** Takes any piece of the stream; returns the messages now complete. */
  push(chunk: Uint8Array): Uint8Array[];
  /** Bytes held of a message that is not complete. */
  readonly pendingBytes: number;
};

export function createTcpFragmenter(): TcpFragmenter {
  let pending = EMPTY_BYTES;
  return {
    push(chunk) {
      const bytes = pending.length === 0 ? chunk : concatBytes([pending, chunk]);
      const messages: Uint8Array[] = [];
      let at = 0;
      while (bytes.length - at >= 2) {
        const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
        if (bytes.length - at - 2 < length) break;
        messages.push(bytes.subarray(at + 2, at + 2 + length));
        at += 2 + length;
      }
      pending = at === bytes.length ? EMPTY_BYTES : new Uint8Array(bytes.subarray(at));
      return messages;
    },
    get pendingBytes() {
      return pending.length;
    },
  };
}

/** The message with its length in front. */
export function frameTcp(message: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(message.length + 2);
  framed.writeUInt16BE(message.length, 0);
  framed.set(message, 2);
  return framed;
}
