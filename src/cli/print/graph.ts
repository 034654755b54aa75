/** The lab's network as text and as a Mermaid diagram. Pure. */
import { printable } from "./style.ts";
import type { Style } from "./style.ts";

export type NetworkGraph = {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
};

export type GraphNode = {
  readonly name: string;
  readonly role: string;
  readonly address: string;
  readonly domains: readonly string[];
};

/** Names of nodes; `label` says what makes mail take this way (`MX 10`, `smarthost`). */
export type GraphEdge = { readonly from: string; readonly to: string; readonly label: string };

/** Each host with what it accepts and where it sends. Ends with a newline. */
export function printGraph({ nodes, edges }: NetworkGraph, style: Style): string {
  const nameWidth = Math.max(0, ...nodes.map((node) => node.name.length));
  const roleWidth = Math.max(0, ...nodes.map((node) => node.role.length));
  const lines: string[] = [];
  for (const { name, role, address, domains } of nodes) {
    const accepts = domains.length > 0 ? `  ${domains.join(", ")}` : "";
    lines.push(
      `${style.bold(style.name(name.padEnd(nameWidth)))}  ${role.padEnd(roleWidth)}  ${style.dim(address)}${accepts}`,
    );
    const out = edges.filter((edge) => edge.from === name);
    for (const [index, edge] of out.entries()) {
      const arm = index === out.length - 1 ? "└─" : "├─";
      lines.push(
        `${" ".repeat(nameWidth)}  ${arm}▶ ${style.name(edge.to)}  ${style.dim(printable(edge.label))}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** For a README or an issue: a fenced block is left to the caller. Ends with a newline. */
export function mermaidGraph({ nodes, edges }: NetworkGraph): string {
  const idOf = new Map(nodes.map((node, index) => [node.name, `n${index}`]));
  const lines = ["flowchart LR"];
  for (const { name, role, address, domains } of nodes) {
    const label = [`<b>${quote(name)}</b>`, ...[role, address, ...domains].map(quote)].join("<br/>");
    lines.push(`  ${idOf.get(name)}["${label}"]`);
  }
  for (const { from, to, label } of edges) {
    const [a, b] = [idOf.get(from), idOf.get(to)];
    if (a !== undefined && b !== undefined) lines.push(`  ${a} -->|"${quote(label)}"| ${b}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Mermaid reads HTML entities in quoted labels. */
function quote(text: string): string {
  return printable(text).replace(/[&<>"#]/g, (character) => `#${character.charCodeAt(0)};`);
}
