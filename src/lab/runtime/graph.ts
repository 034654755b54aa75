/**
 * The lab's network as nodes and edges, from its plan alone: who takes whose mail, and what makes mail go there. Each
 * node stands in a zone: the one its name belongs to.
 */
import { z } from "zod";
import { isWithin } from "../../protocol/dns/name.ts";
import { dataOf } from "../../protocol/dns/record.ts";
import type { LabPlan } from "../file/plan.ts";

export const graphSchema = z.object({
  nodes: z.array(
    z.object({
      name: z.string(),
      role: z.string().describe("As in the lab file; domain; you: the person at the keyboard."),
      address: z.string(),
      domains: z.array(z.string()),
      zone: z.string().describe("The zone that its name belongs to; empty: none."),
    }),
  ),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      label: z.string(),
      kind: z
        .enum(["mx", "relay", "smarthost", "connector", "submit"])
        .describe("submit: may send through it to anywhere."),
    }),
  ),
});
export type LabGraph = z.infer<typeof graphSchema>;

export function labGraph(plan: LabPlan): LabGraph {
  const byHostname = new Map(plan.hosts.map((host) => [host.hostname, host.name]));
  const nodes: LabGraph["nodes"] = plan.hosts.map(({ name, role, hostname, addresses, settings }) => {
    const domains = Object.keys(settings?.domains ?? {}).filter((domain) => domain !== name);
    return { name, role, address: addresses[0] ?? "", domains, zone: zoneOf(plan, hostname) };
  });
  const edges: LabGraph["edges"] = [];
  for (const zone of plan.zones) {
    for (const [domain, sets] of zone.names) {
      for (const { preference, exchange } of dataOf(sets.get("MX") ?? [], "MX")) {
        const to = byHostname.get(exchange);
        if (to !== undefined) edges.push({ from: domain, to, label: `MX ${preference}`, kind: "mx" });
      }
    }
  }
  const domains = [...new Set(edges.map(({ from }) => from))];
  for (const { name, settings } of plan.hosts) {
    for (const [domain, { kind, ...rest }] of Object.entries(settings?.domains ?? {})) {
      const via = "via" in rest ? rest.via : undefined;
      const to = via === undefined ? undefined : byHostname.get(via.address);
      if (kind === "relay" && to !== undefined)
        edges.push({ from: name, to, label: `relay ${domain}`, kind: "relay" });
    }
    for (const { to, via } of settings?.connectors ?? []) {
      const next = typeof via === "object" ? byHostname.get(via.address) : undefined;
      if (next === undefined) continue;
      const all = to === "*";
      const edge = { from: name, to: next, label: all ? "smarthost" : `${to} via` };
      edges.push({ ...edge, kind: all ? "smarthost" : "connector" });
    }
    if (settings?.relayFrom.includes(plan.you.address) === true)
      edges.push({ from: YOU, to: name, label: "submit", kind: "submit" });
  }
  const domainNodes = domains.map((name) => {
    return { name, role: "domain", address: "", domains: [], zone: zoneOf(plan, name) };
  });
  const you = { name: YOU, role: "you", address: plan.you.address, domains: [], zone: "" };
  return { nodes: [you, ...domainNodes, ...nodes], edges };
}

const YOU = "you";

/** The zone that a person would say a name belongs to; a lab's catch-all `test` is none. */
function zoneOf({ zones }: LabPlan, name: string): string {
  const around = zones
    .map(({ origin }) => origin)
    .filter((origin) => origin.includes(".") && isWithin(name, origin));
  return around.sort((a, b) => b.length - a.length)[0] ?? "";
}
