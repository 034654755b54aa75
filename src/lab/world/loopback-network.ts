/**
 * The lab's network over loopback sockets: hosts live at virtual addresses, their sockets on the machine's own. It
 * never reaches anything that is not a lab host, a joined server or allowed under `uplink:`; such a dial is a Fault
 * "blocked". With only one address (macOS) each host has ports of its own, and lab hosts say who they are.
 */
import { Fault, isFault } from "../../base/fault.ts";
import {
  formatEndpoint,
  type Connection,
  type ConnectOptions,
  type Endpoint,
  type Network,
} from "../../base/network.ts";
import type { LoopbackActivity } from "./loopback-activity.ts";
import { mapLoopbackAddresses } from "./loopback-addresses.ts";
import { LoopbackConnection } from "./loopback-connection.ts";
import { bindLoopbackDatagram } from "./loopback-datagrams.ts";
import { listenOnLoopback } from "./loopback-listen.ts";
import type { BoundPorts } from "./loopback-ports.ts";
import { sendPreamble } from "./loopback-preamble.ts";
import { ownAddress, whyNot, type LoopbackHost, type LoopbackShared } from "./loopback-registry.ts";
import { parseUplink } from "./loopback-uplink.ts";

export type LoopbackOptions = {
  readonly inner: Network;
  /** `10.66.0.0/24`. Inside 127.0.0.0/8 virtual and bound addresses are the same. */
  readonly virtualNetwork: string;
  /** `fd66::/64`. */
  readonly ipv6: string;
  /** The address the person at the keyboard is shown with: whoever connects from 127.0.0.1 or ::1. */
  readonly you: string;
  /** "dynamic": any free port for each virtual one, for labs side by side. Else as `probePrivilegedPorts` found. */
  readonly ports: "dynamic" | BoundPorts;
  /** The machine has only 127.0.0.1: see `probeManyAddresses`. */
  readonly oneAddress?: boolean | undefined;
  /** Addresses, networks or address:port outside the lab that hosts may connect to. */
  readonly uplink?: readonly string[] | undefined;
  /** Real servers that play a lab host: the host's virtual address, and where its SMTP listens. */
  readonly outside?: readonly { readonly address: string; readonly endpoint: Endpoint }[] | undefined;
  /** Real endpoints at which a virtual one is to be found as well, such as 127.0.0.1:5300 for the lab's DNS. */
  readonly doors?: readonly { readonly virtual: Endpoint; readonly real: readonly Endpoint[] }[] | undefined;
  /** Told of datagrams that were not sent; a dial that is blocked rejects instead. */
  readonly blocked?: ((fault: Fault, from: string) => void) | undefined;
};

export type LoopbackNetwork = {
  readonly activity: LoopbackActivity;
  networkFor(host: LoopbackHost): Network;
  /** Where any program of this machine reaches what listens at a virtual endpoint; undefined when nothing does. */
  boundEndpoint(virtual: Endpoint, transport?: "tcp" | "udp"): Endpoint | undefined;
};

/** Port of SMTP, the one door known of a server that joined. */
const OUTSIDE_PORT = 25;

/** Throws an Error for networks that cannot be mapped, and an uplink entry that is none. */
export function createLoopbackNetwork(options: LoopbackOptions): LoopbackNetwork {
  const outside = options.outside ?? [];
  const shared: LoopbackShared = {
    inner: options.inner,
    addresses: mapAddresses(options),
    ports: options.ports,
    oneAddress: options.oneAddress ?? false,
    uplink: parseUplink(options.uplink ?? []),
    outside: new Map(outside.map(({ address, endpoint }) => [address, endpoint])),
    doors: new Map((options.doors ?? []).map(({ virtual, real }) => [formatEndpoint(virtual), real])),
    activity: { count: 0, pending: 0 },
    meetings: new Map(),
    known: new Set([options.you, ...outside.map(({ address }) => address)]),
    streams: new Map(),
    datagrams: new Map(),
    datagramSenders: new Map(),
    blocked: options.blocked ?? (() => undefined),
  };
  return {
    activity: shared.activity,
    networkFor(host) {
      for (const address of host.addresses) shared.known.add(address);
      return {
        listen: (at, accept) => listenOnLoopback(shared, host, at, accept),
        connect: (to, how) => connect(shared, host, to, how),
        bindDatagram: (at, receive) => bindLoopbackDatagram(shared, host, at, receive),
      };
    },
    boundEndpoint(virtual, transport = "tcp") {
      const key = formatEndpoint(virtual);
      return transport === "tcp" ? shared.streams.get(key)?.open : shared.datagrams.get(key);
    },
  };
}

