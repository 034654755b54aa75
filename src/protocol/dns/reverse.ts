/** Reverse zones made from the addresses of forward ones: a /24 for IPv4, a /64 for IPv6 each (RFC 1035 §3.5, RFC 3596 §2.5). */
import { parseIp, reverseNameOf } from "../../base/ip.ts";
import { canonicalName } from "./name.ts";
import type { ResourceRecord } from "./record.ts";
import { createZone } from "./zone.ts";
import type { Zone } from "./zone.ts";

const IPV4_HOST_LABELS = 1;
const IPV6_HOST_LABELS = 16;

/**
 * One PTR for each name of an address, in the order of the records. Wildcards have none. Records that are no
 * addresses are passed over, so a whole zone can be given.
 */
export function reverseZones(records: Iterable<ResourceRecord>): Zone[] {
  const byOrigin = new Map<string, ResourceRecord[]>();
  for (const { name, ttlSeconds, data } of records) {
    if ((data.type !== "A" && data.type !== "AAAA") || canonicalName(name).startsWith("*.")) continue;
    const bytes = parseIp(data.address);
    if (bytes === undefined) continue;
    const owner = reverseNameOf(bytes);
    const hostLabels = bytes.length === 4 ? IPV4_HOST_LABELS : IPV6_HOST_LABELS;
    const origin = owner.split(".").slice(hostLabels).join(".");
    const pointers = byOrigin.get(origin) ?? [];
    byOrigin.set(origin, pointers);
    pointers.push({ name: owner, class: "IN", ttlSeconds, data: { type: "PTR", target: name } });
  }
  return [...byOrigin].map(([origin, pointers]) => createZone(origin, pointers));
}
