/** `why` and `dig` inside the lab: a routing decision or a DNS question, asked and explained without sending anything. */
import type { Endpoint } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import { parseIp } from "../../base/ip.ts";
import { explainReply } from "../../protocol/dns/dig-explain.ts";
import { formatDig, formatDigShort, parseDigArguments } from "../../protocol/dns/dig.ts";
import { queryOnce } from "../../server/resolver/query-once.ts";
import { finalAddresses } from "../../mta/reception/aliases.ts";
import type { Route } from "../../mta/routing/route.ts";
import type { Host } from "../../server/host/host.ts";
import { LabError } from "../lab.ts";

const DNS_PORT = 53;
const TIMEOUT_MS = 5_000;

export type DigParts = {
  readonly world: World;
  readonly from: string;
  /** The lab's name servers, by short name. */
  readonly servers: ReadonlyMap<string, Endpoint>;
};

export async function digInLab(
  { world, from, servers }: DigParts,
  args: readonly string[],
): Promise<{ text: string; explanation: string[] }> {
  const parsed = parseDigArguments(args);
  if (!parsed.ok) throw new LabError(parsed.error);
  const { name, type, server: wanted, port, tcp, short } = parsed.value;
  const server = serverFor(servers, wanted, port);
  const question = { name, type, class: "IN" as const };
  let isTcp = tcp;
  let asked = await queryOnce({ world, server, question, tcp, timeoutMs: TIMEOUT_MS, from });
  if (asked.ok && asked.value.message.truncated && !tcp) {
    isTcp = true;
    asked = await queryOnce({ world, server, question, tcp: true, timeoutMs: TIMEOUT_MS, from });
  }
  if (!asked.ok) {
    const text = `;; no answer from ${server.address}#${server.port}: ${asked.error.detail}\n`;
    return { text, explanation: [] };
  }
  const { message, sizeBytes, durationMs } = asked.value;
  if (short) return { text: formatDigShort(message), explanation: [] };
  const facts = {
    args,
    server,
    transport: isTcp ? ("tcp" as const) : ("udp" as const),
    durationMs,
    sizeBytes,
    nowMs: world.clock.now(),
    version: "posthorn",
  };
  return { text: formatDig(message, facts), explanation: explainReply(message) };
}

/** The decision of one host. An alias is looked up first, as its SMTP door would; of several the first one's way is told. */
export async function whyOf(
  host: Pick<Host, "router" | "settings">,
  recipient: string,
  reversePath: string,
): Promise<Route> {
  const final = finalAddresses(host.settings, recipient);
  const [address = recipient] = final;
  const context = { reversePath, client: undefined, trace: undefined, cause: undefined };
  const route = await host.router(address, context);
  if (address === recipient) return route;
  const others = final.length > 1 ? `; this is the way of ${address}` : "";
  const alias = `${recipient} is an alias for ${final.join(", ")}${others}`;
  return { ...route, recipient, steps: [alias, ...route.steps] };
}

function serverFor(servers: DigParts["servers"], wanted: string | undefined, port = DNS_PORT): Endpoint {
  const [first] = servers.values();
  const named = wanted === undefined ? first : servers.get(wanted);
  if (named !== undefined) return { address: named.address, port };
  if (wanted !== undefined && parseIp(wanted) !== undefined) return { address: wanted, port };
  throw new LabError(
    wanted === undefined
      ? "this lab has no name server"
      : `"${wanted}" is neither an address nor a name server of this lab: ${[...servers.keys()].join(", ")}`,
  );
}
