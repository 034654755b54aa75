/**
 * A network in memory: many hosts, streams and datagrams between their addresses, each taking one latency. The same
 * calls in the same order give the same ports, orders and times. There is no way out: what is no address of the lab
 * is "blocked", what is but belongs to nobody is "unreachable".
 */
import type { Clock } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import { canonicalIp, networkContains, parseNetwork, parseIp, type IpNetwork } from "../../base/ip.ts";
import {
  formatEndpoint,
  type Connection,
  type ConnectOptions,
  type DatagramSocket,
  type Endpoint,
  type Listener,
  type Network,
} from "../../base/network.ts";
import { SimulatedConnection } from "./simulated-connection.ts";

export type SimulatedNetwork = {
  /** The network as a host with these addresses sees it; the first of a family is where it connects from. */
  networkFor(addresses: readonly string[]): Network;
  /** Streams and sockets open now, over all hosts: what a test of leaks counts. */
  readonly open: {
    readonly connections: number;
    readonly listeners: number;
    readonly datagramSockets: number;
  };
};

export type SimulatedNetworkOptions = {
  readonly clock: Clock;
  /** One way, between any two addresses. */
  readonly latencyMs?: number;
  /** Ranges whose addresses are the lab's though nobody may have them: `10.66.0.0/24`. */
  readonly ranges?: readonly string[];
};

/** RFC 6335 §6: ports for the calling end. */
const EPHEMERAL_PORT_FIRST = 49_152;
const EPHEMERAL_PORTS = 16_384;
const DEFAULT_LATENCY_MS = 1;
const DEFAULT_RANGES = ["10.66.0.0/24", "fd66::/64"];
const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

type SimulatedHost = { readonly addresses: readonly string[]; nextPort: number };
type Accept = (connection: Connection) => void;
type Receive = (bytes: Uint8Array, from: Endpoint) => void;

