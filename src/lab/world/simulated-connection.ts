/**
 * One end of a simulated stream. What is sent travels as items on a wire to the other end, one latency later and in
 * order; an end that is paused, or that nobody attached to, keeps them until it is asked. Bytes not yet taken by the
 * peer count as buffered. It tells `closed` exactly once, in an event of its own.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsIdentity, TlsInfo, TlsServerOptions } from "../../base/tls.ts";
import { clientTlsInfo, serverTlsInfo } from "./simulated-tls.ts";

/** Limit: bytes on the way before `write` says no, as the system's own buffers would. */
const BUFFERED_BYTES_MAX = 65_536;

/** What travels. Handshake items stand for the records that real TLS would send. */
type Item =
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "end" }
  | { kind: "clientHello"; client: TlsClientOptions }
  | { kind: "serverHello"; identity: TlsIdentity }
  | { kind: "finished" };

type Handshake = {
  readonly options: TlsServerOptions | TlsClientOptions;
  readonly deadline: Timer;
  client: TlsClientOptions | undefined;
  resolve(info: TlsInfo): void;
  reject(fault: Fault): void;
};

/** What a server without TLS would read of a ClientHello: a record header and nothing it understands. */
const CLIENT_HELLO_IN_CLEAR = Uint8Array.of(0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00);

export type Wire = { readonly clock: Clock; readonly latencyMs: number };

