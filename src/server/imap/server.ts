/**
 * The IMAP door: listens, bounds how many come in, and gives each its connection. It throws only Faults of the
 * listener ("addressInUse", "permission").
 */
import type { Clock } from "../../base/clock.ts";
import { makeId } from "../../base/ids.ts";
import type { Connection, Endpoint } from "../../base/network.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Authenticator } from "../../mta/reception/reception.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { ImapConnection } from "./connection.ts";
import { FlagTexts } from "./flag-texts.ts";
import { IMAP_SERVER_LIMITS, type ImapServerLimits } from "./limits.ts";

export type ImapServerOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly endpoint: Endpoint;
  /** The name in the greeting. */
  readonly hostname: string;
  readonly store: MailStore;
  readonly authenticator: Authenticator;
  /** With it STARTTLS is offered. */
  readonly identity?: TlsIdentity | undefined;
  /** TLS from the first byte (port 993); needs an identity. */
  readonly implicitTls?: boolean | undefined;
  /** Passwords also without TLS; else LOGINDISABLED. */
  readonly allowPlaintextAuth?: boolean | undefined;
  readonly limits?: Partial<ImapServerLimits> | undefined;
};

export type ImapServer = {
  readonly endpoint: Endpoint;
  /** How many are being served. */
  readonly connections: number;
  /** Takes no more, lets commands under way finish for `graceMs`, then ends all. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
};

/** What every connection of one door shares. */
export type ServerContext = {
  readonly world: World;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly hostname: string;
  readonly store: MailStore;
  readonly authenticator: Authenticator;
  readonly identity: TlsIdentity | undefined;
  readonly implicitTls: boolean;
  readonly allowPlaintextAuth: boolean;
  readonly limits: ImapServerLimits;
  readonly flagTexts: FlagTexts;
  /** How many sessions each account has, by its id. */
  readonly sessions: Map<number, number>;
  closed(connection: ImapConnection, address: string): void;
};

/** Limit: how long commands under way may take when the house shuts down. */
const GRACE_MS = 5_000;

export async function startImapServer(options: ImapServerOptions): Promise<ImapServer> {
  const { world } = options;
  const limits = { ...IMAP_SERVER_LIMITS, ...options.limits };
  const served = new Set<ImapConnection>();
  const byAddress = new Map<string, number>();
  let whenEmpty: (() => void) | undefined;

  const context: ServerContext = {
    world,
    clock: world.clock,
    recorder: options.recorder,
    hostname: options.hostname,
    store: options.store,
    authenticator: options.authenticator,
    identity: options.identity,
    implicitTls: options.implicitTls === true,
    allowPlaintextAuth: options.allowPlaintextAuth === true,
    limits,
    flagTexts: new FlagTexts(),
    sessions: new Map(),
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
      turnAway(connection, context.implicitTls);
      return;
    }
    byAddress.set(address, fromThere + 1);
    const one = new ImapConnection(context, connection, makeId(world.clock, world.random));
    served.add(one);
    one.start();
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

/** One line, and goodbye: cheaper than a conversation, which is the point. */
function turnAway(connection: Connection, silently: boolean): void {
  connection.attach({ data() {}, end() {}, closed() {} });
  if (!silently)
    connection.write(Buffer.from("* BYE [UNAVAILABLE] too many connections, try again later\r\n"));
  connection.end();
}