export function createSimulatedNetwork(options: SimulatedNetworkOptions): SimulatedNetwork {
  const { clock, latencyMs = DEFAULT_LATENCY_MS } = options;
  const ranges = (options.ranges ?? DEFAULT_RANGES)
    .map(parseNetwork)
    .filter((range): range is IpNetwork => range !== undefined);
  const owners = new Map<string, SimulatedHost>();
  // Keyed by "stream" or "datagram" and the endpoint: a host's wildcard is one entry for each of its addresses.
  const listeners = new Map<string, Accept>();
  const receivers = new Map<string, Receive>();
  let connections = 0;

  function networkFor(addresses: readonly string[]): Network {
    const host: SimulatedHost = {
      addresses: addresses.map((address) => canonicalIp(address) ?? address),
      nextPort: 0,
    };
    for (const address of host.addresses) owners.set(address, host);
    return {
      listen: async (at, accept) => listen(host, at, accept),
      connect: (to, connectOptions) => connect(host, to, connectOptions),
      bindDatagram: async (at, receive) => bindDatagram(host, at, receive),
    };
  }

  function listen(host: SimulatedHost, at: Endpoint, accept: Accept): Listener {
    const { endpoint, keys } = claim(host, at, listeners, accept);
    return { endpoint, close: async () => release(listeners, keys, accept) };
  }

  function connect(
    host: SimulatedHost,
    to: Endpoint,
    { from, timeoutMs }: ConnectOptions,
  ): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const target = { address: canonicalIp(to.address) ?? to.address, port: to.port };
      const source = sourceFor(host, target.address, from);
      if (source instanceof Fault) {
        reject(source);
        return;
      }
      const local = { address: source, port: freePort(host, source, listeners) };
      let isGivenUp = false;
      const deadline = clock.after(timeoutMs, () => {
        isGivenUp = true;
        reject(new Fault("timeout", `no answer from ${formatEndpoint(target)} within ${timeoutMs} ms`));
      });
      clock.after(latencyMs, () => {
        const accept = listeners.get(formatEndpoint(target));
        const pair = accept === undefined ? undefined : join(local, target);
        clock.after(latencyMs, () => {
          deadline.cancel();
          if (isGivenUp) pair?.client.destroy();
          else if (pair === undefined) reject(nobodyAt(target));
          else resolve(pair.client);
        });
        if (pair !== undefined) accept?.(pair.server);
      });
    });
  }

  function join(
    local: Endpoint,
    remote: Endpoint,
  ): { client: SimulatedConnection; server: SimulatedConnection } {
    connections += 2;
    const closed = (): void => void connections--;
    const wire = { clock, latencyMs };
    const client = new SimulatedConnection(wire, local, remote, closed);
    const server = new SimulatedConnection(wire, remote, local, closed);
    client.peer = server;
    server.peer = client;
    return { client, server };
  }

  function nobodyAt(target: Endpoint): Fault {
    return owners.has(target.address)
      ? new Fault("refused", `nobody listens at ${formatEndpoint(target)}`)
      : new Fault("unreachable", `no host has the address ${target.address}`);
  }

  function sourceFor(host: SimulatedHost, to: string, from: string | undefined): string | Fault {
    if (!isOfTheLab(to)) {
      return new Fault("blocked", `blocked by the lab: ${to} is not a lab host (allow it under uplink:)`);
    }
    const family = to.includes(":");
    const source =
      from === undefined ? host.addresses.find((address) => address.includes(":") === family) : from;
    if (source === undefined)
      return new Fault(
        "unreachable",
        `this host has no ${family ? "IPv6" : "IPv4"} address to reach ${to} from`,
      );
    return host.addresses.includes(source)
      ? source
      : new Fault("unreachable", `${source} is not an address of this host`);
  }

  function isOfTheLab(address: string): boolean {
    if (owners.has(address)) return true;
    const bytes = parseIp(address);
    return bytes !== undefined && ranges.some((range) => networkContains(range, bytes));
  }

  function bindDatagram(host: SimulatedHost, at: Endpoint, receive: Receive): DatagramSocket {
    const { endpoint, keys } = claim(host, at, receivers, receive);
    let isOpen = true;
    return {
      endpoint,
      send(bytes, to) {
        const source = sourceFor(host, to.address, ANY_ADDRESS.has(at.address) ? undefined : at.address);
        if (!isOpen || source instanceof Fault) return;
        const from = { address: source, port: endpoint.port };
        clock.after(latencyMs, () => receivers.get(formatEndpoint(to))?.(bytes, from));
      },
      async close() {
        isOpen = false;
        release(receivers, keys, receive);
      },
    };
  }

  return {
    networkFor,
    get open() {
      return { connections, listeners: listeners.size, datagramSockets: receivers.size };
    },
  };
}

/** Takes an endpoint, or with a wildcard address the port on every address of the host. */
function claim<T>(
  host: SimulatedHost,
  at: Endpoint,
  taken: Map<string, T>,
  holder: T,
): { endpoint: Endpoint; keys: string[] } {
  const address = canonicalIp(at.address) ?? at.address;
  const addresses = ANY_ADDRESS.has(address)
    ? host.addresses.filter((own) => own.includes(":") === address.includes(":"))
    : [address];
  const stranger = addresses.find((one) => !host.addresses.includes(one));
  if (stranger !== undefined)
    throw new Fault("unreachable", `cannot listen on ${stranger}: it is not an address of this host`);
  const port = at.port === 0 ? freePort(host, addresses[0] ?? address, taken) : at.port;
  const keys = addresses.map((one) => formatEndpoint({ address: one, port }));
  const busy = keys.find((key) => taken.has(key));
  if (busy !== undefined) throw new Fault("addressInUse", `somebody else listens on ${busy}`);
  for (const key of keys) taken.set(key, holder);
  return { endpoint: { address: at.address, port }, keys };
}

function release<T>(taken: Map<string, T>, keys: readonly string[], holder: T): void {
  for (const key of keys) if (taken.get(key) === holder) taken.delete(key);
}

/** The next port in a round that nobody holds. */
function freePort(host: SimulatedHost, address: string, taken: ReadonlyMap<string, unknown>): number {
  for (let tries = 0; tries < EPHEMERAL_PORTS; tries++) {
    const port = EPHEMERAL_PORT_FIRST + host.nextPort;
    host.nextPort = (host.nextPort + 1) % EPHEMERAL_PORTS;
    if (!taken.has(formatEndpoint({ address, port }))) return port;
  }
  throw new Fault("overload", `every port of ${address} is taken`);
}
