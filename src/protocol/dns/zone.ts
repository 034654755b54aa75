/**
 * A zone as a value: every name of it with its record sets, ready for lookup. Names between records (empty
 * non-terminals, RFC 4592 §2.2.2) are there too. Building one never fails: what the DNS makes of odd data is lookup.ts.
 */
import { canonicalName, isWithin, joinNames, parentName } from "./name.ts";
import { formatRdata } from "./rdata.ts";
import type { DataOf, RecordTypeName, ResourceRecord } from "./record.ts";

export type RecordSets = Map<RecordTypeName, ResourceRecord[]>;

export type Zone = {
  /** Canonical. */
  readonly origin: string;
  readonly soa: ResourceRecord & { readonly data: DataOf<"SOA"> };
  /** By canonical name. A name with an empty map exists and has no records. */
  readonly names: ReadonlyMap<string, ReadonlyMap<RecordTypeName, readonly ResourceRecord[]>>;
};

/** Seconds a "no such name" may be remembered when the zone does not say: short, for people change labs while they look. */
const NEGATIVE_TTL_SECONDS = 60;
const SOA_TTL_SECONDS = 3600;

/**
 * Records outside the origin are left out, doubles are kept once (RFC 2181 §5), the first SOA counts; a zone without
 * one gets `hostmaster` and a serial of 1.
 */
export function createZone(origin: string, records: Iterable<ResourceRecord>): Zone {
  const top = canonicalName(origin);
  const names = new Map<string, RecordSets>([[top, new Map()]]);
  for (const record of records) {
    const key = canonicalName(record.name);
    if (!isWithin(key, top)) continue;
    addName(names, key, top);
    const sets = names.get(key) as RecordSets;
    const set = sets.get(record.data.type);
    if (set === undefined) sets.set(record.data.type, [record]);
    else if (record.data.type !== "SOA" && !holds(set, record)) set.push(record);
  }
  const apex = names.get(top) as RecordSets;
  const soa = apex.get("SOA")?.[0] ?? defaultSoa(top, apex);
  apex.set("SOA", [soa]);
  return { origin: top, soa: soa as Zone["soa"], names };
}

function addName(names: Map<string, RecordSets>, key: string, top: string): void {
  for (let name: string | undefined = key; name !== undefined && !names.has(name); name = parentName(name)) {
    names.set(name, new Map());
    if (name === top) return;
  }
}

function holds(set: readonly ResourceRecord[], record: ResourceRecord): boolean {
  const text = formatRdata(record.data);
  return set.some(({ data }) => formatRdata(data) === text);
}

function defaultSoa(origin: string, apex: RecordSets): ResourceRecord {
  const server = apex.get("NS")?.[0]?.data;
  return {
    name: origin,
    class: "IN",
    ttlSeconds: SOA_TTL_SECONDS,
    data: {
      type: "SOA",
      primary: server?.type === "NS" ? server.target : joinNames("ns", origin),
      mailbox: joinNames("hostmaster", origin),
      serial: 1,
      refreshSeconds: 7200,
      retrySeconds: 900,
      expireSeconds: 1_209_600,
      minimumSeconds: NEGATIVE_TTL_SECONDS,
    },
  };
}

/** Every record of the zone, name by name. */
export function* zoneRecords(zone: Zone): Generator<ResourceRecord> {
  for (const sets of zone.names.values()) for (const set of sets.values()) yield* set;
}
