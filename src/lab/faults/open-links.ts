/**
 * The connections of a lab that are open now, so that a host that goes down takes them along, and one that becomes a black
 * hole silences them. Each carries its bytes untouched; one that is cut is torn down, and both ends are told that the other
 * broke it; on one that is silent neither end hears anything any more, until one of them gives up. Forgets what has closed.
 */
import { type Clock, type Timer, sleep } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import type { Connection, ConnectionHandler, EndOptions, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "../../base/tls.ts";

/** `host` is the one whose network holds this end: the one who connected, or who listens to a stranger. */
export type LinkEnds = { readonly host: string; readonly from: string; readonly to: string };

export type OpenLink = LinkEnds & {
  /** Its connection was cut, or will be as soon as there is one. */
  readonly isCut: boolean;
  /** What was on its way is lost: it never talks again, also when the black hole is gone. */
  readonly isSilent: boolean;
  /** Gives the connection to whoever asked for it, as one that can be cut. */
  carry(connection: Connection): Connection;
  /** No connection came of it. */
  forget(): void;
};

export type OpenLinks = {
  open(ends: LinkEnds): OpenLink;
  /** Cuts those that `isMeant`; how many. */
  cut(isMeant: (ends: LinkEnds) => boolean): number;
  /** The same for those that are to fall silent. */
  silence(isMeant: (ends: LinkEnds) => boolean): number;
  readonly size: number;
};

/** How long a goodbye that nobody answers is repeated, as systems do, before the connection is gone. */
const GOODBYE_MS = 60_000;

export function createOpenLinks(clock: Clock): OpenLinks {
  const open = new Set<Link>();
  // A copy: what is cut leaves the set.
  const meantBy = (isMeant: (ends: LinkEnds) => boolean): Link[] => [...open].filter((link) => isMeant(link));
  return {
    open(ends) {
      const link = new Link(ends, clock, () => open.delete(link));
      open.add(link);
      return link;
    },
    cut(isMeant) {
      const meant = meantBy(isMeant);
      for (const link of meant) link.cut();
      return meant.length;
    },
    silence(isMeant) {
      const meant = meantBy(isMeant);
      for (const link of meant) link.silence();
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
  readonly clock: Clock;
  isCut = false;
  isSilent = false;
  #connection: Connection | undefined;

  constructor({ host, from, to }: LinkEnds, clock: Clock, forget: () => void) {
    this.host = host;
    this.from = from;
    this.to = to;
    this.clock = clock;
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

  silence(): void {
    this.isSilent = true;
    // What comes has to be taken, or the other end would notice that nobody reads.
    this.#connection?.resume();
  }
}

class LinkConnection implements Connection {
  readonly #inner: Connection;
  readonly #link: Link;
  #handler: ConnectionHandler | undefined;
  #goodbye: Timer | undefined;
  #isClosed = false;
  #isDestroyed = false;
  #isTold = false;

  constructor(inner: Connection, link: Link) {
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
    return this.#link.isSilent ? 0 : this.#inner.bufferedBytes;
  }

  attach(handler: ConnectionHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    const link = this.#link;
    this.#inner.attach({
      data: (bytes) => void (link.isSilent || this.#handler?.data(bytes)),
      end: () => void (link.isSilent || this.#handler?.end()),
      drain: () => this.#handler?.drain?.(),
      closed: (fault) => this.#closed(fault),
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#link.isSilent || this.#inner.write(bytes);
  }

  cork(): void {
    this.#inner.cork();
  }

  uncork(): void {
    this.#inner.uncork();
  }

  pause(): void {
    if (!this.#link.isSilent) this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  end(options?: EndOptions): void {
    if (this.#link.isSilent) this.#goodbye ??= this.#link.clock.after(GOODBYE_MS, () => this.destroy());
    else this.#inner.end(options);
  }

  destroy(): void {
    // Whoever tears it down before attaching never hears that it closed.
    this.#isDestroyed = true;
    this.#link.forget();
    this.#goodbye?.cancel();
    if (this.#isClosed) queueMicrotask(() => this.#tell(undefined));
    else this.#inner.destroy();
  }

  async startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    if (!this.#link.isSilent) return this.#inner.startTls(options);
    await sleep(this.#link.clock, options.timeoutMs);
    this.destroy();
    throw new Fault("timeout", `no TLS handshake within ${options.timeoutMs} ms`);
  }

  /** That the other end gave up is not heard through silence: this one gives up by itself. */
  #closed(fault: Fault | undefined): void {
    const { isCut, isSilent } = this.#link;
    this.#isClosed = true;
    if (isSilent && !isCut && !this.#isDestroyed) return;
    this.#link.forget();
    const { address } = this.#inner.remote;
    this.#tell(isCut ? new Fault("reset", `${address} broke the connection`) : fault);
  }

  #tell(fault: Fault | undefined): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#handler?.closed(fault);
  }
}
