/** A world for conversation tests: a clock moved by hand, seeded chance, connections in memory whose bytes arrive in later turns. */
import type { Clock, Timer } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import type { Connection, ConnectionHandler, Endpoint, Network } from "../../src/base/network.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "../../src/base/tls.ts";
import type { World } from "../../src/base/world.ts";

export type ManualClock = Clock & { advance(ms: number): Promise<void> };

/** Lets everything that waits for nothing but a turn have its turn. */
export async function settle(turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function manualClock(): ManualClock {
  let now = 1_000_000;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(delayMs, run): Timer {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle(5);
      }
      now = until;
      await settle();
    },
  };
}

class Pipe implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  tls: TlsInfo | undefined;
  readonly bufferedBytes = 0;
  peer: Pipe | undefined;
  /** Stands for encryption: what was written before the handshake is not readable after it. */
  handshake: { serverName: string | undefined; done: (fault?: Fault) => void } | undefined;
  #handler: ConnectionHandler | undefined;
  #inbox: (Uint8Array | "end")[] = [];
  #paused = false;
  #ended = false;
  #peerEnded = false;
  #closed = false;

  constructor(local: Endpoint, remote: Endpoint) {
    this.local = local;
    this.remote = remote;
  }

  attach(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#later();
  }
  write(bytes: Uint8Array): boolean {
    if (!this.#closed && !this.#ended) this.peer?.arrive(Uint8Array.from(bytes));
    return true;
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {
    this.#paused = true;
  }
  resume(): void {
    this.#paused = false;
    this.#later();
  }
  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.peer?.arrive("end");
    this.#later();
  }
  destroy(): void {
    this.close(undefined);
    this.peer?.close(new Fault("reset", "connection reset"));
  }
  arrive(what: Uint8Array | "end"): void {
    this.#inbox.push(what);
    this.#later();
  }
  close(fault: Fault | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.handshake?.done(fault);
    setImmediate(() => this.#handler?.closed(fault));
  }
  startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo> {
    const serverName = options.role === "client" ? options.serverName : undefined;
    return new Promise((resolve, reject) => {
      const { peer } = this;
      const info = {
        protocol: "TLSv1.3",
        cipher: "memory",
        serverName,
        verified: undefined,
        verifyError: undefined,
        peerNames: [],
        peerNotAfter: undefined,
      };
      const done = (fault?: Fault): void => {
        if (fault !== undefined) return reject(fault);
        this.tls = info;
        this.handshake = undefined;
        resolve(info);
      };
      this.handshake = { serverName, done };
      if (peer?.handshake !== undefined) {
        peer.handshake.done();
        done();
      }
    });
  }
  #later(): void {
    setImmediate(() => this.#deliver());
  }
  #deliver(): void {
    while (!this.#paused && !this.#closed && this.#handler !== undefined) {
      const next = this.#inbox.shift();
      if (next === undefined) break;
      if (next === "end") {
        this.#peerEnded = true;
        this.#handler.end();
      } else this.#handler.data(next);
    }
    if (this.#ended && this.#peerEnded) this.close(undefined);
  }
}

export type MemoryWorld = World & { readonly clock: ManualClock };

export function createMemoryWorld(seed = 1): MemoryWorld {
  const listeners = new Map<string, (connection: Connection) => void>();
  let ports = 40_000;
  const network: Network = {
    async listen(at, accept) {
      listeners.set(`${at.address}:${at.port}`, accept);
      return { endpoint: at, close: async () => void listeners.delete(`${at.address}:${at.port}`) };
    },
    async connect(to) {
      const accept = listeners.get(`${to.address}:${to.port}`);
      if (accept === undefined) throw new Fault("refused", "nobody listens there");
      const from = { address: "10.66.0.90", port: ports++ };
      const near = new Pipe(from, to);
      const far = new Pipe(to, from);
      near.peer = far;
      far.peer = near;
      accept(far);
      return near;
    },
    bindDatagram: () => Promise.reject(new Fault("blocked", "no datagrams here")),
  };
  return { clock: manualClock(), random: seededRandom(seed), network };
}
