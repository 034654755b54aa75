/** The addresses of a host: itself when it is one, else its AAAA and A records, CNAMEs followed. */
import { canonicalIp } from "../../base/ip.ts";
import type { Resolution } from "../../protocol/dns/resolver.ts";
import type { RoutingStep } from "./router.ts";

export type HostAddresses =
  /** `addresses` may be empty: the host has none. `alias`: the name at the end of its CNAMEs. */
  | {
      readonly kind: "found";
      readonly addresses: readonly string[];
      readonly alias: string | undefined;
      readonly nxdomain: boolean;
    }
  /** No name server could say. */
  | { readonly kind: "failure" };

export async function findAddresses(step: RoutingStep, host: string): Promise<HostAddresses> {
  const literal = literalAddress(host);
  if (literal !== undefined)
    return { kind: "found", addresses: [literal], alias: undefined, nxdomain: false };
  const { resolver } = step.options;
  const { addresses: named } = step.settings;
  const own = named.length > 0 ? named : (step.options.machineAddresses ?? []);
  const hasIpv6 = own.some((address) => address.includes(":"));
  // RFC 5321 §5.2: both families; a host without an IPv6 address of its own need not ask for one.
  const types = hasIpv6 ? (["AAAA", "A"] as const) : (["A"] as const);
  const answers = await Promise.all(types.map((type) => resolver.resolve(host, type, step.context)));
  const addresses = answers.flatMap(addressesOf);
  for (const [i, answer] of answers.entries()) step.steps.push(describe(host, types[i] ?? "A", answer));
  if (addresses.length === 0 && answers.some(({ kind }) => kind === "failure")) return { kind: "failure" };
  const alias = answers.find(({ cnames }) => cnames.length > 0)?.canonicalName;
  return { kind: "found", addresses, alias, nxdomain: answers.every(({ kind }) => kind === "nxdomain") };
}

function addressesOf(answer: Resolution): string[] {
  return answer.records.flatMap(({ data }) =>
    data.type === "A" || data.type === "AAAA" ? [data.address as string] : [],
  );
}

function describe(host: string, type: string, answer: Resolution): string {
  switch (answer.kind) {
    case "answer": {
      const alias = answer.cnames.length > 0 ? ` (an alias of ${answer.canonicalName})` : "";
      return `${host}${alias} ${type} ${addressesOf(answer).join(", ")}`;
    }
    case "noData":
      return `${host} has no ${type} record`;
    case "nxdomain":
      return `${host} does not exist`;
    case "failure":
      return `${host} ${type}: ${answer.rcode}`;
  }
}

/** An address as text without brackets, when the host is one. */
function literalAddress(host: string): string | undefined {
  return canonicalIp(host.replace(/^\[(?:IPv6:)?(.*)\]$/i, "$1"));
}
