/**
 * The connections of a lab that are open now, so that a host that goes down takes them along. Each carries its bytes
 * untouched; one that is cut is torn down, and both ends are told that the other broke it. Forgets what has closed.
 */
import { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "../../base/tls.ts";

/** `host` is the one whose network holds this end: the one who connected, or who listens to a stranger. */
export type LinkEnds = { readonly host: string; readonly from: string; readonly to: string };

export type OpenLink = LinkEnds & {
  /** Its connection was cut, or will be as soon as there is one. */
  readonly isCut: boolean;
  /** Gives the connection to whoever asked for it, as one that can be cut. */
  carry(connection: Connection): Connection;
  /** No connection came of it. */
  forget(): void;
};

export type OpenLinks = {
  open(ends: LinkEnds): OpenLink;
  /** Cuts those that `isMeant`; how many. */
  cut(isMeant: (ends: LinkEnds) => boolean): number;
  readonly size: number;
};

export function createOpenLinks(): OpenLinks {
  const open = new Set<Link>();
  return {
    open(ends) {
      const link = new Link(ends, () => open.delete(link));
      open.add(link);
      return link;
    },
    cut(isMeant) {
      // A copy: what is cut leaves the set.
      const meant = [...open].filter((link) => isMeant(link));
      for (const link of meant) link.cut();
      return meant.length;
    },
    get size() {
      return open.size;
    },
  };
}

class Link implements OpenLink {
  readonly host: string;
  readonly from: string;
  readonly to: string;
  readonly forget: () => void;
  isCut = false;
  #connection: Connection | undefined;

  constructor({ host, from, to }: LinkEnds, forget: () => void) {
    this.host = host;
    this.from = from;
    this.to = to;
    this.forget = forget;
  }

  carry(connection: Connection): Connection {
    this.#connection = connection;
    return new LinkConnection(connection, this);
  }

  cut(): void {
    this.isCut = true;
    this.#connection?.destroy();
  }
}

class LinkConnection implements Connection {
  readonly #inner: Connection;
  readonly #link: OpenLink;

  constructor(inner: Connection, link: OpenLink) {
    this.#inner = inner;
    this.#link = link;
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
    return this.#inner.bufferedBytes;
  }

  attach(handler: ConnectionHandler): void {
    const link = this.#link;
    const { address } = this.#inner.remote;
    this.#inner.attach({
      data: (bytes) => handler.data(bytes),
      end: () => handler.end(),
      drain: () => handler.drain?.(),
      closed(fault) {
        link.forget();
        handler.closed(link.isCut ? new Fault("reset", `${address} broke the connection`) : fault);
      },
    });
  }

  write(bytes: Uint8Array): boolean {
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
    this.#inner.resume();
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    // Whoever tears it down before attaching never hears that it closed.
    this.#link.forget();
    this.#inner.destroy();
  }

  startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    return this.#inner.startTls(options);
  }
}
