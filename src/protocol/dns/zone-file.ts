/**
 * Zone files (RFC 1035 §5.1, $TTL of RFC 2308 §4): text to records, each with its line. All mistakes of the file come
 * back at once, each with line, column and what was expected; nothing is ever dropped in silence. Reads no other file.
 */
import { err, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { absoluteName, canonicalName, isWithin } from "./name.ts";
import { formatRdata, parseRdata } from "./rdata.ts";
import { isRecordType, parseTypeName } from "./record.ts";
import type { RecordTypeName, ResourceRecord } from "./record.ts";
import { TextError, TextFields, parseTtl } from "./text-fields.ts";
import type { TextProblem, Token } from "./text-fields.ts";
import { suspectRelativeName } from "./zone-lints.ts";
import type { ZoneLint } from "./zone-lints.ts";
import { cutZoneFile } from "./zone-tokens.ts";
import type { Entry } from "./zone-tokens.ts";

export type PlacedRecord = ResourceRecord & { readonly line: number };

export type ZoneFile = {
  /** As given, canonical. */
  readonly origin: string;
  readonly records: readonly PlacedRecord[];
  /** What is legal and probably not meant; more come from lintZones. */
  readonly lints: readonly ZoneLint[];
};

/** Seconds a record lives when neither it, nor $TTL, nor a record before it, nor the SOA says. */
export const DEFAULT_TTL_SECONDS = 3600;

export type ZoneFileOptions = {
  /** The zone's name: `@`, and what relative names hang under. */
  readonly origin: string;
  readonly defaultTtlSeconds?: number;
};

type State = {
  readonly zone: string;
  origin: string;
  owner: string | undefined;
  /** $TTL. */
  ttl: number | undefined;
  /** The last one that stood in a record. */
  lastTtl: number | undefined;
  readonly records: Draft[];
  readonly lints: ZoneLint[];
};

type Draft = { record: Omit<PlacedRecord, "ttlSeconds">; ttl: number | undefined };

export function parseZoneFile(text: string, options: ZoneFileOptions): Result<ZoneFile, TextProblem[]> {
  const zone = canonicalName(options.origin);
  const state: State = {
    zone,
    origin: zone,
    owner: undefined,
    ttl: undefined,
    lastTtl: undefined,
    records: [],
    lints: [],
  };
  const { entries, problems } = cutZoneFile(text);
  for (const entry of entries) {
    try {
      readEntry(state, entry);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      problems.push(error.problem);
    }
  }
  if (problems.length > 0) return err(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  const soa = state.records.find(({ record }) => record.data.type === "SOA")?.record.data;
  const fallback =
    soa?.type === "SOA" ? soa.minimumSeconds : (options.defaultTtlSeconds ?? DEFAULT_TTL_SECONDS);
  const records = state.records.map(({ record, ttl }): PlacedRecord => {
    return { ...record, ttlSeconds: ttl ?? fallback };
  });
  return ok({ origin: zone, records, lints: state.lints });
}

/** `name ttl class type data`, as dig shows it. */
export function formatRecord({ name, ttlSeconds, class: recordClass, data }: ResourceRecord): string {
  return `${absoluteName(name)}\t${ttlSeconds}\t${recordClass}\t${data.type}\t${formatRdata(data)}`;
}

function readEntry(state: State, entry: Entry): void {
  const first = entry.tokens[0] as Token;
  if (!first.quoted && first.raw.startsWith("$") && !entry.indented) readDirective(state, entry, first);
  else readRecord(state, entry);
}

/**
 *     directive = "$ORIGIN" name / "$TTL" ttl
 */
function readDirective(state: State, entry: Entry, keyword: Token): void {
  const fields = new TextFields(entry.tokens.slice(1), state.origin, entry.end);
  switch (keyword.raw.toUpperCase()) {
    case "$ORIGIN":
      state.origin = canonicalName(fields.name("a domain name"));
      break;
    case "$TTL":
      state.ttl = fields.seconds("a time to live");
      break;
    case "$INCLUDE":
      throw new TextError(
        keyword,
        "$INCLUDE is not supported: a zone never reads another file",
        "the records themselves",
      );
    default:
      throw new TextError(keyword, `"${keyword.raw}" is no directive we know`, "$ORIGIN or $TTL");
  }
  fields.end();
}

/**
 *     record = [ owner ] blank *( ttl / class ) type data      ; ttl and class in either order, each at most once
 */
function readRecord(state: State, entry: Entry): void {
  const fields = new TextFields(entry.tokens, state.origin, entry.end, (token, name) => {
    const lint = suspectRelativeName(token, name, state.origin);
    if (lint !== undefined) state.lints.push(lint);
  });
  const first = entry.tokens[0] as Token;
  const name = entry.indented ? state.owner : fields.name("the owner's name");
  if (name === undefined)
    throw new TextError(first, "a record without an owner", "a name at the beginning of the line");
  if (!isWithin(canonicalName(name), state.zone))
    throw new TextError(
      first,
      `"${absoluteName(name)}" is outside this zone`,
      `a name under ${absoluteName(state.zone)}`,
    );
  state.owner = name;
  const { ttl, type, at } = readHead(fields);
  const data = parseRdata(fields, type);
  if (data.type === "SOA") checkSoa(state, name, at);
  state.lastTtl = ttl ?? state.lastTtl;
  state.records.push({
    record: { name, class: "IN", data, line: first.line },
    ttl: ttl ?? state.ttl ?? state.lastTtl,
  });
}

function readHead(fields: TextFields): { ttl: number | undefined; type: RecordTypeName; at: Token } {
  let ttl: number | undefined;
  let classSeen = false;
  for (;;) {
    const expected = "a record type, as in A, MX or TXT";
    const token = fields.token(expected);
    const upper = token.raw.toUpperCase();
    const seconds = token.quoted ? undefined : parseTtl(token.raw);
    if (seconds !== undefined && ttl === undefined) {
      ttl = seconds;
    } else if (upper === "IN" && !classSeen) {
      classSeen = true;
    } else if (/^(CH|HS|CS)$/.test(upper)) {
      throw new TextError(token, `the class ${upper} is not served here`, "IN, or no class");
    } else {
      const type = token.quoted ? undefined : parseTypeName(token.raw);
      if (type === undefined || !isRecordType(type)) return fields.fail(token, expected);
      return { ttl, type, at: token };
    }
  }
}

function checkSoa(state: State, name: string, at: Token): void {
  if (canonicalName(name) !== state.zone)
    throw new TextError(
      at,
      "an SOA that is not at the top of its zone",
      `the owner ${absoluteName(state.zone)}`,
    );
  if (state.records.some(({ record }) => record.data.type === "SOA"))
    throw new TextError(at, "a second SOA", "one SOA for a zone (RFC 1035 §5.2)");
}
