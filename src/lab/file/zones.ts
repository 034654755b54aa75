/**
 * The lab's DNS data: zones made from domains and hosts, raw records on top, reverse zones beneath. A sub-domain lives
 * in its parent's zone when the lab has the parent, as a DNS manager would show it. Bare host names resolve too.
 */
import { parseIp } from "../../base/ip.ts";
import { canonicalName, isWithin } from "../../protocol/dns/name.ts";
import type { RecordData, ResourceRecord } from "../../protocol/dns/record.ts";
import { reverseZones } from "../../protocol/dns/reverse.ts";
import { createZone, type Zone } from "../../protocol/dns/zone.ts";
import type { AddressPlan } from "./addresses.ts";
import { parseExchanger } from "./exchangers.ts";
import type { LabFile } from "./lab-file.ts";
import { LAB_DOMAIN } from "./names.ts";

/** Short, for people change labs while they look. */
const TTL_SECONDS = 300;

/** The lab is the whole of `.test` (RFC 6761 §6.2): a name in it that nobody has does not exist, and its mail comes back. */
const TEST_DOMAIN = "test";

/** Limit: RFC 1035 §3.3, a character-string has at most 255 bytes. */
const STRING_BYTES_MAX = 255;

export type ZoneSources = {
  readonly file: LabFile;
  readonly addresses: AddressPlan;
  readonly hostnames: ReadonlyMap<string, string>;
  /** Parsed `zones:`, by origin. */
  readonly raw: ReadonlyMap<string, readonly ResourceRecord[]>;
};

export function planZones(sources: ZoneSources): Zone[] {
  const { file, hostnames, raw } = sources;
  const hostRecords = [...recordsOfHosts(sources)];
  const rawRecords = [...raw.values()].flat();
  const records = [...hostRecords, ...recordsOfDomains(sources), ...rawRecords];
  const named = [...Object.keys(file.domains), ...raw.keys(), LAB_DOMAIN].map(canonicalName);
  const orphans = [...hostnames.values()].filter((name) => !named.some((origin) => isWithin(name, origin)));
  const origins = outermost([...named, ...orphans]);
  const servers = serverNames(file, hostnames);
  const zones = origins.map((origin) =>
    createZone(origin, [
      ...servers.map((target) => record(origin, { type: "NS", target })),
      ...records.filter(({ name }) => isWithin(canonicalName(name), origin)),
    ]),
  );
  const hostAddresses = new Set(hostRecords.map(addressIn));
  const others = rawRecords.filter((one) => !hostAddresses.has(addressIn(one)));
  const top = origins.includes(TEST_DOMAIN)
    ? []
    : [
        createZone(
          TEST_DOMAIN,
          servers.map((target) => record(TEST_DOMAIN, { type: "NS", target })),
        ),
      ];
  return [...zones, ...bareHosts(sources, origins), ...reverseZones([...hostRecords, ...others]), ...top];
}

function* recordsOfHosts({ addresses, hostnames }: ZoneSources): Generator<ResourceRecord> {
  yield addressRecord(`you.${LAB_DOMAIN}`, addresses.you);
  for (const [name, hostname] of hostnames)
    for (const address of addresses.hosts.get(name) ?? []) yield addressRecord(hostname, address);
}

function* recordsOfDomains({ file, addresses, hostnames }: ZoneSources): Generator<ResourceRecord> {
  for (const [name, { mx = [], a = [], spf, dmarc }] of Object.entries(file.domains)) {
    for (const [i, text] of mx.entries()) {
      const exchanger = parseExchanger(text, i);
      if (exchanger === undefined) continue;
      const exchange = hostnames.get(exchanger.target) ?? exchanger.target;
      yield record(name, { type: "MX", preference: exchanger.preference, exchange });
    }
    for (const text of a)
      for (const address of addresses.hosts.get(text) ?? [text]) yield addressRecord(name, address);
    if (spf !== undefined) yield textRecord(name, spf);
    if (dmarc !== undefined)
      yield textRecord(`_dmarc.${name}`, /^v=DMARC1/i.test(dmarc) ? dmarc : `v=DMARC1; ${dmarc}`);
  }
}

/** `user@presto` works: each short name is a little zone of its own. */
function bareHosts({ addresses }: ZoneSources, origins: readonly string[]): Zone[] {
  return [...addresses.hosts]
    .filter(([name]) => !origins.includes(name))
    .map(([name, all]) =>
      createZone(
        name,
        all.map((address) => addressRecord(name, address)),
      ),
    );
}

function serverNames(file: LabFile, hostnames: ReadonlyMap<string, string>): string[] {
  return Object.entries(file.hosts)
    .filter(([, { role }]) => role === "dns")
    .map(([name]) => hostnames.get(name) ?? name);
}

/** Without those that lie within another. */
function outermost(origins: readonly string[]): string[] {
  const all = [...new Set(origins)];
  return all.filter((name) => !all.some((other) => other !== name && isWithin(name, other)));
}

function record(name: string, data: RecordData): ResourceRecord {
  return { name, class: "IN", ttlSeconds: TTL_SECONDS, data };
}

function addressRecord(name: string, address: string): ResourceRecord {
  return record(name, { type: parseIp(address)?.length === 16 ? "AAAA" : "A", address });
}

function textRecord(name: string, text: string): ResourceRecord {
  const strings: string[] = [];
  for (let at = 0; at < text.length; at += STRING_BYTES_MAX)
    strings.push(text.slice(at, at + STRING_BYTES_MAX));
  return record(name, { type: "TXT", strings });
}

function addressIn({ data }: ResourceRecord): string | undefined {
  return data.type === "A" || data.type === "AAAA" ? data.address : undefined;
}
