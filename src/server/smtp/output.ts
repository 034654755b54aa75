/**
 * What a connection still has to say: replies of one turn leave in one write. A lab's fault can slow it down or cut it
 * into slices; without one that costs a single comparison.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { Connection } from "../../base/network.ts";

/** Limit: a slice leaves this often, so that a throttled reply is slow but even. */
const SLICE_EVERY_MS = 100;

export class SmtpOutput {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #text = "";
  #sliceBytes = 0;
  #everyMs = 0;
  #slow: Buffer = Buffer.alloc(0);
  #timer: Timer | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Bytes the client has not taken yet. */
  get bufferedBytes(): number {
    return this.#connection.bufferedBytes + this.#slow.length;
  }

  say(text: string): void {
    this.#text = this.#text === "" ? text : this.#text + text;
  }

  flush(): void {
    if (this.#text === "") return;
    const bytes = Buffer.from(this.#text, "utf8");
    this.#text = "";
    if (this.#sliceBytes === 0) {
      this.#connection.write(bytes);
      return;
    }
    this.#slow = Buffer.concat([this.#slow, bytes]);
    this.#timer ??= this.#clock.after(0, () => this.#slice());
  }

  slowDown(bytesPerSecond: number | undefined, sliceBytes: number | undefined): void {
    const perSlice = bytesPerSecond === undefined ? 1 : Math.ceil((bytesPerSecond * SLICE_EVERY_MS) / 1_000);
    this.#sliceBytes = Math.max(1, sliceBytes ?? perSlice);
    this.#everyMs =
      bytesPerSecond === undefined ? 0 : (this.#sliceBytes * 1_000) / Math.max(1, bytesPerSecond);
  }

  /** Runs once all has been handed to the connection. */
  afterFlush(run: () => void): void {
    this.flush();
    if (this.#slow.length === 0) run();
    else this.#whenEmpty = run;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#slow = Buffer.alloc(0);
    this.#whenEmpty = undefined;
  }

  #slice(): void {
    this.#timer = undefined;
    this.#connection.write(this.#slow.subarray(0, this.#sliceBytes));
    this.#slow = this.#slow.subarray(this.#sliceBytes);
    if (this.#slow.length > 0) this.#timer = this.#clock.after(this.#everyMs, () => this.#slice());
    else this.#whenEmpty?.();
  }
}
