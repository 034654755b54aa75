/**
 * What an authoritative server answers (RFC 1034 §4.3.2): pure, from zones and a question. Follows CNAMEs through all
 * zones at hand, makes wildcards (RFC 4592), refers to delegated servers with glue, tells "no such name" from "no such
 * type". A name that is nobody's is the answer "notOurs"; nothing throws.
 */
import { canonicalName, isWithin, parentName } from "./name.ts";
import type { Rcode } from "./message.ts";
import { isRecordType } from "./record.ts";
import type { Question, QuestionTypeName, RecordTypeName, ResourceRecord } from "./record.ts";
import type { Zone } from "./zone.ts";

/** Limit: longer chains are loops or mistakes; BIND stops at 16 too. */
export const CNAMES_MAX = 16;
/** Limit: names whose addresses are added unasked, so that a big MX set cannot make an answer of any size. */
const EXTRA_NAMES_MAX = 16;

export type Answer = {
  readonly kind: "answer" | "noData" | "nxdomain" | "referral" | "notOurs";
  readonly rcode: Rcode;
  readonly authoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  /** The CNAMEs lead to this name, which is in no zone of ours: the rest is to be asked elsewhere. */
  readonly continueAt: string | undefined;
};

export type ZoneIndex = {
  /** The deepest zone that holds the canonical name. */
  find(name: string): Zone | undefined;
};

export function indexZones(zones: readonly Zone[]): ZoneIndex {
  const byOrigin = new Map(zones.map((zone) => [zone.origin, zone]));
  return {
    find(name) {
      for (let at: string | undefined = name; at !== undefined; at = parentName(at)) {
        const zone = byOrigin.get(at);
        if (zone !== undefined) return zone;
      }
      return undefined;
    },
  };
}

export function answerQuestion(index: ZoneIndex, question: Question): Answer {
  const answers: ResourceRecord[] = [];
  let owner = question.name;
  let name = canonicalName(owner);
  for (let passed = 0; ; passed++) {
    const zone = zoneFor(index, name, question.type);
    if (zone === undefined) {
      if (passed === 0) return { ...NOTHING, kind: "notOurs", rcode: "REFUSED", authoritative: false };
      return { ...NOTHING, answers, continueAt: name };
    }
    const found = lookUp(zone, name, question.type, owner);
    if (found.kind !== "alias") return finish(index, zone, found, answers);
    const target = found.cname.data;
    answers.push(found.cname);
    if (target.type !== "CNAME") return { ...NOTHING, answers };
    owner = target.target;
    name = canonicalName(owner);
    const seen = answers.some((record) => canonicalName(record.name) === name);
    // A chain that bites its tail is shown as far as it goes, and the asker sees the loop.
    if (seen || passed + 1 >= CNAMES_MAX) return { ...NOTHING, answers };
  }
}

const NOTHING: Answer = {
  kind: "answer",
  rcode: "NOERROR",
  authoritative: true,
  answers: [],
  authorities: [],
  additionals: [],
  continueAt: undefined,
};

/** A DS stands with the parent of the zone it is about (RFC 4035 §3.1.4.1). */
function zoneFor(index: ZoneIndex, name: string, type: QuestionTypeName): Zone | undefined {
  const zone = index.find(name);
  if (type !== "DS" || zone?.origin !== name) return zone;
  const above = parentName(name);
  return (above === undefined ? undefined : index.find(above)) ?? zone;
}

type Found =
  | { kind: "records"; records: ResourceRecord[] }
  | { kind: "alias"; cname: ResourceRecord }
  | { kind: "referral"; servers: readonly ResourceRecord[] }
  | { kind: "noData" }
  | { kind: "nxdomain" };

type Sets = ReadonlyMap<RecordTypeName, readonly ResourceRecord[]>;

function lookUp(zone: Zone, name: string, type: QuestionTypeName, owner: string): Found {
  const servers = delegation(zone, name, type);
  if (servers !== undefined) return { kind: "referral", servers };
  const sets = zone.names.get(name);
  if (sets !== undefined) return pick(sets, type, undefined);
  // RFC 4592 §3.3.1: only the wildcard right under the closest name that exists counts.
  let encloser = parentName(name);
  while (encloser !== undefined && !zone.names.has(encloser)) encloser = parentName(encloser);
  const wildcard = zone.names.get(encloser === "." ? "*" : `*.${encloser}`);
  return wildcard === undefined ? { kind: "nxdomain" } : pick(wildcard, type, owner);
}

