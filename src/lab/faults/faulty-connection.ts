/**
 * A connection through which a link's fault is felt: late, slow, sliced, cut after so many bytes, or with STARTTLS
 * stripped. To whoever holds it, it is a Connection like another. It loses bytes only when it is cut or torn down.
 */
import type { Clock } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, EndOptions, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsIdentity, TlsInfo, TlsServerOptions } from "../../base/tls.ts";
import type { FaultAction } from "./fault.ts";
import { Lane } from "./lane.ts";
import { StarttlsStripper } from "./starttls-stripper.ts";

/** Limit: bytes held in one direction before the writer is told to wait. */
const LANE_BYTES_MAX = 65_536;

export type ConnectionTrouble = {
  readonly clock: Clock;
  readonly action: FaultAction;
  /** Which side of the conversation holds this end. */
  readonly role: "client" | "server";
  /** What a server shows instead of its certificate. */
  readonly identity?: ((good: TlsIdentity) => TlsIdentity) | undefined;
};

export class FaultyConnection implements Connection {
  readonly #inner: Connection;
  readonly #trouble: ConnectionTrouble;
  readonly #out: Lane;
  readonly #in: Lane;
  readonly #strippers: { readonly out: StarttlsStripper; readonly in: StarttlsStripper } | undefined;
  #handler: ConnectionHandler | undefined;
  /** Bytes that may still pass before the connection is cut. */
  #leftBytes: number;
  #isCut = false;
  #isFull = false;
  #isPaused = false;
  #isTornDown = false;
  #endTold = false;
  #whenSent: (() => void) | undefined;

  constructor(inner: Connection, trouble: ConnectionTrouble) {
    const { clock, action, role } = trouble;
    this.#inner = inner;
    this.#trouble = trouble;
    const pace = {
      delayMs: action.delayMs,
      bytesPerSecond: action.throttleBytesPerSecond,
      sliceBytes: action.sliceBytes,
    };
    const mark = (run: () => void): void => run();
    this.#out = new Lane(clock, pace, {
      bytes: (bytes) => void inner.write(bytes),
      mark,
      empty: () => this.#sent(),
    });
    this.#in = new Lane(clock, pace, {
      bytes: (bytes) => this.#handler?.data(bytes),
      mark,
      empty: () => this.#read(),
    });
    const [sent, heard] =
      role === "client" ? (["commands", "replies"] as const) : (["replies", "commands"] as const);
    this.#strippers =
      action.tls === "strip"
        ? { out: new StarttlsStripper(sent), in: new StarttlsStripper(heard) }
        : undefined;
    this.#leftBytes = action.limitBytes ?? (action.cut === undefined ? Infinity : 0);
  }

  get local(): Endpoint {
    return this.#inner.local;
  }

  get remote(): Endpoint {
    return this.#inner.remote;
  }

  get tls(): TlsInfo | undefined {
    return this.#inner.tls;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes + this.#out.queuedBytes;
  }

  attach(handler: ConnectionHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    this.#inner.attach({
      data: (bytes) => this.#heard(bytes),
      end: () => this.#ended(),
      drain: () => this.#sent(),
      closed: (fault) => this.#closed(fault),
    });
    if (this.#leftBytes === 0) this.#trouble.clock.after(0, () => this.#cut());
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isCut || this.#isTornDown) return false;
    const passing = this.#pass(this.#strip("out", bytes));
    if (passing.length > 0) this.#out.push(passing);
    if (this.#leftBytes === 0) this.#out.mark(() => this.#cut());
    this.#isFull = this.bufferedBytes > LANE_BYTES_MAX;
    return !this.#isFull;
  }

  cork(): void {
    this.#inner.cork();
  }

  uncork(): void {
    this.#inner.uncork();
  }

  pause(): void {
    this.#isPaused = true;
    this.#in.hold();
    this.#inner.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#in.release();
    if (this.#in.queuedBytes <= LANE_BYTES_MAX) this.#inner.resume();
  }

  end(options?: EndOptions): void {
    if (this.#isCut) return;
    const rest = this.#strippers?.out.end();
    if (rest !== undefined && rest.length > 0) this.#out.push(rest);
    this.#out.mark(() => this.#inner.end(options));
  }

  destroy(): void {
    this.#isTornDown = true;
    this.#out.clear();
    this.#in.clear();
    this.#inner.destroy();
  }

  async startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    if (!this.#out.isEmpty) await new Promise<void>((resolve) => (this.#whenSent = resolve));
    // Plaintext still on its way must not come out behind the handshake, as if it had been encrypted.
    this.#in.clear();
    const { identity } = this.#trouble;
    const shown =
      options.role === "server" && identity !== undefined
        ? { ...options, identity: identity(options.identity) }
        : options;
    const info = await this.#inner.startTls(shown);
    this.#isPaused = false;
    this.#in.release();
    return info;
  }

  #strip(direction: "out" | "in", bytes: Uint8Array): Uint8Array {
    const stripper = this.#strippers?.[direction];
    return stripper === undefined || this.#inner.tls !== undefined ? bytes : stripper.push(bytes);
  }

  /** What the limit lets through of these bytes. */
  #pass(bytes: Uint8Array): Uint8Array {
    const passing = bytes.length <= this.#leftBytes ? bytes : bytes.subarray(0, this.#leftBytes);
    this.#leftBytes -= passing.length;
    return passing;
  }

  #heard(bytes: Uint8Array): void {
    if (this.#isCut || this.#isTornDown) return;
    const passing = this.#pass(this.#strip("in", bytes));
    if (passing.length > 0) this.#in.push(passing);
    if (this.#leftBytes === 0) this.#in.mark(() => this.#cut());
    if (this.#in.queuedBytes > LANE_BYTES_MAX) this.#inner.pause();
  }

  #ended(): void {
    if (this.#isCut) return; // the handler heard of an end already
    const rest = this.#strippers?.in.end();
    if (rest !== undefined && rest.length > 0) this.#in.push(rest);
    this.#in.mark(() => this.#tellEnd());
  }

  #closed(fault: Fault | undefined): void {
    this.#out.clear();
    const shown = this.#isCut && this.#trouble.action.cut === "reset" ? resetFault(this.remote) : fault;
    const tell = (): void => this.#handler?.closed(shown);
    this.#whenSent?.(); // a handshake that waits for its turn finds the connection closed
    if (fault === undefined && !this.#isCut) this.#in.mark(tell);
    else {
      this.#in.clear();
      tell();
    }
  }

  /** Both sides see it end: by RST, or by FIN as if the other had said goodbye. */
  #cut(): void {
    if (this.#isCut || this.#isTornDown) return;
    this.#isCut = true;
    this.#out.clear();
    this.#in.clear();
    if (this.#trouble.action.cut === "reset") {
      this.#inner.destroy();
      return;
    }
    this.#inner.end();
    this.#inner.resume();
    this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#endTold) return;
    this.#endTold = true;
    this.#handler?.end();
  }

  #sent(): void {
    if (!this.#out.isEmpty) return;
    this.#whenSent?.();
    this.#whenSent = undefined;
    if (!this.#isFull || this.#inner.bufferedBytes > 0) return;
    this.#isFull = false;
    this.#handler?.drain?.();
  }

  #read(): void {
    if (!this.#isPaused && !this.#isCut) this.#inner.resume();
  }
}

function resetFault(remote: Endpoint): Fault {
  return new Fault("reset", `${remote.address} broke the connection`);
}
