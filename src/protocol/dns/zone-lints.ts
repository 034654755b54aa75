/**
 * What is legal in a zone and probably not meant, as values: shown to the person, never in the way of loading. The
 * server behaves as the RFCs say all the same.
 */
import { parseIp, reverseNameOf } from "../../base/ip.ts";
import { absoluteName, canonicalName, isWithin } from "./name.ts";
import type { ResourceRecord } from "./record.ts";
import type { Token } from "./text-fields.ts";
import type { Zone } from "./zone.ts";
import { zoneRecords } from "./zone.ts";

export type ZoneLint = {
  readonly kind:
    | "mxToCname"
    | "mxToAddress"
    | "missingPtr"
    | "cnameBesideOthers"
    | "missingDot"
    | "localName";
  /** The owner of the record, or the suspicious name. */
  readonly name: string;
  readonly message: string;
  readonly rfc: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
};

/** A relative name that ends like a full one: `mail.example.org` in the zone `example.org`. */
export function suspectRelativeName(token: Token, name: string, origin: string): ZoneLint | undefined {
  const written = canonicalName(token.raw);
  const topLabel = origin.slice(origin.lastIndexOf(".") + 1);
  if (origin === "." || !written.includes(".")) return undefined;
  if (!isWithin(written, origin) && !isWithin(written, topLabel)) return undefined;
  return {
    kind: "missingDot",
    name,
    message: `"${token.raw}" has no dot at its end and becomes ${absoluteName(name)}; write ${token.raw}. if that is not meant`,
    rfc: "RFC 1035 §5.1",
    line: token.line,
    column: token.column,
  };
}

/** All zones together, for an exchanger may stand in another zone than its MX. */
export function lintZones(zones: readonly Zone[]): ZoneLint[] {
  const lints: ZoneLint[] = [];
  for (const zone of zones) {
    if (isWithin(zone.origin, "local")) lints.push(localName(zone.origin));
    for (const [name, sets] of zone.names) {
      const cname = sets.get("CNAME")?.[0];
      const others = [...sets.keys()].filter((type) => type !== "CNAME" && type !== "RRSIG");
      if (cname === undefined || others.length === 0) continue;
      lints.push({
        kind: "cnameBesideOthers",
        name,
        message: `${absoluteName(name)} is an alias and has ${others.join(", ")} too; only the alias is seen`,
        rfc: "RFC 1034 §3.6.2",
        line: lineOf(cname),
      });
    }
    for (const record of zoneRecords(zone)) {
      const lint = lintExchanger(record, zones);
      if (lint !== undefined) lints.push(lint);
    }
  }
  return [...lints, ...missingPointers(zones)];
}

/** Exchangers whose address leads back to no name, or to another: they also send, and are judged by it. */
function missingPointers(zones: readonly Zone[]): ZoneLint[] {
  const exchangers = new Set<string>();
  for (const zone of zones)
    for (const { data } of zoneRecords(zone))
      if (data.type === "MX") exchangers.add(canonicalName(data.exchange));
  return [...exchangers].flatMap((name) =>
    recordsAt(zones, name).flatMap((record) => {
      if (record.data.type !== "A" && record.data.type !== "AAAA") return [];
      const { address } = record.data;
      const bytes = parseIp(address);
      const reverse = bytes === undefined ? undefined : reverseNameOf(bytes);
      // Somebody else's reverse zone says what it says.
      if (reverse === undefined || !zones.some(({ origin }) => isWithin(canonicalName(reverse), origin)))
        return [];
      const pointers = recordsAt(zones, reverse);
      const isNamed = pointers.some(({ data }) => data.type === "PTR" && canonicalName(data.target) === name);
      return isNamed ? [] : [missingPtr(name, address, lineOf(record))];
    }),
  );
}

function missingPtr(name: string, address: string, line: number | undefined): ZoneLint {
  return {
    kind: "missingPtr",
    name,
    message: `${address} has no PTR record that leads back to ${absoluteName(name)}: some servers refuse mail from it`,
    rfc: "RFC 1912 §2.1",
    line,
  };
}

function recordsAt(zones: readonly Zone[], name: string): ResourceRecord[] {
  return zones.flatMap((zone) => [...(zone.names.get(canonicalName(name))?.values() ?? [])].flat());
}

function lintExchanger(record: ResourceRecord, zones: readonly Zone[]): ZoneLint | undefined {
  if (record.data.type !== "MX") return undefined;
  const exchange = canonicalName(record.data.exchange);
  const { name } = record;
  // `MX 10 192.0.2.1` without a dot becomes 192.0.2.1.example.org: the first four labels give it away.
  const literal = parseIp(exchange) ?? parseIp(exchange.split(".").slice(0, 4).join("."));
  if (literal !== undefined) {
    return {
      kind: "mxToAddress",
      name,
      message: `the MX of ${absoluteName(name)} points to an address, ${literal.join(".")}, which nobody looks up: it takes a host name`,
      rfc: "RFC 1035 §3.3.9",
      line: lineOf(record),
    };
  }
  if (!zones.some((zone) => zone.names.get(exchange)?.has("CNAME") === true)) return undefined;
  return {
    kind: "mxToCname",
    name,
    message: `the MX of ${absoluteName(name)} points to ${absoluteName(exchange)}, which is an alias: some senders refuse that`,
    rfc: "RFC 2181 §10.3",
    line: lineOf(record),
  };
}

function localName(name: string): ZoneLint {
  return {
    kind: "localName",
    name,
    message: `names under .local belong to multicast DNS: many programs will never ask a name server for ${absoluteName(name)}`,
    rfc: "RFC 6762 §3",
  };
}

/** Records read from a file know their line. */
function lineOf(record: ResourceRecord & { readonly line?: number }): number | undefined {
  return record.line;
}
