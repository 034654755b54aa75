/**
 * The POP3 door: listens, bounds how many come in, gives each its connection, and knows who holds which mailbox. It
 * throws only Faults of the listener ("addressInUse", "permission").
 */
import { makeId } from "../../base/ids.ts";
import type { Connection, Endpoint } from "../../base/network.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Authenticator } from "../../mta/reception/reception.ts";
import type { Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { Doorkeeper, turnAway, type TurnedAway } from "../host/doorkeeper.ts";
import { Pop3Connection } from "./connection.ts";
import type { HeldMaildrops } from "./held-maildrops.ts";
import { POP3_SERVER_LIMITS, type Pop3ServerLimits } from "./limits.ts";

export type Pop3ServerOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly endpoint: Endpoint;
  /** The name in the greeting. */
  readonly hostname: string;
  readonly store: MailStore;
  readonly authenticator: Authenticator;
  /** Whom it bans does not come in. */
  readonly misbehaviour: Misbehaviour;
  /** Shared with the host's other POP3 doors. */
  readonly held: HeldMaildrops;
  /** With it STLS is offered. */
  readonly identity?: TlsIdentity | undefined;
  /** TLS from the first byte (port 995); needs an identity. */
  readonly implicitTls?: boolean | undefined;
  readonly allowPlaintextAuth?: boolean | undefined;
  readonly limits?: Partial<Pop3ServerLimits> | undefined;
};

export type Pop3Server = {
  readonly endpoint: Endpoint;
  /** How many are being served. */
  readonly connections: number;
  close(): Promise<void>;
};

/** What every connection of one door shares. */
export type Pop3Context = Required<
  Pick<Pop3ServerOptions, "world" | "recorder" | "hostname" | "store" | "authenticator" | "held">
> & {
  readonly identity: TlsIdentity | undefined;
  readonly implicitTls: boolean;
  readonly allowPlaintextAuth: boolean;
  readonly limits: Pop3ServerLimits;
  closed(connection: Pop3Connection): void;
};

const NOT_NOW: Readonly<Record<TurnedAway, string>> = {
  full: "-ERR [SYS/TEMP] too many connections, try again later\r\n",
  banned: "-ERR [SYS/TEMP] too many errors from your address, try again later\r\n",
};

export async function startPop3Server(options: Pop3ServerOptions): Promise<Pop3Server> {
  const { world, recorder, hostname, store, authenticator, held } = options;
  const limits = { ...POP3_SERVER_LIMITS, ...options.limits };
  const keeper = new Doorkeeper<Pop3Connection>({ ...limits, misbehaviour: options.misbehaviour });
  const context: Pop3Context = {
    world,
    recorder,
    hostname,
    store,
    authenticator,
    held,
    identity: options.identity,
    implicitTls: options.implicitTls === true,
    allowPlaintextAuth: options.allowPlaintextAuth === true,
    limits,
    closed: (connection) => keeper.left(connection),
  };

  function accept(connection: Connection): void {
    const { address } = connection.remote;
    const objection = keeper.objection(address);
    if (objection !== undefined) {
      turnAway(connection, context.implicitTls ? undefined : NOT_NOW[objection]);
      return;
    }
    const one = new Pop3Connection(context, connection, makeId(world.clock, world.random));
    keeper.entered(one, address);
    one.start();
  }

  const listener = await world.network.listen(options.endpoint, accept);
  return {
    endpoint: listener.endpoint,
    get connections() {
      return keeper.connections;
    },
    async close() {
      const closed = listener.close();
      await keeper.clear(world, 0);
      await closed;
    },
  };
}
