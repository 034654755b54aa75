/**
 * A zone as a zone file (RFC 1035 §5.1) that a person would have written: names relative to the origin, one column
 * each, the top of the zone first. What parseZoneFile reads back from it is the same zone.
 */
import { canonicalName, isWithin, parentName } from "./name.ts";
import { formatRdata } from "./rdata.ts";
import type { RecordTypeName, ResourceRecord } from "./record.ts";
import { type Zone, zoneRecords } from "./zone.ts";

/** What one looks for first. */
const TYPES_FIRST: readonly RecordTypeName[] = ["SOA", "NS", "MX", "A", "AAAA", "CNAME"];
const NAME_WIDTH_MAX = 32;

export function formatZone(zone: Zone): string {
  const records = sortedRecords(zone);
  const ttl = commonTtl(records);
  const owners = records.map(({ name }) => relativeName(name, zone.origin));
  const nameWidth = Math.min(NAME_WIDTH_MAX, Math.max(...owners.map(({ length }) => length)));
  const typeWidth = Math.max(...records.map(({ data }) => data.type.length));
  const lines = records.map(({ ttlSeconds, data }, i) => {
    const owner = owners[i] as string;
    // The same owner again is left out, as people do.
    const shown = i > 0 && owners[i - 1] === owner ? "" : owner;
    const own = ttlSeconds === ttl ? "" : `${ttlSeconds} `;
    return `${shown.padEnd(nameWidth)} ${own}${data.type.padEnd(typeWidth)} ${formatRdata(data)}`.trimEnd();
  });
  const origin = zone.origin === "." ? "." : `${zone.origin}.`;
  return `$ORIGIN ${origin}\n$TTL ${ttl}\n${lines.join("\n")}\n`;
}

/** As a person reads a zone: the top first, what one looks for first, exchangers by preference. */
export function sortedRecords(zone: Zone): ResourceRecord[] {
  return [...zoneRecords(zone)].sort(
    (a, b) =>
      compareNames(a.name, b.name, zone.origin) ||
      rankOf(a.data.type) - rankOf(b.data.type) ||
      textOrder(a, b),
  );
}

/** `@` for the origin itself. */
function relativeName(name: string, origin: string): string {
  const key = canonicalName(name);
  if (key === origin) return "@";
  if (origin === ".") return `${key}.`;
  return isWithin(key, origin) ? key.slice(0, -origin.length - 1) : `${key}.`;
}

/** The top first, then by labels from the right, as a tree is read. */
function compareNames(a: string, b: string, origin: string): number {
  const [left, right] = [path(canonicalName(a), origin), path(canonicalName(b), origin)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** The names on the way from the origin, each whole: a dot inside a label cannot mislead. */
function path(name: string, origin: string): string[] {
  const names: string[] = [];
  for (let at: string | undefined = name; at !== undefined && at !== origin; at = parentName(at))
    names.unshift(at);
  return names;
}

function rankOf(type: RecordTypeName): number {
  const rank = TYPES_FIRST.indexOf(type);
  return rank < 0 ? TYPES_FIRST.length : rank;
}

function textOrder(a: ResourceRecord, b: ResourceRecord): number {
  if (a.data.type !== b.data.type) return a.data.type < b.data.type ? -1 : 1;
  if (a.data.type === "MX" && b.data.type === "MX") return a.data.preference - b.data.preference;
  return 0;
}

function commonTtl(records: readonly ResourceRecord[]): number {
  const counts = new Map<number, number>();
  for (const { ttlSeconds, data } of records)
    if (data.type !== "SOA") counts.set(ttlSeconds, (counts.get(ttlSeconds) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? records[0]?.ttlSeconds ?? 300;
}
