/**
 * What a schema cannot say of a lab file: that a name stands for something, that addresses are free and inside the
 * network, that a role has what it needs. Each complaint carries the path of the value it is about.
 */
import type { z } from "zod";
import { toAsciiDomain } from "../../base/domain-name.ts";
import { parseIp } from "../../base/ip.ts";
import { parseAllowed } from "../world/loopback-uplink.ts";
import { parseName } from "../../protocol/dns/name.ts";
import { unknownHosts } from "../faults/fault-box.ts";
import { canonical, inNetwork } from "./addresses.ts";
import { parseExchanger } from "./exchangers.ts";
import { labFileShape, type LabFile, type LabHostEntry } from "./lab-file.ts";

type Path = readonly (string | number)[];
type Complain = (path: Path, message: string) => void;

export const labFileSchema = labFileShape.superRefine((file, context: z.core.$RefinementCtx<LabFile>) => {
  const complain: Complain = (path, message) =>
    context.addIssue({ code: "custom", path: [...path], message, input: file });
  checkNetwork(file, complain);
  checkDomains(file, complain);
  for (const [name, host] of Object.entries(file.hosts)) checkHost(file, name, host, complain);
  checkConnectors(file, complain);
  checkAccounts(file, complain);
  checkUplink(file, complain);
  file.faults.forEach((fault, i) => {
    for (const message of unknownHosts(fault, [...Object.keys(file.hosts), "you"]))
      complain(["faults", i, "at"], message.replace(/^at: /, ""));
  });
  file.expect.forEach(({ path }, i) =>
    path?.forEach((name, j) => checkHostName(file, name, ["expect", i, "path", j], complain)),
  );
});

function checkNetwork(file: LabFile, complain: Complain): void {
  for (const family of ["ipv4", "ipv6"] as const) {
    if (inNetwork("::", file.network[family]) === undefined)
      complain(["network", family], `"${file.network[family]}" is not a network such as 10.66.0.0/24`);
  }
  const seen = new Map<string, string>();
  for (const [name, host] of Object.entries(file.hosts)) {
    if (name === "you")
      complain(["hosts", name], '"you" is the person at the keyboard: name the host otherwise');
    for (const [key, network] of [
      ["ip", file.network.ipv4],
      ["ip6", file.network.ipv6],
    ] as const) {
      const text = host[key];
      if (text === undefined) continue;
      const path = ["hosts", name, key];
      if (parseIp(text) === undefined) complain(path, `"${text}" is not an IP address`);
      else if (inNetwork(text, network) !== true)
        complain(path, `${text} is outside the lab's network ${network}`);
      const other = seen.get(canonical(text));
      if (other !== undefined) complain(path, `${text} is taken by ${other}`);
      seen.set(canonical(text), name);
    }
  }
}

function checkDomains(file: LabFile, complain: Complain): void {
  for (const group of ["domains", "zones"] as const) {
    for (const name of Object.keys(file[group])) {
      const parsed = parseName(toAsciiDomain(name) ?? "");
      if (!parsed.ok || toAsciiDomain(name) === undefined)
        complain([group, name], `not a domain name: ${parsed.ok ? name : parsed.error}`);
    }
  }
  for (const [name, { mx = [], a = [] }] of Object.entries(file.domains)) {
    mx.forEach((text, i) => {
      const path = ["domains", name, "mx", i];
      const exchanger = parseExchanger(text, i);
      if (exchanger === undefined) complain(path, `"${text}" is not an exchanger: write it as "presto:10"`);
      else if (exchanger.target === "." && mx.length > 1)
        complain(path, "the null MX must be the only one (RFC 7505 §3)");
      else if (exchanger.target !== "." && !exchanger.target.includes("."))
        checkHostName(file, exchanger.target, path, complain);
    });
    a.forEach((text, i) => {
      if (parseIp(text) === undefined) checkHostName(file, text, ["domains", name, "a", i], complain);
    });
  }
}

/** What each role cannot do without. */
const NEEDS: Partial<Record<NonNullable<LabHostEntry["role"]>, readonly (keyof LabHostEntry)[]>> = {
  relay: ["relay", "backup"],
  drop: ["drop", "webhook"],
  submit: ["as"],
  outside: ["outside"],
};

function checkHost(file: LabFile, name: string, host: LabHostEntry, complain: Complain): void {
  const path = ["hosts", name];
  const needs = host.role === undefined ? undefined : NEEDS[host.role];
  if (needs !== undefined && !needs.some((key) => host[key] !== undefined))
    complain(path, `a ${host.role} host needs ${needs.map((key) => `"${key}:"`).join(" or ")}`);
  if (host.forward !== undefined && host.role !== "dns")
    complain([...path, "forward"], "only a dns host forwards questions");
  if (host.via !== undefined) checkMailHost(file, host.via, [...path, "via"], complain);
  host.allow?.forEach((text, i) => {
    const network = text.includes("/") ? inNetwork("::", text) !== undefined : parseIp(text) !== undefined;
    if (!network && text !== "you") checkHostName(file, text, [...path, "allow", i], complain);
  });
  for (const [domain, next] of Object.entries(host.relay ?? {})) {
    if (!next.address.includes(".") && !next.address.includes(":"))
      checkMailHost(file, next.address, [...path, "relay", domain], complain);
  }
}

function checkConnectors(file: LabFile, complain: Complain): void {
  file.connectors.forEach((connector, i) => {
    checkMailHost(file, connector.on, ["connectors", i, "on"], complain);
    const { via } = connector;
    if (typeof via === "object" && !/[.:]/.test(via.address))
      checkMailHost(file, via.address, ["connectors", i, "via"], complain);
  });
}

function checkUplink({ uplink }: LabFile, complain: Complain): void {
  uplink?.allow.forEach((entry, i) => {
    if (parseAllowed(entry) === undefined)
      complain(["uplink", "allow", i], `"${entry}" is no address, network or address:port`);
  });
}

function checkAccounts(file: LabFile, complain: Complain): void {
  const local = new Set(
    Object.values(file.hosts).flatMap(({ accept = [] }) => accept.map((one) => toAsciiDomain(one) ?? one)),
  );
  const check = (group: "accounts" | "aliases", address: string): void => {
    const at = address.lastIndexOf("@");
    if (at < 1) complain([group, address], `"${address}" is not a mail address`);
    else if (!local.has(toAsciiDomain(address.slice(at + 1)) ?? ""))
      complain(
        [group, address],
        `no host accepts ${address.slice(at + 1)}: add it under "accept:" of a host`,
      );
  };
  for (const address of Object.keys(file.accounts)) check("accounts", address);
  for (const address of Object.keys(file.aliases)) check("aliases", address);
}

function checkMailHost(file: LabFile, name: string, path: Path, complain: Complain): void {
  checkHostName(file, name, path, complain);
  if (file.hosts[name]?.role === "dns") complain(path, `${name} answers DNS questions; it takes no mail`);
}

function checkHostName(file: LabFile, name: string, path: Path, complain: Complain): void {
  if (file.hosts[name] !== undefined) return;
  const known = Object.keys(file.hosts).join(", ");
  complain(path, `"${name}" is no host of this lab${known === "" ? "" : `; hosts: ${known}`}`);
}
