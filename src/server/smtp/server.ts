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
  /** AUTH is offered. */
  readonly auth?: boolean | undefined;
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
  closed(connection: SmtpServerConnection, address: string): void;
};

/** Limit: how long messages under way may take when the house shuts down. */
const GRACE_MS = 5_000;

export async function startSmtpServer(options: SmtpServerOptions): Promise<SmtpServer> {
  const { world, hostname } = options;
  const limits = { ...SMTP_SERVER_LIMITS, ...options.limits };
  const served = new Set<SmtpServerConnection>();
  const byAddress = new Map<string, number>();
  let whenEmpty: (() => void) | undefined;

  const context: ServerContext = {
    world,
    clock: world.clock,
    recorder: options.recorder,
    reception: options.reception,
    rules: sessionRules(options, limits),
    limits,
    identity: options.identity,
    intercept: options.intercept,
    closed(connection, address) {
      if (!served.delete(connection)) return;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
      if (served.size === 0) whenEmpty?.();
    },
  };

  function accept(connection: Connection): void {
    const { address } = connection.remote;
    const fromThere = byAddress.get(address) ?? 0;
    if (served.size >= limits.connectionsMax || fromThere >= limits.connectionsPerAddressMax) {
      turnAway(connection, hostname, options.implicitTls === true);
      return;
    }
    byAddress.set(address, fromThere + 1);
    const one = new SmtpServerConnection(context, connection, makeId(world.clock, world.random));
    served.add(one);
    one.start(options.implicitTls === true);
  }

  const listener = await world.network.listen(options.endpoint, accept);
  return {
    endpoint: listener.endpoint,
    get connections() {
      return served.size;
    },
    async close({ graceMs = GRACE_MS } = {}) {
      const closed = listener.close();
      for (const one of served) one.finish();
      if (served.size > 0) {
        const empty = new Promise<void>((resolve) => (whenEmpty = resolve));
        const timer = world.clock.after(graceMs, () => {
          for (const one of served) one.destroy();
        });
        await empty;
        timer.cancel();
      }
      await closed;
    },
  };
}

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
    auth: options.auth === true,
    plaintextAuth: options.allowPlaintextAuth === true,
  };
}

/** One line, and goodbye: cheaper than a conversation, which is the point. */
function turnAway(connection: Connection, hostname: string, silently: boolean): void {
  connection.attach({ data() {}, end() {}, closed() {} });
  if (!silently) {
    const busy = reply(421, "4.7.0", `${hostname} has too many connections, try again later`);
    connection.write(Buffer.from(formatReply(busy)));
  }
  connection.end();
}
