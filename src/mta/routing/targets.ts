/** The targets routing decides on: refusals, deferrals, and the way to a host that settings name. */
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
export function isOurselves(settings: HostSettings, host: string, addresses: readonly string[]): boolean {
  if (host.toLowerCase() === settings.hostname.toLowerCase()) return true;
  return addresses.some((address) => settings.addresses.includes(address));
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
  if (ownPort && isOurselves(settings, to.address, found.addresses)) {
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
