/** The lab's network as nodes and edges, from its plan alone: who takes whose mail, and what makes mail go there. */
import { dataOf } from "../../protocol/dns/record.ts";
import type { LabPlan } from "../file/plan.ts";

export type LabGraph = {
  readonly nodes: readonly {
    readonly name: string;
    readonly role: string;
    readonly address: string;
    readonly domains: readonly string[];
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label: string }[];
};

export function labGraph(plan: LabPlan): LabGraph {
  const byHostname = new Map(plan.hosts.map((host) => [host.hostname, host.name]));
  const nodes: LabGraph["nodes"][number][] = plan.hosts.map(({ name, role, addresses, settings }) => {
    const domains = Object.keys(settings?.domains ?? {}).filter((domain) => domain !== name);
    return { name, role, address: addresses[0] ?? "", domains };
  });
  const edges: LabGraph["edges"][number][] = [];
  for (const zone of plan.zones) {
    for (const [domain, sets] of zone.names) {
      for (const { preference, exchange } of dataOf(sets.get("MX") ?? [], "MX")) {
        const to = byHostname.get(exchange);
        if (to !== undefined) edges.push({ from: domain, to, label: `MX ${preference}` });
      }
    }
  }
  const domains = [...new Set(edges.map(({ from }) => from))];
  for (const { name, settings } of plan.hosts) {
    for (const [domain, { kind, ...rest }] of Object.entries(settings?.domains ?? {})) {
      const via = "via" in rest ? rest.via : undefined;
      const to = via === undefined ? undefined : byHostname.get(via.address);
      if (kind === "relay" && to !== undefined) edges.push({ from: name, to, label: `relay ${domain}` });
    }
    for (const { to, via } of settings?.connectors ?? []) {
      const next = typeof via === "object" ? byHostname.get(via.address) : undefined;
      if (next !== undefined)
        edges.push({ from: name, to: next, label: to === "*" ? "smarthost" : `${to} via` });
    }
  }
  const domainNodes = domains.map((name) => ({ name, role: "domain", address: "", domains: [] }));
  return { nodes: [...domainNodes, ...nodes], edges };
}