/** The servers of the highest zone cut at or above the name, if there is one. */
function delegation(zone: Zone, name: string, type: QuestionTypeName): readonly ResourceRecord[] | undefined {
  let servers: readonly ResourceRecord[] | undefined;
  for (let at: string | undefined = name; at !== undefined && at !== zone.origin; at = parentName(at)) {
    const cut = zone.names.get(at)?.get("NS");
    if (cut !== undefined && !(type === "DS" && at === name)) servers = cut;
  }
  return servers;
}

function pick(sets: Sets, type: QuestionTypeName, owner: string | undefined): Found {
  const named = (record: ResourceRecord): ResourceRecord =>
    owner === undefined
      ? record
      : { name: owner, class: record.class, ttlSeconds: record.ttlSeconds, data: record.data };
  const cname = sets.get("CNAME")?.[0];
  if (cname !== undefined && type !== "CNAME" && type !== "ANY")
    return { kind: "alias", cname: named(cname) };
  // RFC 8482 §4.1: to ANY one record set is enough.
  const set = type === "ANY" ? firstSet(sets) : isRecordType(type) ? sets.get(type) : undefined;
  return set === undefined ? { kind: "noData" } : { kind: "records", records: set.map(named) };
}

function firstSet(sets: Sets): readonly ResourceRecord[] | undefined {
  for (const set of sets.values()) return set;
  return undefined;
}

function finish(
  index: ZoneIndex,
  zone: Zone,
  found: Exclude<Found, { kind: "alias" }>,
  chain: readonly ResourceRecord[],
): Answer {
  switch (found.kind) {
    case "records": {
      const answers = [...chain, ...found.records];
      return { ...NOTHING, answers, additionals: extras(index, answers) };
    }
    case "referral":
      return {
        ...NOTHING,
        kind: chain.length > 0 ? "answer" : "referral",
        // RFC 1034 §4.3.1: authority is about the first name of the answer.
        authoritative: chain.length > 0,
        answers: chain,
        authorities: found.servers,
        additionals: glue(zone, found.servers),
      };
    case "noData":
      return { ...NOTHING, kind: "noData", answers: chain, authorities: [negativeSoa(zone)] };
    case "nxdomain":
      return {
        ...NOTHING,
        kind: "nxdomain",
        rcode: "NXDOMAIN",
        answers: chain,
        authorities: [negativeSoa(zone)],
      };
  }
}

/** RFC 2308 §3: the SOA lives no longer than the negative answer may. */
function negativeSoa({ soa }: Zone): ResourceRecord {
  return { ...soa, ttlSeconds: Math.min(soa.ttlSeconds, soa.data.minimumSeconds) };
}

/** Addresses below the cut, which only the parent can give. */
function glue(zone: Zone, servers: readonly ResourceRecord[]): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (const { data } of servers) {
    if (data.type !== "NS") continue;
    const target = canonicalName(data.target);
    if (isWithin(target, zone.origin)) addAddresses(zone, target, records);
  }
  return records;
}

/** The addresses of mail exchangers, services and servers named in the answer (RFC 1035 §3.3.9, §3.3.11, RFC 2782). */
function extras(index: ZoneIndex, answers: readonly ResourceRecord[]): ResourceRecord[] {
  const targets = new Set<string>();
  for (const { data } of answers) {
    if (data.type === "MX") targets.add(canonicalName(data.exchange));
    else if (data.type === "SRV" || data.type === "NS") targets.add(canonicalName(data.target));
  }
  const records: ResourceRecord[] = [];
  for (const target of [...targets].slice(0, EXTRA_NAMES_MAX)) {
    const zone = index.find(target);
    if (zone !== undefined) addAddresses(zone, target, records);
  }
  return records;
}

function addAddresses(zone: Zone, name: string, into: ResourceRecord[]): void {
  const sets = zone.names.get(name);
  into.push(...(sets?.get("A") ?? []), ...(sets?.get("AAAA") ?? []));
}
