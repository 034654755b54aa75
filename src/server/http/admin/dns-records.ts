/**
 * The DNS records that belong to a server as it is set up: for its name, for its addresses, for each domain. Only for
 * what is really there: no record for a service without a door, none for signatures nobody makes. Pure.
 */
import { type IpBytes, parseIp, reverseNameOf } from "../../../base/ip.ts";
import type { HostSettings } from "../../../settings/host-settings.ts";

export type WantedRecord = {
  /** The domain it is for; the host name for the host's own. */
  readonly of: string;
  readonly name: string;
  readonly type: "A" | "AAAA" | "PTR" | "MX" | "TXT" | "SRV";
  /** In the form of a zone file; empty where only the person knows (the address of a host that names none). */
  readonly value: string;
  readonly why: string;
  /** Without it mail does not arrive, or is not taken elsewhere. */
  readonly isNeeded: boolean;
};

/** RFC 6186 §3 and RFC 8314 §5.1: what a mail program looks for, by the door that answers. */
const SERVICE_NAMES: readonly (readonly [
  service: string,
  tls: "offer" | "implicit",
  name: string,
  what: string,
])[] = [
  ["submission", "offer", "_submission._tcp", "sending mail, with STARTTLS (RFC 6186)"],
  ["submission", "implicit", "_submissions._tcp", "sending mail, over TLS (RFC 8314)"],
  ["imap", "offer", "_imap._tcp", "reading mail, with STARTTLS (RFC 6186)"],
  ["imaps", "implicit", "_imaps._tcp", "reading mail, over TLS (RFC 6186)"],
  ["pop3", "offer", "_pop3._tcp", "fetching mail, with STARTTLS (RFC 6186)"],
  ["pop3s", "implicit", "_pop3s._tcp", "fetching mail, over TLS (RFC 6186)"],
];

const REACH = "where other servers and mail programs find us";

export function wantedRecords(settings: HostSettings): WantedRecord[] {
  return [
    ...hostRecords(settings),
    ...domainsOf(settings).flatMap((domain) => domainRecords(settings, domain)),
  ];
}

/** Those that can have records: no address literals, no bare host names. */
export function domainsOf({ domains }: HostSettings): string[] {
  return Object.keys(domains).filter((domain) => domain.includes(".") && !domain.startsWith("["));
}

function hostRecords({ hostname, addresses, listen }: HostSettings): WantedRecord[] {
  const own = [...new Set(addresses.length > 0 ? addresses : listen.map(({ at }) => at.address))].filter(
    isNamed,
  );
  const of = hostname;
  if (own.length === 0)
    return [{ of, name: `${hostname}.`, type: "A", value: "", why: REACH, isNeeded: true }];
  return own.flatMap((address): WantedRecord[] => {
    const bytes = parseIp(address);
    return bytes === undefined ? [] : addressRecords(hostname, address, bytes);
  });
}

function addressRecords(hostname: string, address: string, bytes: IpBytes): WantedRecord[] {
  const of = hostname;
  return [
    {
      of,
      name: `${hostname}.`,
      type: address.includes(":") ? "AAAA" : "A",
      value: address,
      why: REACH,
      isNeeded: true,
    },
    {
      of,
      name: `${reverseNameOf(bytes)}.`,
      type: "PTR",
      value: `${hostname}.`,
      why: "who we are, for servers that look our address up; set where the address was rented",
      isNeeded: true,
    },
  ];
}

/** Neither "every address" nor this machine alone. */
function isNamed(address: string): boolean {
  return !["*", "0.0.0.0", "::"].includes(address) && !isThisMachine(address);
}

/** Only programs on it can connect. */
function isThisMachine(address: string): boolean {
  return ["::1", "localhost"].includes(address) || address.startsWith("127.");
}

function domainRecords(settings: HostSettings, domain: string): WantedRecord[] {
  const { hostname, domains, connectors } = settings;
  const of = domain;
  const records: WantedRecord[] = [
    {
      of,
      name: `${domain}.`,
      type: "MX",
      value: `10 ${hostname}.`,
      why: "mail for the domain comes to us (RFC 5321 §5)",
      isNeeded: true,
    },
  ];
  if (domains[domain]?.kind === "relay") return records;
  const smarthost = connectors.some(({ via }) => typeof via === "object");
  records.push({
    of,
    name: `${domain}.`,
    type: "TXT",
    value: '"v=spf1 mx -all"',
    why: `mail from the domain comes from its MX and nobody else (RFC 7208)${smarthost ? "; add what the smarthost of your connectors asks for" : ""}`,
    isNeeded: false,
  });
  for (const [service, tls, name, what] of SERVICE_NAMES) {
    const door = settings.listen.find(
      (one) => one.service === service && one.tls === tls && !isThisMachine(one.at.address),
    );
    if (door === undefined) continue;
    records.push({
      of,
      name: `${name}.${domain}.`,
      type: "SRV",
      value: `0 1 ${door.at.port} ${hostname}.`,
      why: `mail programs set themselves up: ${what}`,
      isNeeded: false,
    });
  }
  return records;
}
