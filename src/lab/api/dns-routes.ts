/**
 * The lab's DNS as data: zones as records and as text, checked and changed while the lab runs, and what was asked. A
 * change holds until the lab ends or its file is taken up anew; the file is not written.
 */
import { z } from "zod";
import { formatZone, sortedRecords } from "../../protocol/dns/format-zone.ts";
import { absoluteName, canonicalName } from "../../protocol/dns/name.ts";
import { formatRdata } from "../../protocol/dns/rdata.ts";
import type { ResourceRecord } from "../../protocol/dns/record.ts";
import { parseZoneFile } from "../../protocol/dns/zone-file.ts";
import { lintZones, type ZoneLint } from "../../protocol/dns/zone-lints.ts";
import { createZone, type Zone, zoneRecords } from "../../protocol/dns/zone.ts";
import { ApiError } from "../../server/http/api-error.ts";
import type { Lab } from "../lab.ts";
import { labRoute } from "./lab-place.ts";

const lintSchema = z.object({
  kind: z.string(),
  name: z.string(),
  message: z.string(),
  rfc: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
});

export const zoneSummarySchema = z.object({
  origin: z.string().describe("Without its last dot."),
  kind: z.enum(["domain", "host", "reverse"]).describe("host: a bare name such as presto."),
  serial: z.number(),
  records: z.number(),
  lints: z.number().describe("How much in it is legal and probably not meant."),
});
export type ZoneSummary = z.infer<typeof zoneSummarySchema>;

export const zoneViewSchema = zoneSummarySchema.extend({
  text: z.string().describe("As a zone file (RFC 1035 §5.1)."),
  entries: z.array(
    z.object({ name: z.string(), ttlSeconds: z.number(), type: z.string(), data: z.string() }),
  ),
  findings: z.array(lintSchema),
});
export type ZoneView = z.infer<typeof zoneViewSchema>;

export const zoneCheckSchema = z.object({
  problems: z
    .array(z.object({ line: z.number(), column: z.number(), message: z.string() }))
    .describe("Why it cannot be served."),
  findings: z.array(lintSchema),
  added: z.array(z.string()).describe("Records, one line each, that it adds to the zone as it is."),
  removed: z.array(z.string()),
});
export type ZoneCheck = z.infer<typeof zoneCheckSchema>;

export const servedSchema = z.object({
  id: z.number(),
  at: z.number(),
  host: z.string(),
  client: z.string(),
  name: z.string(),
  type: z.string(),
  rcode: z.string(),
  answers: z.array(z.string()),
  transport: z.enum(["udp", "tcp"]),
});
export type ServedQuery = z.infer<typeof servedSchema>;

/** Limit: of a zone's text; the largest lab has a few kilobytes. */
const TEXT_CHARACTERS_MAX = 1_000_000;
/** Limit: questions shown at once. */
const LOG_MAX = 1_000;

const originParams = z.strictObject({ origin: z.string().describe("arch.test, or . for the root.") });
const textBody = z.strictObject({ text: z.string().max(TEXT_CHARACTERS_MAX) });

export const dnsRoutes = [
  labRoute(
    {
      method: "get",
      path: "/zones",
      summary: "The zones of the lab's name servers.",
      answer: z.array(zoneSummarySchema),
    },
    ({ lab }) => {
      const lints = lintZones(lab.plan.zones);
      return lab.plan.zones.map((zone) => summaryOf(zone, lintsOf(zone, lab.plan.zones, lints)));
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/zones/:origin",
      summary: "One zone: its records, its text, and what is probably not meant.",
      params: originParams,
      answer: zoneViewSchema,
      example: { path: "/zones/arch.test" },
    },
    ({ lab }, { params }) => zoneView(lab, findZone(lab, params.origin)),
  ),
  labRoute(
    {
      method: "post",
      path: "/zones/:origin/check",
      summary: "What a zone's text would change, and what is wrong with it; nothing is changed.",
      params: originParams,
      body: textBody,
      answer: zoneCheckSchema,
    },
    ({ lab }, { params, body }): ZoneCheck => checkText(lab, findZone(lab, params.origin), body.text),
  ),
  labRoute(
    {
      method: "put",
      path: "/zones/:origin",
      summary: "Serves a zone from this text from now on; caches of the lab are emptied.",
      notes:
        "The serial goes up by itself. The lab file is not changed: taken up anew, it brings its own zones back.",
      params: originParams,
      body: textBody,
      answer: zoneViewSchema,
    },
    async ({ lab }, { params, body }) => {
      const before = findZone(lab, params.origin);
      const after = withNewSerial(readText(before.origin, body.text), before);
      const zones = lab.plan.zones.map((zone) => (zone === before ? after : zone));
      await lab.reload({ ...lab.plan, zones });
      return zoneView(lab, after);
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/dns-log",
      summary: "What the lab's name servers were asked, newest first.",
      query: z.strictObject({ limit: z.coerce.number().int().positive().max(LOG_MAX).default(200) }),
      answer: z.array(servedSchema),
    },
    ({ lab }, { query }) => servedQueries(lab, query.limit),
  ),
];