/** The plain mapping, and joined servers at addresses of their own known by theirs. */
function mapAddresses(options: LoopbackOptions): LoopbackShared["addresses"] {
  const plain = mapLoopbackAddresses(options);
  const joined = new Map<string, string>();
  for (const { address, endpoint } of options.outside ?? []) {
    // A server at 127.0.0.1 cannot be told from the person at the keyboard, who comes first.
    if (plain.shown(endpoint.address) !== options.you) joined.set(endpoint.address, address);
  }
  return { ...plain, shown: (real) => joined.get(real) ?? plain.shown(real) };
}

async function connect(
  shared: LoopbackShared,
  host: LoopbackHost,
  to: Endpoint,
  { from: wanted, timeoutMs }: ConnectOptions,
): Promise<Connection> {
  const listening = shared.streams.get(formatEndpoint(to));
  if (listening !== undefined) {
    const from = ownAddress(host, wanted, to.address);
    shared.activity.pending++;
    try {
      return await connectInside(shared, from, to, listening.inside, timeoutMs);
    } finally {
      shared.activity.pending--;
    }
  }
  const joined = shared.outside.get(to.address);
  if (joined !== undefined) {
    if (to.port !== OUTSIDE_PORT) {
      throw new Fault(
        "refused",
        `${formatEndpoint(to)} is a server that joined the lab: only port 25 leads to it`,
      );
    }
    return connectOutside(shared, ownAddress(host, wanted, to.address), to, joined, timeoutMs);
  }
  if (shared.addresses.isLab(to.address) || !shared.uplink.allows(to)) throw whyNot(shared, to);
  const connection = await named(to, shared.inner.connect(to, { timeoutMs }));
  return new LoopbackConnection(connection, { local: connection.local, remote: to }, shared.activity);
}

async function connectInside(
  shared: LoopbackShared,
  from: string,
  to: Endpoint,
  real: Endpoint,
  timeoutMs: number,
): Promise<Connection> {
  if (!shared.oneAddress) return connectOutside(shared, from, to, real, timeoutMs);
  const connection = await named(to, shared.inner.connect(real, { timeoutMs }));
  try {
    await sendPreamble(shared.meetings, connection, from, to);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const local = { address: from, port: connection.local.port };
  return new LoopbackConnection(connection, { local, remote: to }, shared.activity, true);
}

/** From the host's bound address where the machine lets it: a loopback address reaches loopback only. */
async function connectOutside(
  shared: LoopbackShared,
  from: string,
  to: Endpoint,
  real: Endpoint,
  timeoutMs: number,
): Promise<Connection> {
  const isLoopback = real.address.startsWith("127.") && !shared.oneAddress;
  const source = isLoopback ? shared.addresses.bound(from) : undefined;
  const connection = await named(to, shared.inner.connect(real, { from: source, timeoutMs }));
  const local = { address: from, port: connection.local.port };
  return new LoopbackConnection(connection, { local, remote: to }, shared.activity);
}

/** Faults of the machine, told in the lab's terms. */
async function named(to: Endpoint, dialled: Promise<Connection>): Promise<Connection> {
  try {
    return await dialled;
  } catch (error) {
    if (!isFault(error) || error.message.includes(formatEndpoint(to))) throw error;
    throw new Fault(error.kind, `${formatEndpoint(to)}: ${error.message}`, { cause: error });
  }
}
