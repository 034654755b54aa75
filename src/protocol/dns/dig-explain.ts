/** Says in sentences why an answer looks as it does: what it means to a sender of mail, and the RFC that says so. Pure. */
import { parseIp } from "../../base/ip.ts";
import type { Message } from "./message.ts";
import { absoluteName, canonicalName } from "./name.ts";
import { dataOf } from "./record.ts";
import type { DataOf, Question } from "./record.ts";

export function explainReply(message: Message): string[] {
  const question = message.questions[0];
  if (question === undefined)
    return ["The server sends no question back: it could not read ours (RFC 1035 §4.1.1)."];
  return [
    ...explainStatus(message, question),
    ...explainAliases(message),
    ...explainExchangers(message, question),
  ];
}

function explainStatus(message: Message, { name, type }: Question): string[] {
  const owner = absoluteName(name);
  const lines: string[] = [];
  const soa = message.authorities.find(({ data }) => data.type === "SOA");
  switch (message.rcode) {
    case "NOERROR":
      if (message.answers.length > 0) break;
      if (message.truncated) break;
      lines.push(
        soa === undefined && dataOf(message.authorities, "NS").length > 0
          ? `The server does not hold ${owner} and refers to the servers in the authority section (RFC 1034 §4.3.1).`
          : `${owner} exists and has no ${type} record: NODATA (RFC 2308 §2.2).`,
      );
      break;
    case "NXDOMAIN":
      lines.push(`${owner} does not exist, with any type (RFC 2308 §2.1): mail to it is bounced at once.`);
      break;
    case "REFUSED":
      lines.push(
        `The server does not hold ${owner} and does not ask others for you: REFUSED (RFC 1035 §4.1.1).`,
      );
      break;
    case "SERVFAIL":
      lines.push(
        `Nobody can say now: SERVFAIL (RFC 1035 §4.1.1). Mail to it waits and is tried again (RFC 5321 §5.1).`,
      );
      break;
    default:
      lines.push(`The server answers ${message.rcode}.`);
  }
  if (soa?.data.type === "SOA" && message.answers.length === 0)
    lines.push(
      `This "no" may be remembered for ${Math.min(soa.ttlSeconds, soa.data.minimumSeconds)} seconds, as the SOA says (RFC 2308 §5).`,
    );
  if (message.truncated)
    lines.push("The answer did not fit its packet and was cut: ask again with +tcp (RFC 2181 §9).");
  if (message.answers.length > 0)
    lines.push(
      message.authoritative
        ? "The answer comes from the zone itself: aa (RFC 1035 §4.1.1)."
        : "The answer comes from a cache or another server: no aa flag (RFC 1035 §4.1.1).",
    );
  return lines;
}

function explainAliases({ answers }: Message): string[] {
  return answers.flatMap(({ name, data }) =>
    data.type === "CNAME"
      ? [
          `${absoluteName(name)} is an alias; what is asked is looked up at ${absoluteName(data.target)} (RFC 1034 §3.6.2).`,
        ]
      : [],
  );
}

function explainExchangers(message: Message, { name, type }: Question): string[] {
  if (type !== "MX") return [];
  const exchangers = dataOf(message.answers, "MX").sort((a, b) => a.preference - b.preference);
  if (exchangers.length === 0) {
    return message.rcode === "NOERROR" && !message.truncated
      ? [`Without MX, mail goes to the A or AAAA address of ${absoluteName(name)} itself (RFC 5321 §5.1).`]
      : [];
  }
  if (exchangers.length === 1 && exchangers[0]?.exchange === ".")
    return [`A null MX: ${absoluteName(name)} takes no mail, and a sender bounces at once (RFC 7505 §3).`];
  return [
    `Senders try ${preferenceOrder(exchangers)} (RFC 5321 §5.1).`,
    ...warnExchangers(message, exchangers),
  ];
}

/** `edge (10), then a or b in any order (20)`. */
function preferenceOrder(exchangers: readonly DataOf<"MX">[]): string {
  const groups = new Map<number, string[]>();
  for (const { preference, exchange } of exchangers)
    groups.set(preference, [...(groups.get(preference) ?? []), absoluteName(exchange)]);
  return [...groups]
    .map(
      ([preference, names]) =>
        `${names.join(" or ")}${names.length > 1 ? " in any order" : ""} (${preference})`,
    )
    .join(", then ");
}

function warnExchangers(message: Message, exchangers: readonly DataOf<"MX">[]): string[] {
  const aliases = new Set(
    [...message.answers, ...message.additionals]
      .filter(({ data }) => data.type === "CNAME")
      .map(({ name }) => canonicalName(name)),
  );
  return exchangers.flatMap(({ exchange }) => {
    if (parseIp(canonicalName(exchange)) !== undefined)
      return [
        `Warning: the exchanger ${exchange} is an address; it is looked up as a name and not found (RFC 1035 §3.3.9).`,
      ];
    if (aliases.has(canonicalName(exchange)))
      return [
        `Warning: the exchanger ${absoluteName(exchange)} is an alias, which an MX must not name (RFC 2181 §10.3).`,
      ];
    return [];
  });
}
