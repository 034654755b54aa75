/**
 * What the DNS says of a client: does its address lead to a name that leads back, does its EHLO name lead to it, does
 * the sender's domain take mail. Asked only when a policy wants to know, and never before the greeting. A name server
 * that does not answer is nobody's guilt: the check passes with a note.
 */
import { canonicalIp, reverseName } from "../../base/ip.ts";
import type { Reason } from "../../base/reason.ts";
import type { Resolution, ResolveContext, Resolver } from "../../protocol/dns/resolver.ts";

export type CheckResult =
  | { readonly passed: true; readonly detail: string; readonly name?: string | undefined }
  | { readonly passed: false; readonly reason: Reason; readonly text: string };

/** Limit: PTR records followed; more is a trick. */
const NAMES_MAX = 5;

/** The client's address has a PTR name whose address is the client's (RFC 8601 §3, "iprev"). */
export async function checkReverseDns(
  resolver: Resolver,
  address: string,
  context: ResolveContext,
): Promise<CheckResult> {
  const reverse = reverseName(address);
  if (reverse === undefined) return { passed: true, detail: "not an address" };
  const pointers = await resolver.resolve(reverse, "PTR", context);
  if (pointers.kind === "failure") return { passed: true, detail: `${reverse} PTR: ${pointers.rcode}` };
  const names = pointers.records
    .flatMap(({ data }) => (data.type === "PTR" ? [data.target] : []))
    .slice(0, NAMES_MAX);
  for (const name of names) {
    if (await leadsTo(resolver, name, address, context))
      return { passed: true, detail: `${address} is ${name}`, name: name.replace(/\.$/, "") };
  }
  const detail =
    names.length === 0
      ? `${reverse} has no PTR record`
      : `${names.join(", ")} does not lead back to ${address}`;
  return {
    passed: false,
    text: `your address ${address} has no name that leads back to it`,
    reason: {
      rule: "reverse DNS",
      setting: "policies.reverseDns",
      rfc: "RFC 8601 §3",
      detail,
      change: `publish a PTR record for ${address} and an address record for its name`,
    },
  };
}

/** The EHLO name is an address literal of the client, or a name that leads to it (RFC 5321 §4.1.4). */
export async function checkHelo(
  resolver: Resolver,
  helo: string,
  address: string,
  context: ResolveContext,
): Promise<CheckResult> {
  const literal = canonicalIp(helo.replace(/^\[(?:IPv6:)?(.*)\]$/i, "$1"));
  const failed = (detail: string): CheckResult => ({
    passed: false,
    text: `EHLO ${printable(helo)} does not name the client`,
    reason: {
      rule: "EHLO name",
      setting: "policies.helo",
      rfc: "RFC 5321 §4.1.4",
      detail,
      change: "make the EHLO name resolve to the sending address",
    },
  });
  if (literal !== undefined)
    return literal === canonicalIp(address)
      ? { passed: true, detail: "its own address" }
      : failed(`${literal} is not ${address}`);
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\.?$/.test(helo)) return failed("not a host name");
  if (await leadsTo(resolver, helo, address, context))
    return { passed: true, detail: `${helo} leads to ${address}` };
  return failed(`${helo} does not lead to ${address}`);
}

/** Mail to the sender's domain could be delivered: it exists, and has MX or address records that are not null. */
export async function checkSenderDomain(
  resolver: Resolver,
  domain: string,
  context: ResolveContext,
): Promise<CheckResult> {
  const failed = (detail: string): CheckResult => ({
    passed: false,
    text: `the domain of your sender address, ${domain}, takes no mail`,
    reason: {
      rule: "sender domain",
      setting: "policies.senderDomain",
      rfc: "RFC 5321 §3.6.1",
      detail,
      change: `give ${domain} an MX or address record`,
    },
  });
  const mx = await resolver.resolve(domain, "MX", context);
  if (mx.kind === "failure") return { passed: true, detail: `${domain} MX: ${mx.rcode}` };
  if (mx.kind === "nxdomain") return failed("the domain does not exist");
  if (mx.kind === "answer") {
    const isNull = mx.records.every(
      ({ data }) => data.type === "MX" && (data.exchange === "." || data.exchange === ""),
    );
    return isNull ? failed("it has a null MX (RFC 7505)") : { passed: true, detail: "has MX" };
  }
  const [a, aaaa] = await Promise.all([
    resolver.resolve(domain, "A", context),
    resolver.resolve(domain, "AAAA", context),
  ]);
  if ([a, aaaa].some(({ kind }) => kind === "answer" || kind === "failure"))
    return { passed: true, detail: "has an address" };
  return failed("it has neither MX nor address");
}

async function leadsTo(
  resolver: Resolver,
  name: string,
  address: string,
  context: ResolveContext,
): Promise<boolean> {
  const answer: Resolution = await resolver.resolve(name, address.includes(":") ? "AAAA" : "A", context);
  if (answer.kind === "failure") return true;
  const wanted = canonicalIp(address);
  return answer.records.some(
    ({ data }) => (data.type === "A" || data.type === "AAAA") && data.address === wanted,
  );
}

function printable(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 255);
}
