/** Which address every host of a lab has: the one its entry gives, else the next free one of the lab's network. */
import { formatIp, parseIp } from "../../base/ip.ts";
import type { LabFile } from "./lab-file.ts";

/** Where hosts without an address begin: below are the person at the keyboard and, by custom, the network's gear. */
const FIRST_HOST = 11;
const DNS_HOST = 53;

export type AddressPlan = {
  readonly you: string;
  /** By short host name; IPv4 first. A host may have no IPv6 address. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
};

export function planAddresses(file: Pick<LabFile, "network" | "hosts">): AddressPlan {
  const base = file.network.ipv4.split("/")[0] ?? "";
  const you = file.network.you ?? nth(base, 1);
  const taken = new Set([
    you,
    ...Object.values(file.hosts).flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  ]);
  const hosts = new Map<string, readonly string[]>();
  let next = FIRST_HOST;
  for (const [name, host] of Object.entries(file.hosts)) {
    let ip = host.ip ?? (host.role === "dns" ? nth(base, DNS_HOST) : undefined);
    if (host.ip === undefined && ip !== undefined && taken.has(ip)) ip = undefined;
    while (ip === undefined) {
      const candidate = nth(base, next++);
      if (!taken.has(candidate) && candidate !== nth(base, DNS_HOST)) ip = candidate;
    }
    taken.add(ip);
    hosts.set(name, host.ip6 === undefined ? [ip] : [ip, canonical(host.ip6)]);
  }
  return { you, hosts };
}

/** Whether an address lies in `10.66.0.0/24` or `fd66::/64`; undefined when the network is not one. */
export function inNetwork(address: string, network: string): boolean | undefined {
  const [base = "", prefix = ""] = network.split("/");
  const bytes = parseIp(address);
  const within = parseIp(base);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (within === undefined || Number.isNaN(bits) || bits > within.length * 8) return undefined;
  if (bytes?.length !== within.length) return false;
  return bytes.every((byte, i) => {
    const masked = Math.max(0, Math.min(8, bits - i * 8));
    const mask = 0xff & (0xff << (8 - masked));
    return (byte & mask) === ((within[i] ?? 0) & mask);
  });
}

export function canonical(address: string): string {
  const bytes = parseIp(address);
  return bytes === undefined ? address : formatIp(bytes);
}

/** The n-th address of the network that begins at `base`. */
function nth(base: string, n: number): string {
  const bytes = parseIp(base)?.slice();
  if (bytes === undefined) return base;
  const last = bytes.length - 1;
  bytes[last] = ((bytes[last] ?? 0) + n) & 0xff;
  return formatIp(bytes);
}
