/**
 * Whether a recipient is taken from this client. Relay is closed by default: a recipient is ours, or the client
 * authenticated, or it connects from a network that settings name; nothing else (RFC 5321 §3.6.2, §7.9). Pure.
 */
import { networkContains, parseNetwork } from "../../base/ip.ts";
import type { IpNetwork } from "../../base/ip.ts";
import type { Reason } from "../../base/reason.ts";
import { formatMailbox } from "../../message/address/address.ts";
import type { Mailbox } from "../../message/address/address.ts";
import { reply } from "../../protocol/smtp/reply.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { matchesAddress } from "../routing/match.ts";
import { findMailbox } from "./accepted-domains.ts";
import type { AccountNames } from "./accepted-domains.ts";
import { expandAlias } from "./aliases.ts";
import type { Client } from "./reception.ts";

export type RelayVerdict =
  | { readonly accept: true; readonly addresses: readonly string[]; readonly reason: Reason }
  | { readonly accept: false; readonly reply: SmtpReply; readonly reason: Reason };

export type RelayPolicy = (
  client: Pick<Client, "remote" | "account" | "service">,
  mailbox: Mailbox,
) => RelayVerdict;

export function createRelayPolicy(settings: HostSettings, accounts: AccountNames): RelayPolicy {
  const networks = settings.relayFrom
    .map((text) => parseNetwork(text))
    .filter((network) => network !== undefined);
  return (client, mailbox) => {
    if (client.service === "submission" && client.account === undefined) return mustAuthenticate();
    const alias = expandAlias(settings, mailbox);
    if (alias !== undefined)
      return {
        accept: true,
        addresses: alias,
        reason: { rule: "alias", setting: `aliases.${formatMailbox(mailbox)}` },
      };
    const found = findMailbox(settings, accounts, mailbox);
    const addresses = [formatMailbox(mailbox)];
    switch (found.kind) {
      case "mailbox":
      case "drop":
        return {
          accept: true,
          addresses,
          reason: { rule: "local recipient", setting: `domains.${found.domainSetting}` },
        };
      case "elsewhere":
        return relayDomain(found.domain.recipients, found.domainSetting, addresses);
      case "unknown":
        return byConnector(settings, addresses) ?? unknownMailbox(mailbox, found.domainSetting);
      case "foreign":
        return foreign(settings, networks, client, mailbox, addresses);
    }
  };
}

/**
 * A mailbox that is a program: mail for it ends in a connector's folder or webhook. Only connectors that take it from
 * everybody count; what is answered at RCPT must not turn out wrong later.
 */
function byConnector(settings: HostSettings, addresses: readonly string[]): RelayVerdict | undefined {
  const index = settings.connectors.findIndex(
    ({ to, from, host, drop, webhook }) =>
      (drop !== undefined || webhook !== undefined) &&
      from === "*" &&
      host === undefined &&
      addresses.every((address) => matchesAddress(to, address)),
  );
  if (index < 0) return undefined;
  return { accept: true, addresses, reason: { rule: "local recipient", setting: `connectors[${index}]` } };
}

/** To somewhere else: for our users, our networks, and nobody else. */
function foreign(
  settings: HostSettings,
  networks: readonly IpNetwork[],
  client: Pick<Client, "remote" | "account">,
  mailbox: Mailbox,
  addresses: readonly string[],
): RelayVerdict {
  if (client.account !== undefined) {
    return {
      accept: true,
      addresses,
      reason: { rule: `authenticated as ${client.account}`, rfc: "RFC 6409 §4.3" },
    };
  }
  const index = networks.findIndex((network) => networkContains(network, client.remote.address));
  if (index >= 0) {
    if (settings.authentication.required) return mustAuthenticate();
    return {
      accept: true,
      addresses,
      reason: { rule: `${client.remote.address} may relay`, setting: `relayFrom[${index}]` },
    };
  }
  if (settings.openRelay !== undefined)
    return { accept: true, addresses, reason: { rule: "open relay", setting: "openRelay" } };
  const to = formatMailbox(mailbox);
  return {
    accept: false,
    reply: reply(550, "5.7.1", `<${to}>: relaying denied`),
    reason: {
      rule: "relaying denied",
      rfc: "RFC 5321 §3.6.2",
      change: `authenticate, or add ${client.remote.address} to relayFrom, or the domain to domains`,
    },
  };
}

function relayDomain(
  recipients: readonly string[] | undefined,
  name: string,
  addresses: readonly string[],
): RelayVerdict {
  const [address = ""] = addresses;
  const reason: Reason = { rule: "relay domain", setting: `domains.${name}` };
  const known =
    recipients === undefined || recipients.some((one) => one.toLowerCase() === address.toLowerCase());
  if (known) return { accept: true, addresses, reason };
  return {
    accept: false,
    reply: reply(550, "5.1.1", `<${address}>: no such recipient`),
    reason: { rule: "recipient not listed", setting: `domains.${name}.recipients` },
  };
}

function unknownMailbox(mailbox: Mailbox, name: string): RelayVerdict {
  const address = formatMailbox(mailbox);
  return {
    accept: false,
    reply: reply(550, "5.1.1", `<${address}>: no such mailbox here`),
    reason: {
      rule: "unknown mailbox",
      setting: `domains.${name}`,
      rfc: "RFC 5321 §3.3",
      change: `add the account ${address}, an alias or a catchAll`,
    },
  };
}

function mustAuthenticate(): RelayVerdict {
  return {
    accept: false,
    reply: reply(530, "5.7.0", "Authentication required"),
    reason: { rule: "authentication required", setting: "authentication.required", rfc: "RFC 4954 §6" },
  };
}
