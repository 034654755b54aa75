/**
 * One host's network with the faults of its links: connections and datagrams between it and others. Links between two
 * lab hosts are decided by the one who connects, once for each connection; links from strangers (a joined server, the
 * person at the keyboard) by the one who listens. Who decides also keeps the connection among the open ones, so that a
 * host that goes down later takes it along, and one that becomes a black hole silences it. Without faults that is all it costs.
 */
import { type Clock, sleep } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import {
  type Connection,
  type ConnectOptions,
  type DatagramSocket,
  type Endpoint,
  formatEndpoint,
  type Network,
} from "../../base/network.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import { type FaultAction, isPlainRateLimit } from "./fault.ts";
import type { FaultBox } from "./fault-box.ts";
import { FaultyConnection } from "./faulty-connection.ts";
import type { OpenLinks } from "./open-links.ts";

export type FaultyNetworkOptions = {
  readonly box: FaultBox;
  readonly clock: Clock;
  /** The lab's open connections, for the one who takes a host down. */
  readonly links: OpenLinks;
  /** The short name of the host whose network this is. */
  readonly host: string;
  /** Who has this address: a host's short name, or `you`. */
  readonly nameOf: (address: string) => string | undefined;
  /** Whether that host's own network is a faulty one, so that its connections bring their faults along. */
  readonly isOurs: (name: string) => boolean;
  /** The certificate to show instead of the good one: see identities.ts. */
  readonly badIdentity: (trouble: "badcert" | "expired", good: TlsIdentity) => TlsIdentity;
};

const isCertificate = ({ tls }: FaultAction): boolean => tls === "badcert" || tls === "expired";
const isNoCertificate = (action: FaultAction): boolean => !isCertificate(action);

export function faultyNetwork(inner: Network, options: FaultyNetworkOptions): Network {
  const { box, clock, links, host, nameOf, isOurs, badIdentity } = options;

  function linkFault(from: string, to: string, accepts: (action: FaultAction) => boolean) {
    return box.isEmpty ? undefined : box.strike(host, { kind: "link", from, to }, {}, accepts);
  }

  function nameAt({ address }: Endpoint): string {
    return nameOf(address) ?? address;
  }

  /** A datagram's fate, then `deliver`. */
  function datagram(from: string, to: string, deliver: () => void): void {
    const action = linkFault(from, to, isNoCertificate);
    if (action === undefined) deliver();
    else if (isLost(action)) return;
    else if (action.delayMs === undefined) deliver();
    else clock.after(action.delayMs, deliver);
  }

  function accepted(connection: Connection, accept: (connection: Connection) => void): void {
    const from = nameAt(connection.remote);
    const action = isOurs(from) ? undefined : linkFault(from, host, isNoCertificate);
    // As near to a refusal as a listener comes.
    if (action?.cut === "down" || (action !== undefined && isPlainRateLimit(action)))
      return connection.destroy();
    const held = isOurs(from) ? connection : links.open({ host, from, to: host }).carry(connection);
    if (action?.cut === "blackhole") return swallow(held);
    // Asked again when TLS starts: only then it is known that a certificate is shown at all.
    const identity = (good: TlsIdentity): TlsIdentity => {
      const trouble = linkFault(from, host, isCertificate)?.tls;
      return trouble === "badcert" || trouble === "expired" ? badIdentity(trouble, good) : good;
    };
    const go = (): void =>
      accept(
        box.isEmpty
          ? held
          : new FaultyConnection(held, { clock, action: action ?? {}, role: "server", identity }),
      );
    if (action?.delayMs === undefined) go();
    else clock.after(action.delayMs, go);
  }

  return {
    listen: (at, accept) => inner.listen(at, (connection) => accepted(connection, accept)),

    async connect(to: Endpoint, connectOptions: ConnectOptions): Promise<Connection> {
      const name = nameAt(to);
      const action = linkFault(host, name, isNoCertificate);
      if (action !== undefined) await delayConnect(action, to, connectOptions, clock);
      const link = links.open({ host, from: host, to: name });
      let connection: Connection;
      try {
        connection = await inner.connect(to, connectOptions);
      } catch (error) {
        link.forget();
        throw error;
      }
      const held = link.carry(connection);
      if (link.isCut) {
        held.destroy();
        throw new Fault("refused", `${formatEndpoint(to)} refused the connection`);
      }
      return action === undefined ? held : new FaultyConnection(held, { clock, action, role: "client" });
    },

    async bindDatagram(at, receive): Promise<DatagramSocket> {
      const socket = await inner.bindDatagram(at, (bytes, from) => {
        const name = nameAt(from);
        if (isOurs(name)) receive(bytes, from);
        else datagram(name, host, () => receive(bytes, from));
      });
      let isClosed = false;
      return {
        endpoint: socket.endpoint,
        send(bytes, to) {
          datagram(host, nameAt(to), () => {
            if (!isClosed) socket.send(bytes, to);
          });
        },
        async close() {
          isClosed = true;
          await socket.close();
        },
      };
    },
  };
}

/** What a connect meets before there is a connection. Throws Fault "refused" or "timeout" where there will be none. */
async function delayConnect(action: FaultAction, to: Endpoint, { timeoutMs }: ConnectOptions, clock: Clock) {
  const { cut, delayMs = 0 } = action;
  if (cut === "blackhole" || delayMs >= timeoutMs) {
    await sleep(clock, timeoutMs);
    throw new Fault("timeout", `${formatEndpoint(to)} did not answer within ${timeoutMs} ms`);
  }
  if (delayMs > 0) await sleep(clock, delayMs);
  if (cut === "down" || isPlainRateLimit(action))
    throw new Fault("refused", `${formatEndpoint(to)} refused the connection`);
}

/** UDP has no reset or refusal: what would cut a connection loses a datagram. */
function isLost(action: FaultAction): boolean {
  return action.cut !== undefined || isPlainRateLimit(action);
}

/** Takes what comes and answers nothing, until the other side gives up. */
function swallow(connection: Connection): void {
  connection.attach({ data: () => undefined, end: () => connection.end(), closed: () => undefined });
}
