/**
 * Which virtual endpoint of a loopback lab is bound where, for all hosts together. A dial looks here and nowhere
 * else, so that no server of the machine that happens to listen on every address is taken for a lab host.
 */
import { Fault } from "../../base/fault.ts";
import { formatEndpoint, type Endpoint, type Network } from "../../base/network.ts";
import type { LoopbackActivity } from "./loopback-activity.ts";
import type { LoopbackAddresses } from "./loopback-addresses.ts";
import type { BoundPorts } from "./loopback-ports.ts";
import type { PreambleMeetings } from "./loopback-preamble.ts";
import type { Uplink } from "./loopback-uplink.ts";

/** All its addresses, at least one; the first of each family is the one it connects from. */
export type LoopbackHost = { readonly addresses: readonly string[] };

export type BoundStream = {
  /** Where any program of this machine reaches it. */
  readonly open: Endpoint;
  /** Where lab hosts reach it: the same, or a port behind which a preamble is awaited. */
  readonly inside: Endpoint;
};

/** What all hosts of one lab share. */
export type LoopbackShared = {
  readonly inner: Network;
  readonly addresses: LoopbackAddresses;
  readonly ports: "dynamic" | BoundPorts;
  readonly oneAddress: boolean;
  readonly uplink: Uplink;
  readonly outside: ReadonlyMap<string, Endpoint>;
  /** By virtual endpoint, formatted. */
  readonly doors: ReadonlyMap<string, readonly Endpoint[]>;
  readonly activity: LoopbackActivity;
  readonly meetings: PreambleMeetings;
  /** Every address a host has. */
  readonly known: Set<string>;
  /** By virtual endpoint, formatted. */
  readonly streams: Map<string, BoundStream>;
  readonly datagrams: Map<string, Endpoint>;
  /** By real endpoint, formatted: whose datagrams come from there. */
  readonly datagramSenders: Map<string, Endpoint>;
  readonly blocked: (fault: Fault, from: string) => void;
};

export const ONE_ADDRESS = "127.0.0.1";

/** Where a virtual endpoint is to be bound. Port 0: whatever is free. Throws Fault "unreachable" for a foreign address. */
export function realEndpoint(shared: LoopbackShared, virtual: Endpoint): Endpoint {
  const bound = shared.addresses.bound(virtual.address);
  if (bound === undefined) throw new Fault("unreachable", `${virtual.address} is not an address of the lab`);
  if (shared.ports === "dynamic") return { address: shared.oneAddress ? ONE_ADDRESS : bound, port: 0 };
  if (!shared.oneAddress) return { address: bound, port: shared.ports(virtual.port) };
  return { address: ONE_ADDRESS, port: portOfHost(virtual) };
}

/** With one address for all: 2500 and the host's last number for SMTP, 5300 for DNS, else any. */
function portOfHost({ address, port }: Endpoint): number {
  if (port === 53) return 5_300;
  const last = Number(/\.(\d+)$/.exec(address)?.[1] ?? 0);
  return port === 25 && last > 0 ? 2_500 + last : 0;
}

/** The host's own address to come from; `wanted` when it is its own. Throws Fault "unreachable". */
export function ownAddress(host: LoopbackHost, wanted: string | undefined, toward: string): string {
  const isIpv6 = toward.includes(":");
  const fits = (address: string): boolean => address.includes(":") === isIpv6;
  if (wanted !== undefined && wanted !== "0.0.0.0" && wanted !== "::") {
    if (!host.addresses.includes(wanted)) {
      throw new Fault("unreachable", `${wanted} is not an address of ${host.addresses[0]}`);
    }
    if (fits(wanted)) return wanted;
  }
  const own = host.addresses.find(fits);
  if (own === undefined) {
    throw new Fault(
      "unreachable",
      `${host.addresses[0]} has no ${isIpv6 ? "IPv6" : "IPv4"} address to reach ${toward} from`,
    );
  }
  return own;
}

/** What stands in the way of a dial, when `to` is no lab endpoint that listens. */
export function whyNot(shared: LoopbackShared, to: Endpoint): Fault {
  const where = formatEndpoint(to);
  if (!shared.addresses.isLab(to.address)) {
    return new Fault("blocked", `blocked by the lab: ${where} is not a lab host (allow it under uplink:)`);
  }
  return shared.known.has(to.address)
    ? new Fault("refused", `cannot connect to ${where}: nobody listens there`)
    : new Fault("unreachable", `cannot connect to ${where}: no lab host has this address`);
}
