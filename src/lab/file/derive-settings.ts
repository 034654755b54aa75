/** From a host's entry in the lab file to the settings of a mail server: the same ones `posthorn serve` reads. */
import type { Endpoint } from "../../base/network.ts";
import { hostSettingsSchema } from "../../settings/check-settings.ts";
import type { AcceptedDomain, HostSettings } from "../../settings/host-settings.ts";
import type { Connector } from "../../settings/connector-settings.ts";
import { type Service, SERVICES } from "../../settings/services.ts";
import type { AddressPlan } from "./addresses.ts";
import type { LabFile, LabHostEntry } from "./lab-file.ts";

export type SettingsSources = {
  readonly file: LabFile;
  readonly addresses: AddressPlan;
  readonly hostnames: ReadonlyMap<string, string>;
};

const SMTP_PORT = SERVICES.smtp.port;
const DNS_PORT = 53;

export function deriveSettings(
  sources: SettingsSources,
  name: string,
): { settings: HostSettings; passwords: Map<string, string> } {
  const { file, addresses, hostnames } = sources;
  const host = file.hosts[name] as LabHostEntry;
  const hostname = hostnames.get(name) ?? name;
  const own = addresses.hosts.get(name) ?? [];
  const passwords = logins(sources, name, host);
  const bare = hostSettingsSchema.parse({ hostname });
  const mustTls = [
    ...(host.requireTls ?? []),
    ...Object.keys(file.domains).filter((domain) => file.domains[domain]?.requireTls === true),
  ];
  const settings: HostSettings = {
    ...bare,
    addresses: [...own],
    listen: doors(
      host,
      own,
      passwords.size > 0,
      [...passwords.keys()].some((user) => user in file.accounts),
    ),
    domains: acceptedDomains(sources, host, name),
    accounts: accountsWithQuota(file, passwords),
    aliases: aliasesOf(file, host),
    relayFrom: (host.allow ?? []).flatMap((text) =>
      text === "you" ? [addresses.you] : (addresses.hosts.get(text) ?? [text]),
    ),
    authentication: { required: host.auth === "required", withoutTls: true },
    connectors: connectors(sources, name, host),
    resolver: { servers: nameServers(sources) },
    tls: { ...bare.tls, domains: Object.fromEntries(mustTls.map((domain) => [domain, "must" as const])) },
    policies: host.policies ?? file.policies ?? bare.policies,
    limits: host.limits ?? bare.limits,
    queue: host.queue ?? file.queue ?? bare.queue,
    ...(host.drop === undefined ? {} : { drop: { folder: host.drop } }),
    ...(host.pickup === undefined ? {} : { pickup: { folder: host.pickup } }),
  };
  return { settings, passwords };
}

export function nameServers({ file, addresses }: SettingsSources): Endpoint[] {
  return Object.keys(file.hosts)
    .filter((name) => file.hosts[name]?.role === "dns")
    .map((name) => ({ address: addresses.hosts.get(name)?.[0] ?? "", port: DNS_PORT }));
}

function doors(
  host: LabHostEntry,
  own: readonly string[],
  hasLogins: boolean,
  hasMailboxes: boolean,
): HostSettings["listen"] {
  if (host.role === "submit") return [];
  const services: Service[] = ["smtp"];
  if (hasLogins) services.push("submission");
  if (hasMailboxes && host.imap !== "off") services.push("imap", "imaps");
  if (hasMailboxes && host.pop3 !== "off") services.push("pop3", "pop3s");
  return own.flatMap((address) =>
    services.flatMap((service) => {
      const { port, tls } = SERVICES[service];
      if (host.tls !== "off") return [{ at: { address, port }, service, tls }];
      return tls === "implicit" ? [] : [{ at: { address, port }, service, tls: "off" as const }];
    }),
  );
}

function acceptedDomains(
  sources: SettingsSources,
  host: LabHostEntry,
  name: string,
): HostSettings["domains"] {
  const domains: Record<string, AcceptedDomain> = {};
  const { catchAll } = host;
  for (const domain of host.accept ?? [])
    domains[domain.toLowerCase()] = catchAll === undefined ? { kind: "local" } : { kind: "local", catchAll };
  // A host's own name and literals are always its own: postmaster@[10.66.0.11], user@presto.
  if (host.role === "mailbox" || host.role === "drop" || host.role === undefined)
    domains[name] ??= { kind: "local" };
  for (const [domain, next] of Object.entries(host.relay ?? {}))
    domains[domain.toLowerCase()] = { kind: "relay", via: hostEndpoint(sources, next) };
  for (const domain of host.backup ?? []) domains[domain.toLowerCase()] = { kind: "relay" };
  return domains;
}

