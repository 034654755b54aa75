/** Which connector takes a message: the first whose recipient, sender and client patterns all match, and why not the others. */
import { networkContains, parseNetwork } from "../../base/ip.ts";
import type { Connector } from "../../settings/connector-settings.ts";
import { matchesAddress } from "./match.ts";

export type ConnectorFacts = {
  readonly to: string;
  readonly from: string;
  readonly client: string | undefined;
};

export type ConnectorMatch =
  | { readonly connector: Connector; readonly number: number; readonly steps: readonly string[] }
  | { readonly connector: undefined; readonly steps: readonly string[] };

export function matchConnector(connectors: readonly Connector[], facts: ConnectorFacts): ConnectorMatch {
  const steps: string[] = [];
  for (const [index, connector] of connectors.entries()) {
    const why = mismatch(connector, facts);
    const name = `connector ${index + 1} (to ${connector.to}, ${wayOf(connector)})`;
    if (why === undefined) {
      steps.push(`${name} matches`);
      return { connector, number: index + 1, steps };
    }
    steps.push(`${name} does not match: ${why}`);
  }
  return { connector: undefined, steps };
}

function mismatch(connector: Connector, { to, from, client }: ConnectorFacts): string | undefined {
  if (!matchesAddress(connector.to, to)) return `the recipient is ${to}`;
  if (!matchesAddress(connector.from, from)) return `the sender is <${from}>, not ${connector.from}`;
  if (connector.host === undefined) return undefined;
  const network = parseNetwork(connector.host);
  if (client === undefined || network === undefined || !networkContains(network, client)) {
    return `the client is ${client ?? "this server itself"}, not ${connector.host}`;
  }
  return undefined;
}

function wayOf(connector: Connector): string {
  const { drop, webhook } = connector;
  if (drop !== undefined) return webhook === undefined ? `drop in ${drop}` : `drop in ${drop}, then webhook`;
  if (webhook !== undefined) return "webhook";
  if (connector.reject !== undefined) return "reject";
  if (connector.via === undefined || typeof connector.via === "string")
    return `via ${connector.via ?? "nothing"}`;
  return `via ${connector.via.address}:${connector.via.port}`;
}
