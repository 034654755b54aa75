/**
 * One direction of a faulty connection: things go in at once and come out late, slowly or in pieces, always in order.
 * What has neither delay nor rate nor slices is not kept for a moment. Never loses anything but by `clear`.
 */
import type { Clock, Timer } from "../../base/clock.ts";

export type Pace = {
  readonly delayMs?: number | undefined;
  readonly bytesPerSecond?: number | undefined;
  readonly sliceBytes?: number | undefined;
};

export type LaneEnd = {
  bytes(bytes: Uint8Array): void;
  /** Marks come out in their place among the bytes. */
  mark(run: () => void): void;
  /** Nothing is inside any more. */
  empty(): void;
};

/** Limit: a throttled stream without slices moves this often, so that it is slow but even. */
const SLICE_EVERY_MS = 100;

type Item = { readonly bytes: Uint8Array | undefined; readonly run: () => void; readonly dueAt: number };

export class Lane {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #end: LaneEnd;
  readonly #sliceBytes: number;
  readonly #isDirect: boolean;
  #items: Item[] = [];
  #head = 0;
  #timer: Timer | undefined;
  #freeAt = 0;
  #isHeld = false;
  queuedBytes = 0;

  constructor(clock: Clock, pace: Pace, end: LaneEnd) {
    const { delayMs = 0, bytesPerSecond, sliceBytes } = pace;
    this.#clock = clock;
    this.#pace = pace;
    this.#end = end;
    this.#isDirect = delayMs === 0 && bytesPerSecond === undefined && sliceBytes === undefined;
    const perTick =
      bytesPerSecond === undefined ? Infinity : Math.ceil((bytesPerSecond * SLICE_EVERY_MS) / 1_000);
    this.#sliceBytes = Math.max(1, sliceBytes ?? perTick);
  }

  get isEmpty(): boolean {
    return this.#head === this.#items.length;
  }

  push(bytes: Uint8Array): void {
    if (this.#isDirect && this.isEmpty && !this.#isHeld) {
      this.#end.bytes(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; at += this.#sliceBytes)
      this.#add(bytes.subarray(at, Math.min(bytes.length, at + this.#sliceBytes)));
    this.#schedule();
  }

  mark(run: () => void): void {
    if (this.#isDirect && this.isEmpty && !this.#isHeld) {
      this.#end.mark(run);
      return;
    }
    this.#add(undefined, run);
    this.#schedule();
  }

  /** Nothing comes out until `release`. */
  hold(): void {
    this.#isHeld = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#schedule();
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#items = [];
    this.#head = 0;
    this.queuedBytes = 0;
  }

  #add(bytes: Uint8Array | undefined, run: () => void = () => undefined): void {
    const { delayMs = 0, bytesPerSecond } = this.#pace;
    const length = bytes?.length ?? 0;
    // The bytes take their time on the line, one slice after another, and then the delay.
    const startAt = Math.max(this.#clock.now(), this.#freeAt);
    this.#freeAt = startAt + (bytesPerSecond === undefined ? 0 : (length * 1_000) / bytesPerSecond);
    this.#items.push({ bytes, run, dueAt: this.#freeAt + delayMs });
    this.queuedBytes += length;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isHeld || this.isEmpty) return;
    const dueAt = this.#items[this.#head]?.dueAt ?? 0;
    this.#timer = this.#clock.after(Math.max(0, dueAt - this.#clock.now()), () => this.#next());
  }

  #next(): void {
    this.#timer = undefined;
    const item = this.#items[this.#head];
    if (item === undefined) return;
    this.#head++;
    if (this.isEmpty) {
      this.#items = [];
      this.#head = 0;
    }
    this.queuedBytes -= item.bytes?.length ?? 0;
    if (item.bytes === undefined) this.#end.mark(item.run);
    else this.#end.bytes(item.bytes);
    if (this.isEmpty) this.#end.empty();
    else this.#schedule();
  }
}
