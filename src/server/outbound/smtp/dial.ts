/**
 * Finds a server that will talk: hops in their order, each hop's addresses in theirs (RFC 5321 §5.1). A connection that
 * fails, a greeting that refuses, TLS that cannot be had: the next one is tried. Never rejects; the last failure is the answer.
 */
import { Fault, isFault } from "../../../base/fault.ts";
import { makeId } from "../../../base/ids.ts";
import { type Connection, type Endpoint, formatEndpoint } from "../../../base/network.ts";
import type { TlsClientOptions } from "../../../base/tls.ts";
import type { Hop, SmtpRoute } from "../../../mta/routing/route.ts";
import type { AgentContext } from "./agent.ts";
import { SmtpLink, type LinkFailure } from "./link.ts";

export type DialFailure = { readonly failure: LinkFailure; readonly hop: Hop; readonly to: string };

export type Dialed =
  | { readonly ok: true; readonly link: SmtpLink; readonly hop: Hop; readonly to: string }
  | ({ readonly ok: false; readonly connection: string | undefined } & DialFailure);

/** Addresses that did not answer lately, and until when to try them last. */
export type DeadAddresses = Map<string, number>;

/** Limit: addresses remembered as dead. */
const DEAD_ADDRESSES_MAX = 10_000;
const NONCE_BYTES = 18;

export async function dial(context: AgentContext, route: SmtpRoute, trace: string): Promise<Dialed> {
  const attempts = inOrder(context, route);
  let last: Dialed | undefined;
  for (const { hop, address } of attempts) {
    last = await dialAddress(context, route, hop, address, trace);
    if (last.ok || last.failure.why === "noAuth") return last;
  }
  const hop = route.hops[0] ?? { host: "", preference: undefined, addresses: [], port: 0 };
  const failure: LinkFailure = {
    why: "lost",
    fault: new Fault("unreachable", "the next hop has no address"),
  };
  return last ?? { ok: false, failure, hop, to: hop.host, connection: undefined };
}

/** Best first; what was dead a moment ago comes last, but still comes. */
function inOrder(context: AgentContext, route: SmtpRoute): { hop: Hop; address: string }[] {
  const now = context.world.clock.now();
  const all = route.hops.flatMap((hop) => hop.addresses.map((address) => ({ hop, address })));
  const isDead = (address: string): boolean => (context.deadAddresses.get(address) ?? 0) > now;
  return [...all.filter(({ address }) => !isDead(address)), ...all.filter(({ address }) => isDead(address))];
}

async function dialAddress(
  context: AgentContext,
  route: SmtpRoute,
  hop: Hop,
  address: string,
  trace: string,
): Promise<Dialed> {
  const endpoint = { address, port: hop.port };
  const opened = await openLink(context, route, hop, endpoint, trace, route.tls);
  // Opportunistic: no handshake is no reason to keep the mail (RFC 7435); a new connection, in the clear.
  const mayRetry =
    !opened.ok && opened.failure.why === "tlsFailed" && route.tls === "may" && route.implicitTls !== true;
  return mayRetry ? openLink(context, route, hop, endpoint, trace, "never") : opened;
}

async function openLink(
  context: AgentContext,
  route: SmtpRoute,
  hop: Hop,
  endpoint: Endpoint,
  trace: string,
  tls: SmtpRoute["tls"],
): Promise<Dialed> {
  const { world, recorder, timeouts, hostname, deadAddresses } = context;
  const from = sourceFor(endpoint, context.from);
  const to = `${hop.host} [${endpoint.address}]:${endpoint.port}`;
  try {
    const connection = await connect(context, endpoint, from);
    const id = makeId(world.clock, world.random);
    const { local, remote } = connection;
    recorder.record(
      {
        kind: "connection.opened",
        connection: id,
        side: "client",
        protocol: route.protocol,
        local: formatEndpoint(local),
        remote: formatEndpoint(remote),
      },
      trace,
    );
    deadAddresses.delete(endpoint.address);
    const nonce = Buffer.from(world.random.bytes(NONCE_BYTES)).toString("base64");
    const secrets = route.credentials === undefined ? undefined : { ...route.credentials, nonce };
    const link = new SmtpLink({
      id,
      connection,
      clock: world.clock,
      recorder,
      timeouts,
      rules: { hostname, protocol: route.protocol, tls, secrets },
      tls: tlsOptions(context, route, hop),
      trace,
      closed: () => context.shutdown.cuts.delete(cut),
    });
    const cut = (): void => {
      if (!link.leaving) link.destroy("we are shutting down");
    };
    context.shutdown.cuts.add(cut);
    const failure = await link.open(route.implicitTls === true);
    if (failure === undefined) return { ok: true, link, hop, to };
    return { ok: false, failure, hop, to, connection: id };
  } catch (error) {
    const fault = isFault(error)
      ? error
      : new Fault("io", error instanceof Error ? error.message : String(error));
    recorder.record({ kind: "connection.failed", to, from, fault: fault.kind, detail: fault.message }, trace);
    if (deadAddresses.size >= DEAD_ADDRESSES_MAX) deadAddresses.clear();
    deadAddresses.set(endpoint.address, world.clock.now() + context.limits.deadAddressMs);
    return { ok: false, failure: { why: "lost", fault }, hop, to, connection: undefined };
  }
}

/** Gives up when the agent closes; what is connected afterwards is cut. */
function connect(context: AgentContext, endpoint: Endpoint, from: string | undefined): Promise<Connection> {
  const { world, timeouts, shutdown } = context;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Fault("closed", "the server is shutting down"));
    if (shutdown.hasBegun) return giveUp();
    shutdown.cuts.add(giveUp);
    world.network
      .connect(endpoint, { from, timeoutMs: timeouts.connect })
      .then((connection) => {
        if (shutdown.hasBegun) connection.destroy();
        resolve(connection);
      }, reject)
      .finally(() => shutdown.cuts.delete(giveUp));
  });
}

/** An IPv4 address to come from says nothing about IPv6: there the system chooses. */
function sourceFor({ address }: Endpoint, from: string | undefined): string | undefined {
  return from?.includes(":") === address.includes(":") ? from : undefined;
}

function tlsOptions(context: AgentContext, route: SmtpRoute, hop: Hop): TlsClientOptions {
  const trusted = context.verifyCa === undefined ? "system" : { caPem: context.verifyCa };
  return {
    role: "client",
    serverName: hop.host,
    verify: route.tls === "verify" ? trusted : "none",
    timeoutMs: context.timeouts.tls,
  };
}
