/**
 * One TCP connection of the system as the port `Connection`, in clear or under TLS. One object a connection, no
 * streams piped into each other; bytes go to the handler in the turn they arrive. It tells `closed` exactly once.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, EndOptions, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "../../base/tls.ts";
import { toFault } from "../files/errno.ts";
import { openTls } from "./socket-tls.ts";
import type { TurnEnd } from "./turn-end.ts";

export class SocketConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  tls: TlsInfo | undefined = undefined;
  /** What we read and write: the TCP socket, or TLS over it. */
  #stream: Socket | TLSSocket;
  readonly #tcp: Socket;
  readonly #turnEnd: TurnEnd;
  /** Said in this turn, and not handed to the system yet. */
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  /** `write` said "full": a drain is owed. */
  #isFull = false;
  #handler: ConnectionHandler | undefined = undefined;
  #fault: Fault | undefined = undefined;
  #isClosed = false;
  #isEnding = false;
  #isPaused = false;
  /** What came in while nobody was attached; tells a late handler. */
  #endSeen = false;

  /** `local`: where it is known without asking the system. */
  constructor(socket: Socket, isClient: boolean, turnEnd: TurnEnd, local?: Endpoint) {
    this.#turnEnd = turnEnd;
    this.#tcp = socket;
    this.#stream = socket;
    this.local = local ?? toEndpoint(socket.localAddress ?? "", socket.localPort ?? 0);
    this.remote = toEndpoint(socket.remoteAddress ?? "", socket.remotePort ?? 0);
    if (isClient) this.#isPaused = true;
    this.#listen();
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength + this.#unsentBytes;
  }

  attach(handler: ConnectionHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    if (this.#isClosed) {
      setImmediate(() => handler.closed(this.#fault));
      return;
    }
    this.#stream.on("data", this.#onData);
    this.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isEnding || this.#isClosed) return false;
    if (this.#unsent.push(bytes) === 1) this.#turnEnd.after(this.#send);
    this.#unsentBytes += bytes.length;
    const hasRoom = this.bufferedBytes < this.#stream.writableHighWaterMark;
    if (!hasRoom) this.#isFull = true;
    return hasRoom;
  }

  /** What one turn says leaves together anyway. */
  cork(): void {}

  uncork(): void {}

  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handler !== undefined) this.#stream.resume();
  }

  end({ hangUp = false }: EndOptions = {}): void {
    if (this.#isEnding || this.#isClosed) return;
    this.#send();
    this.#isEnding = true;
    if (!hangUp || this.#stream !== this.#tcp || this.#tcp.writableLength > 0) {
      this.#stream.end();
      return;
    }
    // The system has taken all we said and sends it, then FIN. To wait for the peer's FIN costs a fifth of a short connection.
    this.#endSeen = true;
    this.#tcp.destroy();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#send();
    this.#isEnding = true;
    this.#fault ??= new Fault("closed", "torn down by us");
    const stream = this.#stream;
    if (stream === this.#tcp) return resetNow(this.#tcp);
    // We may be inside of node's TLS reading this very connection, which crashes when its socket is reset under it.
    setImmediate(() => {
      resetNow(this.#tcp);
      stream.destroy();
    });
  }

  async startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    const tcp = this.#tcp;
    if (this.#isClosed) throw new Fault("closed", "the connection closed before TLS began");
    this.#send();
    this.#unlisten(tcp);
    tcp.on("error", () => undefined);
    const opened = await openTls(tcp, options);
    if (opened.fault !== undefined) {
      this.#fault ??= opened.fault;
      opened.socket.destroy();
      tcp.destroy();
      setImmediate(this.#onClose);
      throw opened.fault;
    }
    this.#stream = opened.socket;
    this.tls = opened.info;
    this.#listen();
    if (this.#handler !== undefined) this.#stream.on("data", this.#onData);
    this.#stream.pause();
    // Whoever awaits this call is first to run; bytes follow in a later turn.
    this.#isPaused = false;
    setImmediate(() => {
      if (!this.#isPaused) this.resume();
    });
    return opened.info;
  }

  #listen(): void {
    const stream = this.#stream;
    stream.on("end", this.#onEnd);
    stream.on("drain", this.#onDrain);
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
  }

  #unlisten(stream: Socket): void {
    stream.off("data", this.#onData);
    stream.off("end", this.#onEnd);
    stream.off("drain", this.#onDrain);
    stream.off("error", this.#onError);
    stream.off("close", this.#onClose);
  }

  readonly #send = (): void => {
    const { length } = this.#unsent;
    if (length === 0) return;
    const chunks = this.#unsent;
    this.#unsent = [];
    this.#unsentBytes = 0;
    if (this.#isClosed) return;
    if (length > 1) this.#stream.cork();
    for (const chunk of chunks) this.#stream.write(chunk);
    if (length > 1) this.#stream.uncork();
    // What the stream took at once it will not report: whoever was told to wait hears it from us.
    if (this.#isFull && !this.#stream.writableNeedDrain) setImmediate(this.#onDrain);
  };

  readonly #onData = (bytes: Buffer): void => {
    this.#handler?.data(bytes);
  };

  readonly #onEnd = (): void => {
    if (this.#endSeen) return;
    this.#endSeen = true;
    this.#handler?.end();
  };

  readonly #onDrain = (): void => {
    if (this.#isClosed) return;
    this.#isFull = false;
    this.#handler?.drain?.();
  };

  readonly #onError = (error: Error): void => {
    this.#fault ??= toFault(error, `talk to ${this.remote.address}`);
  };

  readonly #onClose = (): void => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const bothEnded = this.#endSeen && this.#isEnding;
    if (!bothEnded) this.#fault ??= new Fault("reset", `${this.remote.address} broke the connection`);
    this.#handler?.closed(this.#fault);
  };
}

/**
 * RST and nothing else. node's own `resetAndDestroy` says FIN first, and a peer that reads in between takes it for an
 * orderly end; this is its second half. Where node should drop the field, the socket is closed with FIN.
 */
function resetNow(tcp: Socket): void {
  Reflect.set(tcp, "resetAndClosing", true);
  tcp.destroy();
}

/** An IPv4 peer on an IPv6 socket is shown as IPv4; a zone is not part of the address. */
export function toEndpoint(address: string, port: number): Endpoint {
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
  const zone = plain.indexOf("%");
  return { address: zone < 0 ? plain : plain.slice(0, zone), port };
}
