/**
 * By the DNS (RFC 5321 §5.1): MX records by preference with equal ones shuffled, A and AAAA when there is no MX, null
 * MX (RFC 7505), address literals, bare host names, and the rule that keeps a backup MX from sending to itself.
 */
import { canonicalIp } from "../../base/ip.ts";
import { shuffled } from "../../base/random.ts";
import type { Reason } from "../../base/reason.ts";
import { formatDomain } from "../../message/address/address.ts";
import { findAddresses } from "./host-addresses.ts";
import type { Hop, Route, RouteTarget } from "./route.ts";
import type { RoutingStep } from "./router.ts";
import { defer, fail, isOurselves } from "./targets.ts";

/** Limit: mail exchangers looked at for one domain; more is abuse of us as a resolver. */
const EXCHANGERS_MAX = 20;

export async function routeByMx(step: RoutingStep): Promise<Route> {
  const { domain } = step.mailbox;
  if (domain.kind === "name") {
    return domain.name.includes(".") ? routeByName(step, domain.name) : routeByBareHost(step, domain.name);
  }
  const reason: Reason = { rule: "address literal", rfc: "RFC 5321 §4.1.3" };
  if (domain.kind === "general") {
    return end(step, fail("5.1.2", `no way is known to a [${domain.tag}:…] address`), reason);
  }
  step.steps.push(
    domain.kind === "bareAddress"
      ? `${domain.address} without brackets is not an address literal; taken as [${domain.address}]`
      : `${formatDomain(domain)} is an address: no DNS is asked`,
  );
  if (isOurselves(step, domain.address, [domain.address])) {
    return end(step, fail("5.1.2", `[${domain.address}] is this server, which takes no mail for it`), reason);
  }
  return toHops(
    step,
    `literal:${domain.address}`,
    [hop(step, domain.address, undefined, [domain.address])],
    reason,
  );
}

async function routeByName(step: RoutingStep, name: string): Promise<Route> {
  const answer = await step.options.resolver.resolve(name, "MX", step.context);
  const rfc = "RFC 5321 §5.1";
  switch (answer.kind) {
    case "failure":
      step.steps.push(`${name} MX: ${answer.rcode}`);
      return end(step, defer("4.4.3", `the name servers of ${name} do not answer (${answer.rcode})`), {
        rule: "DNS failure defers",
        rfc,
      });
    case "nxdomain":
      step.steps.push(`${name} does not exist`);
      return end(step, fail("5.1.2", `the domain ${name} does not exist`), { rule: "no such domain", rfc });
    case "noData":
      step.steps.push(`${name} has no MX record: its own address stands in for one`);
      return byImplicitMx(step, name);
    case "answer":
      break;
  }
  const exchangers = answer.records.flatMap(({ data }) => (data.type === "MX" ? [data] : []));
  step.steps.push(...exchangers.map(({ preference, exchange }) => `${name} MX ${preference} ${exchange}`));
  if (exchangers.length === 1 && isRoot(exchangers[0]?.exchange)) {
    return end(step, fail("5.1.10", `${name} takes no mail (null MX)`), {
      rule: "null MX",
      rfc: "RFC 7505 §3",
    });
  }
  return byExchangers(
    step,
    name,
    exchangers.filter(({ exchange }) => !isRoot(exchange)).slice(0, EXCHANGERS_MAX),
  );
}

/** `user@jenny`: a name without a dot is first looked for beside us, as a search list would. */
async function routeByBareHost(step: RoutingStep, name: string): Promise<Route> {
  const reason: Reason = { rule: "bare host name", rfc: "RFC 5321 §2.3.5" };
  if (name === "localhost")
    return end(step, fail("5.1.2", "localhost takes no mail here"), {
      ...reason,
      change: "add localhost to domains",
    });
  const parent = step.settings.hostname.split(".").slice(1).join(".");
  const candidates = parent === "" ? [name] : [`${name}.${parent}`, name];
  for (const candidate of candidates) {
    const found = await findAddresses(step, candidate);
    if (found.kind === "failure")
      return end(step, defer("4.4.3", `the address of ${candidate} cannot be found out now`), reason);
    if (found.addresses.length === 0) continue;
    return toHops(step, `host:${candidate}`, [hop(step, candidate, undefined, found.addresses)], reason);
  }
  return end(step, fail("5.1.2", `no host ${name} is known`), reason);
}