export class SimulatedConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  tls: TlsInfo | undefined = undefined;
  bufferedBytes = 0;
  peer: SimulatedConnection | undefined = undefined;
  readonly #wire: Wire;
  #handler: ConnectionHandler | undefined = undefined;
  #inbox: Item[] = [];
  #corked: Uint8Array[] = [];
  #corks = 0;
  #isPaused = false;
  #isClosed = false;
  /** Just out of a handshake: nothing is delivered in this event. */
  #isHeld = false;
  #isFull = false;
  #isTornDown = false;
  #endSent = false;
  #endSeen = false;
  #handshake: Handshake | undefined = undefined;
  readonly #onClosed: () => void;
  #closedWith: { fault: Fault | undefined } | undefined = undefined;

  constructor(wire: Wire, local: Endpoint, remote: Endpoint, onClosed: () => void) {
    this.#wire = wire;
    this.local = local;
    this.remote = remote;
    this.#onClosed = onClosed;
  }

  attach(handler: ConnectionHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    if (this.#closedWith !== undefined) this.#tellClosed();
    this.#takeSoon();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#endSent || this.#isClosed) return false;
    this.bufferedBytes += bytes.length;
    if (this.#corks > 0) this.#corked.push(bytes);
    else if (bytes.length > 0) this.#send({ kind: "bytes", bytes });
    this.#isFull = this.bufferedBytes >= BUFFERED_BYTES_MAX;
    return !this.#isFull;
  }

  cork(): void {
    this.#corks++;
  }

  uncork(): void {
    if (this.#corks > 0) this.#corks--;
    if (this.#corks > 0 || this.#corked.length === 0) return;
    const bytes = this.#corked.length === 1 ? (this.#corked[0] as Uint8Array) : Buffer.concat(this.#corked);
    this.#corked = [];
    if (bytes.length > 0) this.#send({ kind: "bytes", bytes });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#takeSoon();
  }

  end(): void {
    if (this.#endSent || this.#isClosed) return;
    this.#corks = 0;
    this.uncork();
    this.#endSent = true;
    this.#send({ kind: "end" });
    this.#closeWhenBothEnded();
  }

  destroy(): void {
    this.#tearDown(new Fault("closed", "torn down by us"));
  }

  startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    if (this.#isClosed) return Promise.reject(new Fault("closed", "the connection closed before TLS began"));
    return new Promise((resolve, reject) => {
      const deadline = this.#wire.clock.after(options.timeoutMs, () =>
        this.#tearDown(new Fault("timeout", `no TLS handshake within ${options.timeoutMs} ms`)),
      );
      this.#handshake = { options, deadline, client: undefined, resolve, reject };
      if (options.role === "client") this.#send({ kind: "clientHello", client: options });
      this.#takeSoon();
    });
  }

  // What is on the way when an end is torn down is lost: whoever destroys must not count on its last words.
  #send(item: Item): void {
    const { peer } = this;
    if (peer === undefined) return;
    this.#wire.clock.after(this.#wire.latencyMs, () => {
      if (!this.#isTornDown && !peer.#isClosed) peer.#arrive(item);
    });
  }

  #arrive(item: Item): void {
    this.#inbox.push(item);
    this.#take();
  }

  /** In an event of its own, so that whoever called us returns before bytes reach the handler. */
  #takeSoon(): void {
    if (this.#inbox.length > 0) this.#wire.clock.after(0, () => this.#take());
  }

  #take(): void {
    while (this.#inbox.length > 0 && !this.#isClosed) {
      if (this.#handshake !== undefined) this.#shake(this.#handshake, this.#inbox.shift() as Item);
      else if (this.#handler !== undefined && !this.#isPaused && !this.#isHeld)
        this.#deliver(this.#handler, this.#inbox.shift() as Item);
      else return;
    }
  }

  #deliver(handler: ConnectionHandler, item: Item): void {
    const { peer } = this;
    switch (item.kind) {
      case "bytes":
        if (peer !== undefined) peer.#taken(item.bytes.length);
        handler.data(item.bytes);
        return;
      case "end":
        this.#endSeen = true;
        handler.end();
        this.#closeWhenBothEnded();
        return;
      case "clientHello":
        handler.data(CLIENT_HELLO_IN_CLEAR);
        return;
      case "serverHello":
      case "finished":
        // The rest of a handshake we gave up: the teardown is on its way.
        return;
    }
  }

  #taken(sizeBytes: number): void {
    this.bufferedBytes -= sizeBytes;
    if (!this.#isFull || this.bufferedBytes > 0) return;
    this.#isFull = false;
    this.#wire.clock.after(0, () => {
      if (!this.#isClosed) this.#handler?.drain?.();
    });
  }

  #shake(handshake: Handshake, item: Item): void {
    const { options } = handshake;
    if (options.role === "server" && item.kind === "clientHello") {
      handshake.client = item.client;
      this.#send({ kind: "serverHello", identity: options.identity });
    } else if (options.role === "server" && item.kind === "finished" && handshake.client !== undefined) {
      this.#finishTls(handshake, serverTlsInfo(handshake.client));
    } else if (options.role === "client" && item.kind === "serverHello") {
      this.#judge(handshake, options, item.identity);
    } else if (item.kind === "end") {
      this.#tearDown(new Fault("tls", "the peer broke off the TLS handshake"));
    } else {
      this.#tearDown(
        new Fault("tls", "the TLS handshake failed: the peer sent something else than its handshake"),
      );
    }
  }

  #judge(handshake: Handshake, options: TlsClientOptions, identity: TlsIdentity): void {
    const info = clientTlsInfo(options, identity, this.#wire.clock.now());
    if (options.verify !== "none" && info.verifyError !== undefined) {
      this.#tearDown(new Fault("tls", `the certificate of ${options.serverName} ${info.verifyError}`));
      return;
    }
    this.#send({ kind: "finished" });
    this.#finishTls(handshake, info);
  }

  #finishTls(handshake: Handshake, info: TlsInfo): void {
    handshake.deadline.cancel();
    this.#handshake = undefined;
    this.tls = info;
    // Whoever awaits the handshake is first to run; bytes follow in a later event.
    this.#isPaused = false;
    this.#isHeld = true;
    this.#wire.clock.after(0, () => {
      this.#isHeld = false;
      this.#take();
    });
    handshake.resolve(info);
  }

  #tearDown(fault: Fault): void {
    if (this.#isClosed) return;
    this.#isTornDown = true;
    const { peer } = this;
    this.#close(fault);
    if (peer === undefined) return;
    this.#wire.clock.after(this.#wire.latencyMs, () => {
      peer.#close(new Fault("reset", `${this.local.address} broke the connection`));
    });
  }

  #closeWhenBothEnded(): void {
    if (this.#endSent && this.#endSeen) this.#close(undefined);
  }

  #close(fault: Fault | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inbox = [];
    this.#corked = [];
    this.#closedWith = { fault };
    this.#onClosed();
    const handshake = this.#handshake;
    this.#handshake = undefined;
    if (handshake !== undefined) {
      handshake.deadline.cancel();
      handshake.reject(
        fault?.kind === "reset" ? new Fault("tls", "the peer broke off the TLS handshake") : asFault(fault),
      );
    }
    this.#tellClosed();
  }

  #tellClosed(): void {
    const { fault } = this.#closedWith ?? { fault: undefined };
    const handler = this.#handler;
    if (handler !== undefined) this.#wire.clock.after(0, () => (this.#handler ?? handler).closed(fault));
  }
}

function asFault(fault: Fault | undefined): Fault {
  return fault ?? new Fault("closed", "the connection closed during the TLS handshake");
}
