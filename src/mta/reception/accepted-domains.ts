/**
 * Whether a mailbox is ours, and whose: the accepted domains, accounts, sub-addresses (`ann+list@`), catch-alls and
 * the drop folder. Reception asks it to accept, routing to deliver, so that both always agree. Pure.
 */
import { domainKey, formatMailbox } from "../../message/address/address.ts";
import type { Mailbox } from "../../message/address/address.ts";
import type { AcceptedDomain, HostSettings } from "../../settings/host-settings.ts";

/** The account of that name, as it calls itself; undefined when there is none. */
export type AccountNames = (address: string) => string | undefined;

export type Found =
  | { readonly kind: "foreign"; readonly domainSetting?: undefined }
  /** `by` says how, when it is not the plain name: `sub-address`, `catch-all`. */
  | {
      readonly kind: "mailbox";
      readonly account: string;
      readonly by: string | undefined;
      readonly domainSetting: string;
    }
  | { readonly kind: "drop"; readonly folder: string; readonly domainSetting: string }
  | { readonly kind: "unknown"; readonly domainSetting: string }
  | { readonly kind: "elsewhere"; readonly domain: AcceptedDomain; readonly domainSetting: string };

export function findMailbox(settings: HostSettings, accounts: AccountNames, mailbox: Mailbox): Found {
  const accepted = acceptedDomain(settings, mailbox);
  if (accepted === undefined) return { kind: "foreign" };
  const { name, domain } = accepted;
  if (domain.kind === "relay") return { kind: "elsewhere", domain, domainSetting: name };
  const own =
    ownMailbox(accounts, mailbox, domain) ??
    atHome(settings, mailbox).flatMap((one) => ownMailbox(accounts, one, domain) ?? [])[0] ??
    postmaster(settings, accounts, mailbox);
  if (own !== undefined) return { kind: "mailbox", ...own, domainSetting: name };
  if (domain.kind === "internal") return { kind: "elsewhere", domain, domainSetting: name };
  if (settings.drop !== undefined) return { kind: "drop", folder: settings.drop.folder, domainSetting: name };
  return { kind: "unknown", domainSetting: name };
}

/** The accepted domain a mailbox belongs to: by name, by address literal, or because it names the host itself. */
export function acceptedDomain(
  settings: HostSettings,
  mailbox: Mailbox,
): { name: string; domain: AcceptedDomain } | undefined {
  for (const name of domainNames(settings, mailbox)) {
    const domain = settings.domains[name] as AcceptedDomain | undefined;
    if (domain !== undefined) return { name, domain };
  }
  const [home] = namesHost(settings, mailbox) ? homes(settings) : [];
  return home === undefined ? undefined : { name: home, domain: settings.domains[home] as AcceptedDomain };
}

/**
 * `bob@[10.66.0.31]`, `bob@kerio`: the same mailboxes as those of the domains at home on the machine that is named (RFC
 * 5321 §2.3.5, §4.1.3). Nothing for any other address; a full host name is a domain, and ours only when settings say so.
 */
export function atHome(settings: HostSettings, mailbox: Mailbox): readonly Mailbox[] {
  if (!namesHost(settings, mailbox)) return [];
  return homes(settings).map((name) => ({ ...mailbox, domain: { kind: "name", name, text: name } }));
}

/** Whether the domain is the host itself: its short name, or an address of its own. */
function namesHost(settings: HostSettings, { domain }: Mailbox): boolean {
  if (domain.kind === "general") return false;
  if (domain.kind !== "name") return settings.addresses.includes(domain.address);
  return domain.name === settings.hostname.toLowerCase().split(".")[0];
}

/** The domains whose mailboxes are here, in the settings' order. */
function homes({ domains }: HostSettings): string[] {
  return Object.keys(domains).filter((name) => domains[name]?.kind === "local" && /^[^[].*\./.test(name));
}

/** The addresses an alias stands for; undefined when the address is none. Looked up whole, then as the domain's `*`. */
export function aliasOf(settings: HostSettings, mailbox: Mailbox): readonly string[] | undefined {
  return settings.aliases[formatMailbox(mailbox).toLowerCase()];
}

function domainNames(settings: HostSettings, { domain }: Mailbox): string[] {
  const key = domainKey(domain);
  if (domain.kind === "bareAddress") return [`[${domain.address}]`, key];
  if (domain.kind !== "name" || key.includes(".")) return [key];
  // `user@jenny` on the host jenny.arch.test is its own bare name (RFC 5321 §2.3.5 wants a full one; people do not).
  const isOwnName = settings.hostname.toLowerCase().split(".")[0] === key;
  return isOwnName ? [key, settings.hostname.toLowerCase()] : [key];
}

function ownMailbox(
  accounts: AccountNames,
  mailbox: Mailbox,
  domain: AcceptedDomain,
): { account: string; by: string | undefined } | undefined {
  const whole = accounts(formatMailbox(mailbox));
  if (whole !== undefined) return { account: whole, by: undefined };
  const plus = mailbox.localPart.indexOf("+");
  if (plus > 0) {
    const base = accounts(formatMailbox({ ...mailbox, localPart: mailbox.localPart.slice(0, plus) }));
    if (base !== undefined) return { account: base, by: "sub-address" };
  }
  const catchAll = domain.catchAll === undefined ? undefined : accounts(domain.catchAll);
  return catchAll === undefined ? undefined : { account: catchAll, by: "catch-all" };
}

/** Every mail system has a postmaster (RFC 5321 §4.5.1): the one that settings name, else who administers, else the first account. */
function postmaster(
  settings: HostSettings,
  accounts: AccountNames,
  { localPart }: Mailbox,
): { account: string; by: string } | undefined {
  if (localPart.toLowerCase() !== "postmaster") return undefined;
  const account = accounts(
    settings.postmaster ?? settings.administrators[0] ?? Object.keys(settings.accounts)[0] ?? "",
  );
  return account === undefined ? undefined : { account, by: "postmaster" };
}
