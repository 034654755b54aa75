/**
 * Listening at a virtual endpoint: one listener of the machine, another for lab hosts where a preamble is needed, and
 * any further door. All or none: what was opened is closed again when the next fails.
 */
import { Fault, isFault } from "../../base/fault.ts";
import { formatEndpoint, type Connection, type Endpoint, type Listener } from "../../base/network.ts";
import { LoopbackConnection } from "./loopback-connection.ts";
import { createPreambleDoor } from "./loopback-preamble.ts";
import { ONE_ADDRESS, realEndpoint, type LoopbackHost, type LoopbackShared } from "./loopback-registry.ts";

type Accept = (connection: Connection) => void;

/** `0.0.0.0` and `::` stand for the host's own addresses. Rejects with Fault "addressInUse", "permission", "unreachable". */
export async function listenOnLoopback(
  shared: LoopbackShared,
  host: LoopbackHost,
  at: Endpoint,
  accept: Accept,
): Promise<Listener> {
  const opened: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((one) => one.close()));
  };
  let { port } = at;
  try {
    for (const address of ownAddresses(host, at.address)) {
      const one = await listenAt(shared, { address, port }, accept);
      opened.push(one);
      ({ port } = one.endpoint);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: { address: at.address, port }, close };
}

function ownAddresses(host: LoopbackHost, address: string): readonly string[] {
  const own =
    address === "::"
      ? host.addresses
      : host.addresses.filter((one) => one === address || (address === "0.0.0.0" && !one.includes(":")));
  if (own.length > 0) return own;
  throw new Fault("unreachable", `cannot listen on ${address}: it is not an address of ${host.addresses[0]}`);
}

async function listenAt(shared: LoopbackShared, at: Endpoint, accept: Accept): Promise<Listener> {
  if (at.port !== 0 && shared.streams.has(formatEndpoint(at))) {
    throw new Fault("addressInUse", `cannot listen on ${formatEndpoint(at)}: another lab host does`);
  }
  const opened: Listener[] = [];
  let virtual = at;
  const take = (connection: Connection, remote: Endpoint, wasRead: boolean): void => {
    accept(new LoopbackConnection(connection, { local: virtual, remote }, shared.activity, wasRead));
  };
  const takeOpen = (connection: Connection): void => {
    const { address, port } = connection.remote;
    take(connection, { address: shared.addresses.shown(address), port }, false);
  };
  const closers: (() => void)[] = [() => shared.streams.delete(formatEndpoint(virtual))];
  const close = async (): Promise<void> => {
    for (const closer of closers) closer();
    await Promise.all(opened.map((one) => one.close()));
  };
  try {
    const open = await listenReal(shared, at, takeOpen);
    opened.push(open);
    if (at.port === 0) virtual = { address: at.address, port: open.endpoint.port };
    for (const door of shared.doors.get(formatEndpoint(virtual)) ?? []) {
      opened.push(await shared.inner.listen(door, takeOpen));
    }
    let inside = open;
    if (shared.oneAddress) {
      const preambles = createPreambleDoor(
        shared.meetings,
        () => inside.endpoint.port,
        (connection, source) => take(connection, source, true),
      );
      inside = await shared.inner.listen({ address: ONE_ADDRESS, port: 0 }, preambles.accept);
      opened.push(inside);
      closers.push(preambles.close);
    }
    shared.streams.set(formatEndpoint(virtual), { open: open.endpoint, inside: inside.endpoint });
    return { endpoint: virtual, close };
  } catch (error) {
    await Promise.all(opened.map((one) => one.close()));
    throw error;
  }
}

/** Where hosts share one address, a port that is taken is no reason to fail: any other will do. */
async function listenReal(shared: LoopbackShared, virtual: Endpoint, accept: Accept): Promise<Listener> {
  const real = realEndpoint(shared, virtual);
  try {
    return await shared.inner.listen(real, accept);
  } catch (error) {
    if (!isFault(error)) throw error;
    if (shared.oneAddress && error.kind === "addressInUse" && real.port !== 0) {
      return shared.inner.listen({ ...real, port: 0 }, accept);
    }
    throw new Fault(error.kind, `${formatEndpoint(virtual)} of the lab: ${error.message}`, { cause: error });
  }
}
