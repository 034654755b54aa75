/**
 * Where a recipient's mail goes: connectors in order, then the domains that are ours, then the DNS (RFC 5321 §5.1).
 * Every step taken is kept as a sentence, for the trace and for `posthorn why`. Never rejects.
 */
import type { Random } from "../../base/random.ts";
import { domainKey, formatDomain } from "../../message/address/address.ts";
import type { Mailbox } from "../../message/address/address.ts";
import { parseMailbox } from "../../message/address/path.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { findMailbox } from "../reception/accepted-domains.ts";
import type { AccountNames } from "../reception/accepted-domains.ts";
import { matchConnector } from "./connectors.ts";
import { routeByMx } from "./mx.ts";
import { fail, viaSmarthost } from "./targets.ts";
import type { Route, Router, RoutingContext } from "./route.ts";

export type RouterOptions = {
  readonly settings: () => HostSettings;
  readonly resolver: Resolver;
  readonly random: Random;
  readonly accounts: AccountNames;
  /** Addresses of the machine that settings need not name: they tell our own doors, and whether IPv6 is to be had. */
  readonly machineAddresses?: readonly string[] | undefined;
  /** Why mail for a recipient must not go to any of these addresses; undefined when it may. */
  readonly objection?: ((recipient: string, addresses: readonly string[]) => string | undefined) | undefined;
};

/** What one decision carries along: the facts, and the sentences so far. */
export type RoutingStep = {
  readonly options: RouterOptions;
  readonly settings: HostSettings;
  readonly recipient: string;
  readonly mailbox: Mailbox;
  readonly context: RoutingContext;
  readonly steps: string[];
};

export function createRouter(options: RouterOptions): Router {
  return async (recipient, context) => {
    const parsed = parseMailbox(recipient);
    const steps: string[] = [];
    if (!parsed.ok) {
      const reason = { rule: "bad recipient address", rfc: "RFC 5321 §4.1.2", detail: parsed.error.text };
      return { recipient, target: fail("5.1.3", parsed.error.text), steps, reason };
    }
    const step: RoutingStep = {
      options,
      settings: options.settings(),
      recipient,
      mailbox: parsed.value,
      context,
      steps,
    };
    return heedObjection(
      (await byConnector(step)) ?? (await byDomain(step)) ?? (await routeByMx(step)),
      options.objection,
    );
  };
}

function heedObjection(route: Route, objection: RouterOptions["objection"]): Route {
  if (objection === undefined || route.target.kind !== "smtp") return route;
  const addresses = route.target.hops.flatMap((hop) => hop.addresses);
  const text = objection(route.recipient, addresses);
  if (text === undefined) return route;
  return { ...route, target: fail("5.7.1", text), reason: { rule: "may not leave", detail: text } };
}

async function byConnector(step: RoutingStep): Promise<Route | undefined> {
  const { settings, recipient, context, steps } = step;
  const found = matchConnector(settings.connectors, {
    to: recipient,
    from: context.reversePath,
    client: context.client,
  });
  steps.push(...found.steps);
  if (found.connector === undefined) return undefined;
  const { connector, number } = found;
  const setting = `connectors[${number - 1}]`;
  const reason = {
    rule: `connector ${number} matched`,
    setting,
    change: `edit ${setting}, or put another before it`,
  };
  if (connector.via === "mx") return routeByMx(step);
  if (connector.via === "local")
    return byMailbox(step) ?? { recipient, target: fail("5.1.1", "no such mailbox here"), steps, reason };
  const { webhook: url, secret, drop: folder } = connector;
  if (url !== undefined)
    return { recipient, target: { kind: "webhook", url, secret, folder }, steps, reason };
  if (folder !== undefined) return { recipient, target: { kind: "drop", folder }, steps, reason };
  if (connector.reject !== undefined)
    return { recipient, target: fail("5.7.1", connector.reject), steps, reason };
  if (connector.via === undefined) throw new Error(`${setting} names no way`);
  return viaSmarthost(step, connector.via, connector, reason);
}

/** The domains we accept mail for. */
async function byDomain(step: RoutingStep): Promise<Route | undefined> {
  const { settings, mailbox, recipient, steps } = step;
  const found = findMailbox(settings, step.options.accounts, mailbox);
  const key = domainKey(mailbox.domain);
  const setting = `domains.${found.domainSetting ?? key}`;
  switch (found.kind) {
    case "foreign":
      steps.push(`${formatDomain(mailbox.domain)} is not one of our domains`);
      return undefined;
    case "mailbox":
      return byMailbox(step);
    case "drop": {
      steps.push(`${key} is ours and its mail goes to the drop folder`);
      return {
        recipient,
        target: { kind: "drop", folder: found.folder },
        steps,
        reason: { rule: "drop folder", setting: "drop.folder" },
      };
    }
    case "unknown": {
      steps.push(`${key} is ours, and has no mailbox ${mailbox.localPart}`);
      const reason = {
        rule: "unknown mailbox",
        setting,
        change: `add the account or a catchAll to ${setting}`,
      };
      return { recipient, target: fail("5.1.1", `no mailbox ${mailbox.localPart} here`), steps, reason };
    }
    case "elsewhere": {
      const reason = { rule: `${found.domain.kind} domain`, setting };
      steps.push(`${key} is a ${found.domain.kind} domain of ours: its mailboxes are on another server`);
      return found.domain.via === undefined
        ? routeByMx(step)
        : viaSmarthost(step, found.domain.via, {}, reason);
    }
  }
}

function byMailbox({ settings, options, mailbox, recipient, steps }: RoutingStep): Route | undefined {
  const found = findMailbox(settings, options.accounts, mailbox);
  if (found.kind !== "mailbox") return undefined;
  steps.push(
    `${recipient} is the mailbox of ${found.account}${found.by === undefined ? "" : ` (${found.by})`}`,
  );
  const reason = { rule: "local mailbox", setting: `domains.${found.domainSetting ?? ""}` };
  return { recipient, target: { kind: "local", account: found.account, mailbox: "INBOX" }, steps, reason };
}
