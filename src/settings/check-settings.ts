/**
 * What a schema cannot say of a server's settings: that a network is one, that an address has a domain, that two values
 * belong together. Each complaint carries the path of the value it is about. A value that would silently do nothing is wrong.
 */
import type { z } from "zod";
import { toAsciiDomain, withAsciiDomain } from "../base/domain-name.ts";
import { parseIp, parseNetwork } from "../base/ip.ts";
import { formatEndpoint } from "../base/network.ts";
import { type HostSettings, hostSettingsShape } from "./host-settings.ts";

type Path = readonly (string | number)[];
type Complain = (path: Path, message: string) => void;

/** The settings of a server, checked, and with every name in the one form that is looked up. */
export const hostSettingsSchema = hostSettingsShape.superRefine(checkSettings).transform(withComparableNames);

function checkSettings(settings: HostSettings, context: z.core.$RefinementCtx<HostSettings>): void {
  const complain: Complain = (path, message) =>
    context.addIssue({ code: "custom", path: [...path], message, input: settings });
  checkNetwork(settings, complain);
  checkDomains(settings, complain);
  checkAddresses(settings, complain);
  const { certificate, key } = settings.tls;
  if ((certificate === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined ? ["certificate", "key"] : ["key", "certificate"];
    complain(["tls", given as string], `needs "tls.${missing}" beside it`);
  }
}

/** Domains and aliases are looked up by A-labels in lower case, however the file writes them. */
function withComparableNames(settings: HostSettings): HostSettings {
  const { domains, aliases, tls } = settings;
  return {
    ...settings,
    domains: withKeys(domains, (name) => toAsciiDomain(name) ?? name),
    aliases: withKeys(aliases, (name) => withAsciiDomain(name).toLowerCase()),
    tls: { ...tls, domains: withKeys(tls.domains, (name) => toAsciiDomain(name) ?? name) },
  };
}

function withKeys<T>(record: Readonly<Record<string, T>>, keyOf: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [keyOf(key), value]));
}

function checkNetwork(settings: HostSettings, complain: Complain): void {
  const { addresses, resolver, relayFrom, connectors, listen } = settings;
  const notAnAddress = (text: string): string => `"${text}" is not an IP address`;
  addresses.forEach((text, i) => {
    if (parseIp(text) === undefined) complain(["addresses", i], notAnAddress(text));
  });
  resolver.servers.forEach(({ address }, i) => {
    if (parseIp(address) === undefined) complain(["resolver", "servers", i], notAnAddress(address));
  });
  relayFrom.forEach((text, i) => {
    if (parseNetwork(text) === undefined) complain(["relayFrom", i], notANetwork(text));
  });
  connectors.forEach(({ host }, i) => {
    if (host !== undefined && parseNetwork(host) === undefined)
      complain(["connectors", i, "host"], notANetwork(host));
  });
  const doors = listen.map(({ at }) => formatEndpoint(at));
  doors.forEach((door, i) => {
    if (doors.indexOf(door) < i && !door.endsWith(":0"))
      complain(["listen", i], `${door} is listened on by listen[${doors.indexOf(door)}] already`);
  });
}

function notANetwork(text: string): string {
  return `"${text}" is not an address or a network such as 10.66.0.0/24`;
}

function checkDomains({ domains, tls }: HostSettings, complain: Complain): void {
  for (const [path, names] of [
    [["domains"], domains],
    [["tls", "domains"], tls.domains],
  ] as const) {
    for (const name of Object.keys(names)) {
      if (!isDomain(name))
        complain([...path, name], `"${name}" is not a domain, a host name or an address literal`);
    }
  }
}

function checkAddresses({ accounts, aliases, ...settings }: HostSettings, complain: Complain): void {
  const check = (path: Path, text: string | undefined): void => {
    if (text !== undefined && !isAddress(text))
      complain(path, `"${text}" is not a mail address such as ann@example.org`);
  };
  for (const name of Object.keys(accounts)) check(["accounts", name], name);
  for (const [name, targets] of Object.entries(aliases)) {
    check(["aliases", name], name);
    for (const target of targets) check(["aliases", name], target);
  }
  check(["postmaster"], settings.postmaster);
  settings.administrators.forEach((one, i) => check(["administrators", i], one));
  for (const [name, domain] of Object.entries(settings.domains)) {
    if ("catchAll" in domain) check(["domains", name, "catchAll"], domain.catchAll);
    if ("recipients" in domain)
      domain.recipients?.forEach((one, i) => check(["domains", name, "recipients", i], one));
  }
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  return at > 0 && isDomain(text.slice(at + 1));
}

/** Roughly: what parses as an address in full is for the message shelf to say; here it is about slips. */
function isDomain(text: string): boolean {
  if (/^\[[^\s[\]]+\]$/.test(text)) return true;
  const name = toAsciiDomain(text) ?? "";
  return /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/.test(name);
}
