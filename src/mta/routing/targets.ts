/** The targets routing decides on: refusals, deferrals, and the way to a host that settings name. */
import { networkContains, parseNetwork } from "../../base/ip.ts";
import type { Endpoint } from "../../base/network.ts";
import type { Reason } from "../../base/reason.ts";
import type { Connector } from "../../settings/connector-settings.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { findAddresses } from "./host-addresses.ts";
import type { RoutingStep } from "./router.ts";
import type { Route, RouteTarget, SmtpRoute } from "./route.ts";

export function fail(status: string, text: string): RouteTarget {
  return { kind: "fail", status, text };
}

export function defer(status: string, text: string): RouteTarget {
  return { kind: "defer", status, text };
}

/** The whole host's own addresses and names: what makes an MX record or a smarthost lead back to us. */
export function isOurselves(
  { settings, options }: RoutingStep,
  host: string,
  addresses: readonly string[],
  port = settings.outbound.port,
): boolean {
  if (host.toLowerCase() === settings.hostname.toLowerCase()) return true;
  const machine = options.machineAddresses ?? [];
  return addresses.some(
    (address) => settings.addresses.includes(address) || isOwnDoor(settings, machine, address, port),
  );
}

/** 127.0.0.0/8, ::1, and the addresses that stand for "any": a connection to them stays on this machine. */
const LOOPBACK = ["127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128"].map((text) => parseNetwork(text));

/** Whether whoever connects there meets one of our own doors, though no setting calls the address ours. */
function isOwnDoor(
  { listen }: HostSettings,
  machine: readonly string[],
  address: string,
  port: number,
): boolean {
  const ip = unmapped(address);
  const isHere =
    machine.includes(ip) || LOOPBACK.some((network) => network !== undefined && networkContains(network, ip));
  return listen.some(
    ({ at }) => at.port === port && (at.address === ip || (ANY_ADDRESS.has(at.address) && isHere)),
  );
}

const ANY_ADDRESS = new Set(["*", "0.0.0.0", "::"]);

function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, "");
}

type Way = Partial<Pick<Connector, "user" | "password" | "tls" | "protocol">>;

/** To a host that a setting names: by its addresses, never by its MX. */
export async function viaSmarthost(
  step: RoutingStep,
  to: Endpoint,
  way: Way,
  reason: Reason,
): Promise<Route> {
  const { recipient, steps, settings } = step;
  const found = await findAddresses(step, to.address);
  if (found.kind === "failure") {
    const text = `the address of ${to.address} cannot be found out now`;
    return { recipient, target: defer("4.4.3", text), steps, reason };
  }
  if (found.addresses.length === 0) {
    const detail = `${to.address} has no address`;
    return { recipient, target: defer("4.4.4", detail), steps, reason: { ...reason, detail } };
  }
  const ownPort = settings.listen.some(({ at }) => at.port === to.port);
  if (ownPort && isOurselves(step, to.address, found.addresses, to.port)) {
    const text = `${to.address}:${to.port} is this server itself`;
    return {
      recipient,
      target: fail("5.4.6", `mail would loop: ${text}`),
      steps,
      reason: { ...reason, detail: text },
    };
  }
  const tls =
    way.tls === "implicit" ? "must" : (way.tls ?? settings.tls.domains[to.address] ?? settings.tls.outbound);
  const target: SmtpRoute = {
    kind: "smtp",
    key: `host:${to.address}:${to.port}:${way.user ?? ""}`,
    hops: [{ host: to.address, preference: undefined, addresses: found.addresses, port: to.port }],
    tls,
    implicitTls: way.tls === "implicit",
    credentials: way.user === undefined ? undefined : { username: way.user, password: way.password ?? "" },
    protocol: way.protocol ?? "smtp",
  };
  steps.push(`to ${to.address} (${found.addresses.join(", ")}) port ${to.port}`);
  return { recipient, target, steps, reason };
}
