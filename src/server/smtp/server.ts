/**
 * The SMTP door: listens, bounds how many come in, and gives each its connection. SMTP, submission and LMTP are one
 * door with another `service`. It throws only Faults of the listener ("addressInUse", "permission").
 */
import type { Clock } from "../../base/clock.ts";
import { makeId } from "../../base/ids.ts";
import type { Connection, Endpoint } from "../../base/network.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Reception, SmtpService } from "../../mta/reception/reception.ts";
import type { Intercept } from "../../protocol/smtp/interception.ts";
import { reply } from "../../protocol/smtp/reply.ts";
import { formatReply } from "../../protocol/smtp/reply-codec.ts";
import type { SessionRules } from "../../protocol/smtp/server-types.ts";
import { Doorkeeper, turnAway } from "../host/doorkeeper.ts";
import { SmtpServerConnection } from "./connection.ts";
import { SMTP_SERVER_LIMITS, type SmtpServerLimits } from "./limits.ts";

export type SmtpServerOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly endpoint: Endpoint;
  readonly service: SmtpService;
  /** The name in the greeting. */
  readonly hostname: string;
  /** With it STARTTLS is offered. */
  readonly identity?: TlsIdentity | undefined;
  /** TLS from the first byte (port 465); needs an identity. */
  readonly implicitTls?: boolean | undefined;
  readonly reception: Reception;
  /** Whether AUTH is offered; asked for each connection. */
  readonly auth?: (() => boolean) | undefined;
  /** PLAIN and LOGIN also without TLS. */
  readonly allowPlaintextAuth?: boolean | undefined;
  readonly limits?: Partial<SmtpServerLimits> | undefined;
  readonly intercept?: Intercept | undefined;
};

export type SmtpServer = {
  readonly endpoint: Endpoint;
  /** How many are being served. */
  readonly connections: number;
  /** Takes no more, lets messages under way finish for `graceMs`, then ends all. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
};

/** What every connection of one door shares. */
export type ServerContext = {
  readonly world: World;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly reception: Reception;
  readonly rules: SessionRules;
  readonly limits: SmtpServerLimits;
  readonly identity: TlsIdentity | undefined;
  readonly intercept: Intercept | undefined;
  closed(connection: SmtpServerConnection): void;
};

/** Limit: how long messages under way may take when the house shuts down. */
const GRACE_MS = 5_000;

export async function startSmtpServer(options: SmtpServerOptions): Promise<SmtpServer> {
  const { world, hostname } = options;
  const limits = { ...SMTP_SERVER_LIMITS, ...options.limits };
  // Reception itself says who is banned, and writes it down.
  const keeper = new Doorkeeper<SmtpServerConnection>(limits);
  const rules = sessionRules(options, limits);
  const busy = formatReply(reply(421, "4.7.0", `${hostname} has too many connections, try again later`));

  const context: ServerContext = {
    world,
    clock: world.clock,
    recorder: options.recorder,
    reception: options.reception,
    get rules() {
      return { ...rules, auth: options.auth?.() === true };
    },
    limits,
    identity: options.identity,
    intercept: options.intercept,
    closed: (connection) => keeper.left(connection),
  };

  function accept(connection: Connection): void {
    const { address } = connection.remote;
    if (keeper.objection(address) !== undefined) {
      turnAway(connection, options.implicitTls === true ? undefined : busy);
      return;
    }
    const one = new SmtpServerConnection(context, connection, makeId(world.clock, world.random));
    keeper.entered(one, address);
    one.start(options.implicitTls === true);
  }

  const listener = await world.network.listen(options.endpoint, accept);
  return {
    endpoint: listener.endpoint,
    get connections() {
      return keeper.connections;
    },
    async close({ graceMs = GRACE_MS } = {}) {
      const closed = listener.close();
      await keeper.clear(world, graceMs);
      await closed;
    },
  };
}

/** `auth` is set for each connection. */
function sessionRules(options: SmtpServerOptions, limits: SmtpServerLimits): SessionRules {
  return {
    hostname: options.hostname,
    service: options.service,
    commands: { spaceBeforePath: limits.spaceBeforePath, pathWithoutBrackets: limits.pathWithoutBrackets },
    refuseBareNewline: limits.bareNewline === "refuse",
    sizeBytesMax: limits.sizeBytesMax,
    recipientsMax: limits.recipientsMax,
    messagesMax: limits.messagesPerConnectionMax,
    badCommandsMax: limits.badCommandsMax,
    startTls: options.identity !== undefined && options.implicitTls !== true,
    auth: false,
    plaintextAuth: options.allowPlaintextAuth === true,
  };
}
