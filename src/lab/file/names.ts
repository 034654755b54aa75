/** Full host names: the one given, else the short name in the first domain the host serves, else in lab.test. */
import { inNetwork } from "./addresses.ts";
import { parseExchanger } from "./exchangers.ts";
import type { LabFile, LabHostEntry } from "./lab-file.ts";

/** Where hosts live that serve no domain. `.test` is reserved for this (RFC 6761 §6.2). */
export const LAB_DOMAIN = "lab.test";

/** By short name. */
export function planHostnames(file: LabFile): Map<string, string> {
  return new Map(Object.entries(file.hosts).map(([name, host]) => [name, hostnameOf(file, name, host)]));
}

function hostnameOf(file: LabFile, name: string, host: LabHostEntry): string {
  if (host.name !== undefined) return host.name.toLowerCase();
  return `${name}.${domainOf(file, name, host) ?? LAB_DOMAIN}`.toLowerCase();
}

function domainOf(file: LabFile, name: string, host: LabHostEntry): string | undefined {
  const exchanged = Object.entries(file.domains).find(([, { mx = [] }]) =>
    mx.some((text, i) => parseExchanger(text, i)?.target === name),
  );
  const served = [...(host.accept ?? []), ...Object.keys(host.relay ?? {}), ...(host.backup ?? [])];
  return exchanged?.[0] ?? served.find(isDomain) ?? host.as?.split("@")[1];
}

/** Not an address literal, not a bare host. */
function isDomain(text: string): boolean {
  return !text.startsWith("[") && text.includes(".") && inNetwork(text, "0.0.0.0/0") !== true;
}
