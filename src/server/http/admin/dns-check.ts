/** Whether the DNS says what it should: asks for each wanted record and says what was found, and what to do. Never rejects. */
import { absoluteName } from "../../../protocol/dns/name.ts";
import { formatRdata } from "../../../protocol/dns/rdata.ts";
import type { Resolution, Resolver } from "../../../protocol/dns/resolver.ts";
import type { WantedRecord } from "./dns-records.ts";

export type RecordState = "found" | "missing" | "different" | "unknown";

export type CheckedRecord = WantedRecord & {
  readonly state: RecordState;
  /** What is there instead, in the form of a zone file. */
  readonly found: readonly string[];
  readonly advice: string;
};

export async function checkRecord(resolver: Resolver, wanted: WantedRecord): Promise<CheckedRecord> {
  const resolution = await resolver.resolve(wanted.name.replace(/\.$/, ""), wanted.type);
  const found = resolution.records.map(({ data }) => formatRdata(data));
  return { ...wanted, found, ...judge(wanted, resolution, found) };
}

function judge(
  wanted: WantedRecord,
  resolution: Resolution,
  found: readonly string[],
): { state: RecordState; advice: string } {
  if (resolution.kind === "failure")
    return {
      state: "unknown",
      advice: `nobody could say (${resolution.rcode}): look at the resolver, or ask again later`,
    };
  const published = `publish ${wanted.name} ${wanted.type}${wanted.value === "" ? " with your public address" : ` ${wanted.value}`}`;
  const relevant = wanted.type === "TXT" ? found.filter((text) => /^"v=spf1[ "]/i.test(text)) : found;
  if (relevant.length === 0) return { state: "missing", advice: published };
  if (wanted.type === "MX" && resolution.cnames.length > 0)
    return { state: "different", advice: "the domain is an alias (CNAME): it can have no MX of its own" };
  if (wanted.value === "")
    return { state: "found", advice: 'name it under "addresses" in the settings, so that it can be checked' };
  const same = relevant.some((one) => sameRecord(wanted, one));
  return same ? agreed(wanted, relevant) : disagreed(wanted, relevant, published);
}

/** It is there; what else is there may matter as well. */
function agreed(wanted: WantedRecord, found: readonly string[]): { state: RecordState; advice: string } {
  const others = found.filter((one) => !sameRecord(wanted, one));
  if (others.length === 0) return { state: "found", advice: "" };
  if (wanted.type === "TXT")
    return { state: "different", advice: `a domain has one SPF record: take ${others.join(" and ")} out` };
  return { state: "found", advice: `there is also ${others.join(", ")}: good when you mean it` };
}

function disagreed(
  wanted: WantedRecord,
  found: readonly string[],
  published: string,
): { state: RecordState; advice: string } {
  const there = found.join(", ");
  switch (wanted.type) {
    case "TXT":
      return {
        state: "different",
        advice: `the domain has another SPF record, ${there}: good when it lets this server send, else ${published}`,
      };
    case "MX":
      return {
        state: "different",
        advice: `mail goes to ${there}: ${published}, or take the domain out here`,
      };
    case "PTR":
      return {
        state: "different",
        advice: `the address leads to ${there}: have it changed to ${wanted.value}`,
      };
    default:
      return { state: "different", advice: `found ${there}: ${published}, or change the settings` };
  }
}

/** Letter case aside; any preference of an MX, any priority and weight of an SRV will do. */
function sameRecord({ type, value }: WantedRecord, found: string): boolean {
  const plain = (text: string): string => {
    const words = text.toLowerCase().split(/\s+/);
    const kept = type === "MX" ? words.slice(1) : type === "SRV" ? words.slice(2) : words;
    return kept
      .map((word) => (/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(word) && type !== "A" ? absoluteName(word) : word))
      .join(" ");
  };
  return plain(value) === plain(found);
}