async function byImplicitMx(step: RoutingStep, name: string): Promise<Route> {
  const reason: Reason = { rule: "no MX: address of the domain itself", rfc: "RFC 5321 §5.1" };
  const found = await findAddresses(step, name);
  if (found.kind === "failure")
    return end(step, defer("4.4.3", `the address of ${name} cannot be found out now`), reason);
  if (found.addresses.length === 0)
    return end(step, fail("5.1.2", `${name} has neither MX nor address`), reason);
  if (isOurselves(step, name, found.addresses)) return loops(step, name);
  return toHops(step, `mx:${name}`, [hop(step, name, 0, found.addresses)], reason);
}

type Exchanger = { readonly preference: number; readonly exchange: string };

async function byExchangers(
  step: RoutingStep,
  name: string,
  exchangers: readonly Exchanger[],
): Promise<Route> {
  const ordered = shuffled(step.options.random, exchangers).toSorted((a, b) => a.preference - b.preference);
  const hops: Hop[] = [];
  let unknown = 0;
  for (const { preference, exchange } of ordered) {
    const host = exchange.replace(/\.$/, "");
    if (canonicalIp(host) !== undefined) {
      step.steps.push(
        `MX ${preference} ${host} is an address, which an MX must not be (RFC 1035 §3.3.9): passed over`,
      );
      continue;
    }
    const found = await findAddresses(step, host);
    if (found.kind === "failure") unknown++;
    if (found.kind === "failure" || found.addresses.length === 0) continue;
    if (found.alias !== undefined) {
      step.steps.push(`MX ${host} is an alias, which it must not be (RFC 2181 §10.3): followed all the same`);
    }
    if (isOurselves(step, host, found.addresses)) {
      step.steps.push(`${host} is this server: only better exchangers than ${preference} are tried`);
      const better = hops.filter((one) => (one.preference ?? 0) < preference);
      return better.length === 0
        ? loops(step, name)
        : toHops(step, `mx:${name}`, better, { rule: "better MX than ourselves", rfc: "RFC 5321 §5.1" });
    }
    hops.push(hop(step, host, preference, found.addresses));
  }
  if (hops.length > 0)
    return toHops(step, `mx:${name}`, hops, { rule: "MX by preference", rfc: "RFC 5321 §5.1" });
  const reason: Reason = {
    rule: "no usable MX",
    rfc: "RFC 5321 §5.1",
    change: `mend the MX records of ${name}`,
  };
  if (unknown > 0)
    return end(
      step,
      defer("4.4.3", `the addresses of the mail exchangers of ${name} cannot be found out now`),
      reason,
    );
  return end(step, fail("5.4.4", `no mail exchanger of ${name} has an address`), reason);
}

function loops(step: RoutingStep, name: string): Route {
  const reason: Reason = {
    rule: "mail loops back to myself",
    rfc: "RFC 5321 §5.1",
    change: `make ${name} one of domains, or correct its MX`,
  };
  return end(
    step,
    fail("5.4.6", `mail for ${name} leads back to this server, which does not take it`),
    reason,
  );
}

function hop(
  step: RoutingStep,
  host: string,
  preference: number | undefined,
  addresses: readonly string[],
): Hop {
  return { host, preference, addresses, port: step.settings.outbound.port };
}

function toHops(step: RoutingStep, key: string, hops: readonly Hop[], reason: Reason): Route {
  const { tls } = step.settings;
  const domain = formatDomain(step.mailbox.domain);
  step.steps.push(
    `to be tried: ${hops.map((one) => `${one.host} (${one.addresses.join(", ")})`).join(", then ")}`,
  );
  const level = tls.domains[domain] ?? tls.outbound;
  return end(step, { kind: "smtp", key, hops, tls: level, protocol: "smtp" }, reason);
}

function end(step: RoutingStep, target: RouteTarget, reason: Reason): Route {
  return { recipient: step.recipient, target, steps: step.steps, reason };
}

function isRoot(exchange: string | undefined): boolean {
  return exchange === "." || exchange === "";
}
