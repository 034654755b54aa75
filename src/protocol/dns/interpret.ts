/**
 * What a reply means to whoever asked (RFC 1034 §4.3.2 from the other side, RFC 2308): records at the end of the
 * CNAMEs in it, a "no", an alias that leads on, or nothing of use. Only records on the way from the asked name count,
 * so what a server adds unasked is never believed. Pure.
 */
import { CNAMES_MAX } from "./lookup.ts";
import type { Message, Rcode } from "./message.ts";
import { canonicalName } from "./name.ts";
import type { RecordTypeName, ResourceRecord } from "./record.ts";

export type Interpretation = {
  readonly kind: "answer" | "noData" | "nxdomain" | "alias" | "failure";
  readonly rcode: Rcode;
  /** Where the CNAMEs lead. */
  readonly canonicalName: string;
  readonly cnames: readonly string[];
  readonly records: readonly ResourceRecord[];
  /** How long this may be remembered; 0: not at all. */
  readonly ttlSeconds: number;
  readonly detail?: string;
};

export function interpretReply(message: Message, name: string, type: RecordTypeName): Interpretation {
  const { rcode } = message;
  if (rcode !== "NOERROR" && rcode !== "NXDOMAIN") return nothing(rcode, name, `the server answers ${rcode}`);
  const cnames: string[] = [];
  let at = name;
  let ttlSeconds = Infinity;
  for (;;) {
    const key = canonicalName(at);
    const records = message.answers.filter(
      (record) => record.data.type === type && record.class === "IN" && canonicalName(record.name) === key,
    );
    if (records.length > 0) {
      ttlSeconds = Math.min(ttlSeconds, ...records.map((record) => record.ttlSeconds));
      return { kind: "answer", rcode: "NOERROR", canonicalName: at, cnames, records, ttlSeconds };
    }
    const cname = message.answers.find(
      (record) => record.data.type === "CNAME" && canonicalName(record.name) === key,
    );
    if (cname?.data.type !== "CNAME") break;
    at = cname.data.target;
    if (canonicalName(at) === canonicalName(name) || cnames.includes(at))
      return nothing("SERVFAIL", name, `the CNAMEs of ${name} go round in a circle`);
    cnames.push(at);
    if (cnames.length > CNAMES_MAX)
      return nothing("SERVFAIL", name, `more than ${CNAMES_MAX} CNAMEs follow ${name}`);
    ttlSeconds = Math.min(ttlSeconds, cname.ttlSeconds);
  }
  return negative(message, at, cnames, ttlSeconds);
}

/** RFC 2308 §2: no record of the type. The SOA says that this is the end, and how long it holds (§5). */
function negative(
  message: Message,
  canonical: string,
  cnames: readonly string[],
  chainTtlSeconds: number,
): Interpretation {
  const soa = message.authorities.find(({ data }) => data.type === "SOA");
  const soaTtl = soa?.data.type === "SOA" ? Math.min(soa.ttlSeconds, soa.data.minimumSeconds) : 0;
  const base = { canonicalName: canonical, cnames, records: [] };
  if (message.rcode === "NXDOMAIN")
    return { ...base, kind: "nxdomain", rcode: "NXDOMAIN", ttlSeconds: Math.min(soaTtl, chainTtlSeconds) };
  if (soa === undefined && cnames.length > 0)
    return { ...base, kind: "alias", rcode: "NOERROR", ttlSeconds: chainTtlSeconds };
  const isReferral = soa === undefined && message.authorities.some(({ data }) => data.type === "NS");
  if (isReferral && !message.authoritative && !message.recursionAvailable)
    return nothing(
      "NOERROR",
      canonical,
      "the server only refers to others; a resolver's server must recurse",
    );
  return { ...base, kind: "noData", rcode: "NOERROR", ttlSeconds: Math.min(soaTtl, chainTtlSeconds) };
}

function nothing(rcode: Rcode, name: string, detail: string): Interpretation {
  return { kind: "failure", rcode, canonicalName: name, cnames: [], records: [], ttlSeconds: 0, detail };
}
