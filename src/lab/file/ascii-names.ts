/**
 * International domain names of a lab file in the form that zones, settings and accounts are looked up by: A-labels,
 * lower case. What is shown of them may be either; what is asked over the wire is always this.
 */
import { toAsciiDomain, withAsciiDomain } from "../../base/domain-name.ts";
import type { LabFile, LabHostEntry } from "./lab-file.ts";

export function withAsciiNames(file: LabFile): LabFile {
  return {
    ...file,
    domains: byKey(file.domains, domain),
    zones: byKey(file.zones, domain),
    accounts: byKey(file.accounts, withAsciiDomain),
    aliases: byKey(file.aliases, (name) => withAsciiDomain(name).toLowerCase()),
    hosts: Object.fromEntries(Object.entries(file.hosts).map(([name, host]) => [name, hostNames(host)])),
  };
}

function hostNames(host: LabHostEntry): LabHostEntry {
  const { accept, backup, requireTls, relay, as } = host;
  return {
    ...host,
    ...(accept === undefined ? {} : { accept: accept.map(domain) }),
    ...(backup === undefined ? {} : { backup: backup.map(domain) }),
    ...(requireTls === undefined ? {} : { requireTls: requireTls.map(domain) }),
    ...(relay === undefined ? {} : { relay: byKey(relay, domain) }),
    ...(as === undefined ? {} : { as: withAsciiDomain(as) }),
  };
}

/** What is no name, such as an address literal, stays as it is. */
function domain(text: string): string {
  return toAsciiDomain(text) ?? text;
}

function byKey<T>(record: Readonly<Record<string, T>>, keyOf: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [keyOf(key), value]));
}
