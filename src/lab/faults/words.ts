/** The words of a fault that no other setting has, as zod types: queries, rates, records, patterns. Each says what it expected. */
import { z } from "zod";
import { parseSize } from "../../base/size.ts";
import { parseDuration } from "../../base/duration.ts";
import { canonicalName } from "../../protocol/dns/name.ts";
import { parseRcode } from "../../protocol/dns/message.ts";
import { parseTypeName, type RecordData } from "../../protocol/dns/record.ts";
import { parseZoneFile } from "../../protocol/dns/zone-file.ts";
import type { RateLimit } from "./fault.ts";

/** Limit: times kept for one rate limit. */
const RATE_COUNT_MAX = 10_000;

/** A zod type of text read by `read`; text it gives nothing for is refused, saying `expected`. */
function word<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string({ error: expected }).transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `"${text}" is not ${expected}` });
    return z.NEVER;
  });
}

export const nameOrNames = z.union([
  z
    .string()
    .min(1)
    .transform((one) => [one]),
  z.array(z.string().min(1)).min(1),
]);

export const hidden = z
  .union([z.string().transform((text) => text.split(/[\s,]+/)), z.array(z.string()).min(1)])
  .transform((keywords) => keywords.map((keyword) => keyword.toUpperCase()));

export const rcode = word("a response code such as SERVFAIL, NXDOMAIN or REFUSED", parseRcode);

export const throttle = word('a rate such as "10KB/s"', (text) => {
  const bytes = parseSize(text.replace(/\/s$/, ""));
  return bytes === 0 ? undefined : bytes;
});

/** `10/1m`, `10/m`. */
export const rateLimit = word('a rate such as "10/1m"', (text): RateLimit | undefined => {
  const match = /^(\d+)\s*\/\s*(\S+)$/.exec(text);
  const per = match?.[2] ?? "";
  const perMs = parseDuration(/^\d/.test(per) ? per : `1${per}`);
  const count = Number(match?.[1]);
  return perMs === undefined || perMs === 0 || count > RATE_COUNT_MAX ? undefined : { count, perMs };
});

/** `/verify/i` is a pattern; other text is looked for as it is, whatever its case. */
export const subject = word('text, or a pattern such as "/verify/i"', (text) => {
  const pattern = /^\/(.+)\/([iu]*)$/s.exec(text);
  try {
    return pattern === null
      ? new RegExp(RegExp.escape(text), "i")
      : new RegExp(pattern[1] ?? "", pattern[2] ?? "");
  } catch {
    return undefined;
  }
});

/** `nemesis.test MX`, or a name alone for any type. */
export const query = word(
  'a question such as "nemesis.test MX"',
  (text): { name: string; type: string | undefined } | undefined => {
    const [name = "", type, ...more] = text.trim().split(/\s+/);
    if (name === "" || more.length > 0) return undefined;
    const known = type === undefined || type === "*" ? undefined : parseTypeName(type);
    if (type !== undefined && type !== "*" && known === undefined) return undefined;
    return { name: canonicalName(name), type: known };
  },
);

const record = word('a record such as "A 10.66.0.99" or "MX 5 dead.nemesis.test."', readRecord);

export const wrong = z.union([record.transform((one) => [one]), z.array(record).min(1)]);

/** The rest of a zone file's line, after its owner: names are absolute. */
function readRecord(text: string): RecordData | undefined {
  if (/[\r\n;()]/.test(text)) return undefined;
  const zone = parseZoneFile(`@ ${text}\n`, { origin: "." });
  return zone.ok && zone.value.records.length === 1 ? zone.value.records[0]?.data : undefined;
}
