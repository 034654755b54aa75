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
import type { Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { Doorkeeper, turnAway, type TurnedAway } from "../host/doorkeeper.ts";
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
  /** Whom it bans does not come in. */
  readonly misbehaviour: Misbehaviour;
  /** With it STARTTLS is offered. */
  readonly identity?: TlsIdentity | undefined;
  /** TLS from the first byte (port 993); needs an identity. */
  readonly implicitTls?: boolean | undefined;
  /** Passwords also without TLS; else LOGINDISABLED. */
  readonly allowPlaintextAuth?: boolean | undefined;
  readonly limits?: Partial<ImapServerLimits> | undefined;
  /** Who may change whose quota; nobody when absent. */
  readonly quotas?: QuotaRules | undefined;
};

export type QuotaRules = {
  isAdministrator(account: string): boolean;
  /** The quota comes from somewhere that would give it again. */
  isFixed(account: string): boolean;
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
  readonly quotas: QuotaRules | undefined;
  /** How many sessions each account has, by its id. */
  readonly sessions: Map<number, number>;
  closed(connection: ImapConnection): void;
};

/** Limit: how long commands under way may take when the house shuts down. */
const GRACE_MS = 5_000;

const NOT_NOW: Readonly<Record<TurnedAway, string>> = {
  full: "* BYE [UNAVAILABLE] too many connections, try again later\r\n",
  banned: "* BYE [UNAVAILABLE] too many errors from your address, try again later\r\n",
};

export async function startImapServer(options: ImapServerOptions): Promise<ImapServer> {
  const { world } = options;
  const limits = { ...IMAP_SERVER_LIMITS, ...options.limits };
  const keeper = new Doorkeeper<ImapConnection>({ ...limits, misbehaviour: options.misbehaviour });

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
    quotas: options.quotas,
    sessions: new Map(),
    closed: (connection) => keeper.left(connection),
  };

  function accept(connection: Connection): void {
    const { address } = connection.remote;
    const objection = keeper.objection(address);
    if (objection !== undefined) {
      turnAway(connection, context.implicitTls ? undefined : NOT_NOW[objection]);
      return;
    }
    const one = new ImapConnection(context, connection, makeId(world.clock, world.random));
    keeper.entered(one, address);
    one.start();
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
