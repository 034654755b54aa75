/**
 * What a connection still has to say. Answers of one turn leave in one write; a big answer leaves in slices, and waits
 * for the client between them, so that neither memory nor the event loop suffers. At rest it holds no buffer.
 */
import type { Connection } from "../../base/network.ts";
import { ImapWriter } from "../../protocol/imap/writer.ts";

/** Limit: a slice of a long answer; large enough that a write costs nothing beside it. */
const SLICE_BYTES = 262_144;
/** Pieces of messages above this go out as they are, not by way of the writer. */
const COPY_BYTES_MAX = 8_192;

/** Takes bytes on their way out, and gives back what leaves instead (RFC 4978). */
export type Squeeze = (bytes: Uint8Array) => Uint8Array;

export class ImapOutput {
  readonly writer = new ImapWriter();
  squeeze: Squeeze | undefined;
  readonly #connection: Connection;
  readonly #bufferedBytesMax: number;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(connection: Connection, bufferedBytesMax: number) {
    this.#connection = connection;
    this.#bufferedBytesMax = bufferedBytesMax;
  }

  /** The client takes no more: nobody should go to any trouble for it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A slice is full: the moment to `await pace()`. */
  get isFull(): boolean {
    return this.writer.length >= SLICE_BYTES || this.#connection.bufferedBytes >= SLICE_BYTES;
  }

  /** Bytes as they are; nobody may change them afterwards. */
  piece(bytes: Uint8Array): void {
    if (bytes.length <= COPY_BYTES_MAX || this.squeeze !== undefined) {
      this.writer.bytes(bytes);
      return;
    }
    this.flush();
    this.#connection.write(bytes);
  }

  flush(): void {
    if (this.writer.length === 0) return;
    const bytes = this.writer.take();
    this.#connection.write(this.squeeze === undefined ? bytes : this.squeeze(bytes));
  }

  /** Hands over what is written, and waits while the client has too much unread. */
  async pace(): Promise<void> {
    this.flush();
    while (!this.#isClosed && this.#connection.bufferedBytes >= SLICE_BYTES) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  get isOverfull(): boolean {
    return this.#connection.bufferedBytes >= this.#bufferedBytesMax;
  }

  drained(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  close(): void {
    this.#isClosed = true;
    this.writer.take();
    this.drained();
  }
}
