/**
 * Which ports of the machine the lab may use: what the system keeps for root, or what another server holds on every
 * address, moves up. Asks the machine once, by listening and closing again; a no is an answer here, never a fault.
 */
import { isFault } from "../../base/fault.ts";
import type { Endpoint, Network } from "../../base/network.ts";

/** From a virtual port to the one that is bound for it. */
export type BoundPorts = (virtualPort: number) => number;

export const samePorts: BoundPorts = (port) => port;

const PRIVILEGED_BELOW = 1_024;
/** Those mail uses most; the others below 1024 follow what port 25 may do. */
const PROBED = [25, 53, 465, 587];
const KNOWN_FALLBACKS: Readonly<Record<number, number>> = { 25: 2_525, 53: 5_300 };
const FALLBACK_OFFSET = 10_000;

/** 25 is bound as 2525, 53 as 5300, 587 as 10587. */
export function fallbackPort(port: number): number {
  return KNOWN_FALLBACKS[port] ?? (port < PRIVILEGED_BELOW ? port + FALLBACK_OFFSET : port);
}

/** `address` is one nobody else uses, so that a port taken there is taken everywhere. */
export async function probePrivilegedPorts(network: Network, address: string): Promise<BoundPorts> {
  const moved = new Set<number>();
  let isForbidden = false;
  for (const port of PROBED) {
    const answer = await mayListen(network, { address, port });
    isForbidden ||= answer === "forbidden";
    if (answer !== "free") moved.add(port);
  }
  return (port) => (moved.has(port) || (isForbidden && port < PRIVILEGED_BELOW) ? fallbackPort(port) : port);
}

/** Whether all of 127.0.0.0/8 is this machine (Linux, Windows) or only 127.0.0.1 (macOS). */
export async function probeManyAddresses(network: Network, address = "127.66.0.1"): Promise<boolean> {
  return (await mayListen(network, { address, port: 0 })) === "free";
}

async function mayListen(network: Network, at: Endpoint): Promise<"free" | "taken" | "forbidden"> {
  try {
    const listener = await network.listen(at, (connection) => connection.destroy());
    await listener.close();
    // A name server may hold the port for datagrams alone.
    if (at.port === 53) await (await network.bindDatagram(at, () => undefined)).close();
    return "free";
  } catch (error) {
    if (isFault(error, "permission")) return "forbidden";
    if (isFault(error)) return "taken";
    throw error;
  }
}
