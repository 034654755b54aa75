/** A world in memory, just enough for name servers and those who ask them: a clock by hand, datagrams, streams. */
import type { Clock } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import type { Connection, ConnectionHandler, Endpoint, Network } from "../../src/base/network.ts";
import { formatEndpoint } from "../../src/base/network.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { World } from "../../src/base/world.ts";

export type TestWorld = World & {
  /** Lets everything under way come to rest. */
  settle(): Promise<void>;
  /** Moves the clock, firing what falls due on the way. */
  advance(ms: number): Promise<void>;
  /** Runs until `promise` is settled, moving the clock to the next timer when nothing else moves. */
  finish<T>(promise: Promise<T>): Promise<T>;
  /** Sockets bound for datagrams. */
  readonly datagramSockets: () => number;
};

type Due = { at: number; order: number; run: () => void };

export function createTestWorld(seed = 1): TestWorld {
  let now = Date.UTC(2026, 0, 1);
  let order = 0;
  const timers = new Set<Due>();
  const clock: Clock = {
    now: () => now,
    after(delayMs, run) {
      const due = { at: now + delayMs, order: order++, run };
      timers.add(due);
      return { cancel: () => void timers.delete(due) };
    },
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const next = (): Due | undefined => [...timers].sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const fire = async (due: Due): Promise<void> => {
    timers.delete(due);
    now = Math.max(now, due.at);
    due.run();
    await settle();
  };
  const { network, datagramSockets } = createTestNetwork();
  return {
    clock,
    random: seededRandom(seed),
    network,
    datagramSockets,
    settle,
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let due = next(); due !== undefined && due.at <= end; due = next()) await fire(due);
      now = end;
    },
    async finish(promise) {
      const state = { done: false };
      const watch = promise.finally(() => (state.done = true));
      await settle();
      for (let due = next(); !state.done && due !== undefined; due = next()) await fire(due);
      return await watch;
    },
  };
}

function createTestNetwork(): { network: Network; datagramSockets: () => number } {
  const sockets = new Map<string, (bytes: Uint8Array, from: Endpoint) => void>();
  const listeners = new Map<string, (connection: Connection) => void>();
  let nextPort = 40_000;
  const place = ({ address, port }: Endpoint): Endpoint => ({
    address,
    port: port === 0 ? nextPort++ : port,
  });
  const network: Network = {
    async listen(at, accept) {
      const endpoint = place(at);
      listeners.set(formatEndpoint(endpoint), accept);
      return { endpoint, close: async () => void listeners.delete(formatEndpoint(endpoint)) };
    },
    async connect(to, { from }) {
      const accept = listeners.get(formatEndpoint(to));
      if (accept === undefined) throw new Fault("refused", `nobody listens at ${formatEndpoint(to)}`);
      const [here, there] = pipe(place({ address: from ?? "10.66.0.250", port: 0 }), to);
      accept(there);
      return here;
    },
    async bindDatagram(at, receive) {
      const endpoint = place(at);
      const key = formatEndpoint(endpoint);
      if (sockets.has(key)) throw new Fault("addressInUse", `${key} is taken`);
      sockets.set(key, receive);
      return {
        endpoint,
        send(bytes, to) {
          const copy = new Uint8Array(bytes);
          setImmediate(() => sockets.get(formatEndpoint(to))?.(copy, endpoint));
        },
        close: async () => void sockets.delete(key),
      };
    },
  };
  return { network, datagramSockets: () => sockets.size };
}

/** Two ends of one stream. What is written arrives in the next turn. */
function pipe(a: Endpoint, b: Endpoint): [Connection, Connection] {
  const handlers: [ConnectionHandler | undefined, ConnectionHandler | undefined] = [undefined, undefined];
  const ended = [false, false];
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    setImmediate(() => {
      for (const handler of handlers) handler?.closed(undefined);
    });
  };
  const make = (side: 0 | 1, local: Endpoint, remote: Endpoint): Connection => ({
    local,
    remote,
    tls: undefined,
    bufferedBytes: 0,
    attach(handler) {
      handlers[side] = handler;
    },
    write(bytes) {
      const copy = new Uint8Array(bytes);
      setImmediate(() => {
        if (!closed) handlers[side === 0 ? 1 : 0]?.data(copy);
      });
      return true;
    },
    cork() {},
    uncork() {},
    pause() {},
    resume() {},
    end() {
      ended[side] = true;
      setImmediate(() => handlers[side === 0 ? 1 : 0]?.end());
      if (ended[0] === true && ended[1] === true) close();
    },
    destroy: close,
    startTls: () => Promise.reject(new Fault("tls", "not here")),
  });
  return [make(0, a, b), make(1, b, a)];
}