/** A lab host's short name becomes its full one. */
function hostEndpoint({ hostnames }: SettingsSources, { address, port }: Endpoint): Endpoint {
  return { address: hostnames.get(address) ?? address, port };
}

function connectors(sources: SettingsSources, name: string, host: LabHostEntry): Connector[] {
  const mine: Connector[] = [];
  if (host.webhook !== undefined) {
    for (const domain of host.accept ?? []) {
      const { webhook, secret, drop } = host;
      mine.push({
        to: domain,
        from: "*",
        protocol: "smtp",
        webhook,
        ...(drop === undefined ? {} : { drop }),
        ...(secret === undefined ? {} : { secret }),
      });
    }
  }
  const local: Connector[] = (host.webhook === undefined ? (host.accept ?? []) : []).map((to) => {
    return { to, from: "*", protocol: "smtp", via: "local" };
  });
  for (const { on, ...connector } of sources.file.connectors) {
    if (on !== name) continue;
    // "everything" in a lab file means everything that leaves: what the host keeps it does not send away.
    if (connector.to === "*") mine.push(...local.splice(0));
    const { via } = connector;
    mine.push(
      typeof via === "object" ? { ...connector, ...smarthost(sources, name, via, connector) } : connector,
    );
  }
  if (host.via !== undefined) {
    const via = { address: host.via, port: SMTP_PORT };
    mine.push(...local);
    mine.push({ to: "*", from: "*", protocol: "smtp", ...smarthost(sources, name, via, {}) });
  }
  return mine;
}

/** Who goes through a host that wants a login gets one there: the lab makes both ends. */
function smarthost(
  sources: SettingsSources,
  from: string,
  via: Endpoint,
  given: Pick<Connector, "user">,
): Pick<Connector, "via" | "user" | "password" | "tls"> {
  const next = sources.file.hosts[via.address];
  const at = { via: hostEndpoint(sources, via) };
  if (next?.auth !== "required" || given.user !== undefined) return at;
  return { ...at, ...machineLogin(sources, from, via.address), tls: "must" };
}

function machineLogin(
  sources: SettingsSources,
  from: string,
  to: string,
): { user: string; password: string } {
  return { user: `${from}@${sources.hostnames.get(to) ?? to}`, password: from };
}

/** Everyone who may log in at this host: its mailboxes, and the hosts (and the person) that must. */
function logins(sources: SettingsSources, name: string, host: LabHostEntry): Map<string, string> {
  const { file } = sources;
  const all = new Map<string, string>();
  const accepted = new Set((host.accept ?? []).map((domain) => domain.toLowerCase()));
  for (const [address, { password }] of Object.entries(file.accounts)) {
    const at = address.lastIndexOf("@");
    if (accepted.has(address.slice(at + 1).toLowerCase())) all.set(address, password ?? address.slice(0, at));
  }
  if (host.auth === undefined) return all;
  const clients = Object.keys(file.hosts).filter(
    (other) =>
      file.hosts[other]?.via === name ||
      file.connectors.some(({ on, via }) => on === other && typeof via === "object" && via.address === name),
  );
  for (const client of ["you", ...clients]) {
    const { user, password } = machineLogin(sources, client, name);
    all.set(user, password);
  }
  return all;
}

function accountsWithQuota(file: LabFile, passwords: ReadonlyMap<string, string>): HostSettings["accounts"] {
  return Object.fromEntries(
    [...passwords].map(([name, password]) => {
      const quota = file.accounts[name]?.quota;
      return [name, quota === undefined ? { password } : { password, quota }];
    }),
  );
}

function aliasesOf(file: LabFile, host: LabHostEntry): Record<string, string[]> {
  const accepted = new Set((host.accept ?? []).map((domain) => domain.toLowerCase()));
  return Object.fromEntries(
    Object.entries(file.aliases).filter(([name]) =>
      accepted.has(name.slice(name.lastIndexOf("@") + 1).toLowerCase()),
    ),
  );
}
