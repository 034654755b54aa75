/**
 * A connection of the machine, shown with the lab's virtual endpoints. It hands everything through and counts what
 * happens; it never changes a byte. `closed` is told exactly once, also to a handler that comes late.
 */
import type { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, EndOptions, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "../../base/tls.ts";
import type { LoopbackActivity } from "./loopback-activity.ts";

export type ShownEndpoints = { readonly local: Endpoint; readonly remote: Endpoint };

export class LoopbackConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #inner: Connection;
  readonly #activity: LoopbackActivity;
  /** The inner connection calls us already: somebody read a preamble from it, and it is paused. */
  #isAttached: boolean;
  #handler: ConnectionHandler | undefined = undefined;
  #isClosed = false;
  #fault: Fault | undefined = undefined;

  constructor(inner: Connection, shown: ShownEndpoints, activity: LoopbackActivity, wasRead = false) {
    this.#inner = inner;
    this.local = shown.local;
    this.remote = shown.remote;
    this.#activity = activity;
    this.#isAttached = wasRead;
    activity.count++;
    if (wasRead) inner.attach(this.#listener);
  }

  get tls(): TlsInfo | undefined {
    return this.#inner.tls;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  attach(handler: ConnectionHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    if (this.#isClosed) {
      setImmediate(() => this.#handler?.closed(this.#fault));
    } else if (this.#isAttached) {
      this.#inner.resume();
    } else {
      this.#isAttached = true;
      this.#inner.attach(this.#listener);
    }
  }

  write(bytes: Uint8Array): boolean {
    this.#activity.count++;
    return this.#inner.write(bytes);
  }

  cork(): void {
    this.#inner.cork();
  }

  uncork(): void {
    this.#inner.uncork();
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    if (this.#handler !== undefined || !this.#isAttached) this.#inner.resume();
  }

  end(options?: EndOptions): void {
    this.#activity.count++;
    this.#inner.end(options);
  }

  destroy(): void {
    this.#activity.count++;
    this.#inner.destroy();
  }

  async startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    this.#activity.count++;
    try {
      const info = await this.#inner.startTls(options);
      // The first handler of ours is yet to come, and the inner connection would let bytes flow to nobody.
      if (this.#handler === undefined && this.#isAttached) this.#inner.pause();
      return info;
    } finally {
      this.#activity.count++;
    }
  }

  readonly #listener: ConnectionHandler = {
    data: (bytes) => {
      this.#activity.count++;
      this.#handler?.data(bytes);
    },
    end: () => {
      this.#activity.count++;
      this.#handler?.end();
    },
    drain: () => {
      this.#activity.count++;
      this.#handler?.drain?.();
    },
    closed: (fault) => {
      this.#activity.count++;
      this.#isClosed = true;
      this.#fault = fault;
      this.#handler?.closed(fault);
    },
  };
}
