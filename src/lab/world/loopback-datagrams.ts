/**
 * Datagrams between virtual endpoints. As datagrams do, what cannot be sent is lost without a word to the sender; what
 * the lab does not let out is told to `blocked`. An answer to a plain 127.0.0.1 goes back the way the question came.
 */
import { Fault, isFault } from "../../base/fault.ts";
import { formatEndpoint, type DatagramSocket, type Endpoint } from "../../base/network.ts";
import {
  ownAddress,
  realEndpoint,
  whyNot,
  type LoopbackHost,
  type LoopbackShared,
} from "./loopback-registry.ts";

type Receive = (bytes: Uint8Array, from: Endpoint) => void;
type Way = { readonly socket: DatagramSocket; readonly real: Endpoint };

/** Limit: ways back that one socket remembers; the oldest is forgotten, its asker asks again. */
const WAYS_BACK_MAX = 1_024;

/** Rejects with Fault "addressInUse", "permission" or "unreachable". */
export async function bindLoopbackDatagram(
  shared: LoopbackShared,
  host: LoopbackHost,
  at: Endpoint,
  receive: Receive,
): Promise<DatagramSocket> {
  const address = ownAddress(host, at.address, at.address);
  let virtual: Endpoint = { address, port: at.port };
  if (at.port !== 0 && shared.datagrams.has(formatEndpoint(virtual))) {
    throw new Fault(
      "addressInUse",
      `cannot bind ${formatEndpoint(virtual)} for datagrams: another lab host does`,
    );
  }
  const waysBack = new Map<string, Way>();
  const sockets: DatagramSocket[] = [];
  let isOpen = true;

  const open = async (real: Endpoint): Promise<DatagramSocket> => {
    const socket = await shared.inner.bindDatagram(real, (bytes, from) => {
      shared.activity.count++;
      receive(bytes, shownSender(shared, waysBack, { socket, real: from }));
    });
    sockets.push(socket);
    return socket;
  };
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    shared.datagrams.delete(formatEndpoint(virtual));
    if (sockets[0] !== undefined) shared.datagramSenders.delete(formatEndpoint(sockets[0].endpoint));
    await Promise.all(sockets.map((socket) => socket.close()));
  };

  const main = await bindReal(shared, virtual, open);
  if (at.port === 0) virtual = { address, port: main.endpoint.port };
  shared.datagrams.set(formatEndpoint(virtual), main.endpoint);
  shared.datagramSenders.set(formatEndpoint(main.endpoint), virtual);
  try {
    for (const door of shared.doors.get(formatEndpoint(virtual)) ?? []) await open(door);
  } catch (error) {
    await close();
    throw error;
  }

  /** Beyond loopback a socket is needed that is not bound to it, for each family one. */
  const uplinks = new Map<string, Promise<DatagramSocket>>();
  const sendUp = (bytes: Uint8Array, to: Endpoint): void => {
    const any = to.address.includes(":") ? "::" : "0.0.0.0";
    const uplink = uplinks.get(any) ?? open({ address: any, port: 0 });
    uplinks.set(any, uplink);
    uplink
      .then((socket) => (isOpen ? socket.send(bytes, to) : socket.close()))
      .catch((error: unknown) => {
        if (isFault(error)) shared.blocked(error, address);
        else throw error;
      });
  };

  return {
    endpoint: virtual,
    close,
    send(bytes, to) {
      if (!isOpen) return;
      shared.activity.count++;
      const key = formatEndpoint(to);
      const back = waysBack.get(key);
      const real = shared.datagrams.get(key);
      if (back !== undefined) back.socket.send(bytes, back.real);
      else if (real !== undefined) main.send(bytes, real);
      else if (!shared.addresses.isLab(to.address) && shared.uplink.allows(to)) sendUp(bytes, to);
      else shared.blocked(whyNot(shared, to), address);
    },
  };
}

/** Who a datagram is from, in the lab's terms; remembers the way back when the terms alone do not lead there. */
function shownSender(
  { datagramSenders, addresses }: LoopbackShared,
  waysBack: Map<string, Way>,
  way: Way,
): Endpoint {
  const { real } = way;
  const known = datagramSenders.get(formatEndpoint(real));
  if (known !== undefined) return known;
  const shown = { address: addresses.shown(real.address), port: real.port };
  const key = formatEndpoint(shown);
  waysBack.delete(key);
  waysBack.set(key, way);
  if (waysBack.size > WAYS_BACK_MAX) {
    for (const oldest of waysBack.keys()) {
      waysBack.delete(oldest);
      break;
    }
  }
  return shown;
}

/** Where a port is any free one, the number its stream listener got is the first choice: one port to tell people. */
async function bindReal(
  shared: LoopbackShared,
  virtual: Endpoint,
  open: (real: Endpoint) => Promise<DatagramSocket>,
): Promise<DatagramSocket> {
  const real = realEndpoint(shared, virtual);
  const stream = virtual.port === 0 ? undefined : shared.streams.get(formatEndpoint(virtual))?.open;
  const first = real.port === 0 && stream !== undefined ? stream : real;
  try {
    return await open(first);
  } catch (error) {
    if (!isFault(error)) throw error;
    const mayMove = shared.oneAddress || shared.ports === "dynamic";
    if (mayMove && error.kind === "addressInUse" && first.port !== 0) return open({ ...real, port: 0 });
    throw new Fault(error.kind, `${formatEndpoint(virtual)} of the lab: ${error.message}`, { cause: error });
  }
}