function findZone({ plan }: Lab, origin: string): Zone {
  const name = canonicalName(origin);
  const zone = plan.zones.find((one) => one.origin === name);
  if (zone === undefined) throw new ApiError(404, `this lab has no zone ${origin}; /lab/v1/zones lists them`);
  return zone;
}

function summaryOf(zone: Zone, lints: readonly ZoneLint[]): ZoneSummary {
  const { origin, soa } = zone;
  const isReverse = origin.endsWith(".in-addr.arpa") || origin.endsWith(".ip6.arpa");
  return {
    origin,
    kind: isReverse ? "reverse" : origin.includes(".") || origin === "test" ? "domain" : "host",
    serial: soa.data.serial,
    records: [...zoneRecords(zone)].length,
    lints: lints.length,
  };
}

/** Those of the innermost zone that has the name. */
function lintsOf(zone: Zone, zones: readonly Zone[], lints: readonly ZoneLint[]): ZoneLint[] {
  return lints.filter(({ name }) => {
    const holders = zones.filter(({ names }) => names.has(canonicalName(name)));
    return holders.toSorted((a, b) => b.origin.length - a.origin.length)[0] === zone;
  });
}

function zoneView({ plan: { zones } }: Lab, zone: Zone): ZoneView {
  const findings = lintsOf(zone, zones, lintZones(zones));
  return {
    ...summaryOf(zone, findings),
    text: formatZone(zone),
    entries: sortedRecords(zone).map(({ name, ttlSeconds, data }) => {
      return { name: absoluteName(name), ttlSeconds, type: data.type, data: formatRdata(data) };
    }),
    findings,
  };
}

function checkText({ plan: { zones } }: Lab, zone: Zone, text: string): ZoneCheck {
  const parsed = parseZoneFile(text, { origin: zone.origin });
  if (!parsed.ok) {
    const problems = parsed.error.map(({ line, column, message, expected }) => {
      return { line, column, message: `${message}; expected ${expected}` };
    });
    return { problems, findings: [], added: [], removed: [] };
  }
  const after = createZone(zone.origin, parsed.value.records);
  const others = zones.map((one) => (one === zone ? after : one));
  const findings = [...parsed.value.lints, ...lintsOf(after, others, lintZones(others))];
  const [was, will] = [zone, after].map((one) => new Set([...zoneRecords(one)].map(lineOf)));
  return {
    problems: [],
    findings,
    added: [...(will ?? [])].filter((line) => was?.has(line) !== true),
    removed: [...(was ?? [])].filter((line) => will?.has(line) !== true),
  };
}

function lineOf({ name, ttlSeconds, data }: ResourceRecord): string {
  return `${absoluteName(name)} ${ttlSeconds} ${data.type} ${formatRdata(data)}`;
}

/** Throws ApiError with a problem for each mistake: its path is `text:LINE:COLUMN`. */
function readText(origin: string, text: string): Zone {
  const parsed = parseZoneFile(text, { origin });
  if (parsed.ok) return createZone(origin, parsed.value.records);
  const problems = parsed.error.map(({ line, column, message, expected }) => {
    return { path: `text:${line}:${column}`, message: `${message}; expected ${expected}` };
  });
  const words = problems.map(({ path, message }) => `${path.slice("text:".length)}: ${message}`);
  throw new ApiError(400, words.join("\n"), problems);
}

/** Whoever keeps copies goes by the serial (RFC 1982): a change that forgot it gets the next. */
function withNewSerial(zone: Zone, before: Zone): Zone {
  const { data } = zone.soa;
  if (data.serial !== before.soa.data.serial) return zone;
  const soa = { ...zone.soa, data: { ...data, serial: (data.serial + 1) >>> 0 } };
  const rest = [...zoneRecords(zone)].filter((record) => record.data.type !== "SOA");
  return createZone(zone.origin, [soa, ...rest]);
}

function servedQueries({ journal }: Lab, limit: number): ServedQuery[] {
  const served: ServedQuery[] = [];
  for (let id = journal.lastId; id >= journal.firstId && served.length < limit; id--) {
    const event = journal.get(id);
    if (event?.kind !== "dns.served") continue;
    const { at, host, client, name, type, rcode, answers, transport } = event;
    served.push({ id, at, host, client, name, type, rcode, answers: [...answers], transport });
  }
  return served;
}
