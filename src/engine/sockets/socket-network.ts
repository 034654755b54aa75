/**
 * The machine's network as the port `Network`: TCP and UDP of the system. Reads nothing from a connection before
 * somebody attached to it. Fails with Faults that name the endpoint.
 */
import { createSocket } from "node:dgram";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { Fault } from "../../base/fault.ts";
import {
  formatEndpoint,
  type Connection,
  type ConnectOptions,
  type DatagramSocket,
  type Endpoint,
  type Listener,
  type Network,
} from "../../base/network.ts";
import { toFault } from "../files/errno.ts";
import { SocketConnection, toEndpoint } from "./socket-connection.ts";
import { createTurnEnd, type TurnEnd } from "./turn-end.ts";

/** Limit: connections the system holds for us while we are busy. */
const BACKLOG = 1_024;

const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

export function createSocketNetwork(): Network {
  const turnEnd = createTurnEnd();
  return {
    listen: (at, accept) => listen(turnEnd, at, accept),
    connect: (to, options) => connect(turnEnd, to, options),
    bindDatagram,
  };
}

function listen(turnEnd: TurnEnd, at: Endpoint, accept: (connection: Connection) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    let local: Endpoint | undefined; // of every connection, unless the listener takes any address
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      accept(new SocketConnection(socket, false, turnEnd, local));
    });
    const failed = (error: Error): void => reject(toFault(error, `listen on ${formatEndpoint(at)}`));
    server.once("error", failed);
    server.listen({ host: at.address, port: at.port, backlog: BACKLOG, ipv6Only: true }, () => {
      server.off("error", failed);
      // A failing accept (no descriptors left) costs that one connection, not the house.
      server.on("error", () => undefined);
      const bound = server.address();
      const port = bound === null || typeof bound === "string" ? at.port : bound.port;
      const endpoint = { address: at.address, port };
      if (!ANY_ADDRESS.has(at.address)) local = toEndpoint(at.address, port);
      resolve({ endpoint, close: () => closeNow(server) });
    });
  });
}

/** Stops accepting; open connections are their owners' business, so they are not waited for. */
async function closeNow(server: { close(): unknown }): Promise<void> {
  server.close();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function connect(turnEnd: TurnEnd, to: Endpoint, { from, timeoutMs }: ConnectOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connectSocket({
      host: to.address,
      port: to.port,
      ...(from === undefined ? {} : { localAddress: from }),
      allowHalfOpen: true,
      noDelay: true,
    });
    socket.pause();
    const failed = (error: Error): void => {
      clearTimeout(deadline);
      reject(toFault(error, `connect to ${formatEndpoint(to)}`));
    };
    const deadline = setTimeout(() => {
      socket.off("error", failed);
      socket.on("error", () => undefined);
      socket.destroy();
      reject(new Fault("timeout", `no answer from ${formatEndpoint(to)} within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(deadline);
      socket.off("error", failed);
      resolve(new SocketConnection(socket, true, turnEnd));
    });
  });
}

function bindDatagram(
  at: Endpoint,
  receive: (bytes: Uint8Array, from: Endpoint) => void,
): Promise<DatagramSocket> {
  return new Promise((resolve, reject) => {
    const isV6 = at.address.includes(":");
    const socket = createSocket({ type: isV6 ? "udp6" : "udp4", ...(isV6 ? { ipv6Only: true } : {}) });
    const failed = (error: Error): void => reject(toFault(error, `bind ${formatEndpoint(at)} for datagrams`));
    let open = true;
    socket.once("error", failed);
    socket.on("message", (bytes, { address, port }) => receive(bytes, toEndpoint(address, port)));
    socket.bind({ address: at.address, port: at.port }, () => {
      socket.off("error", failed);
      // Datagrams may be lost, and so may the news of it.
      socket.on("error", () => undefined);
      resolve({
        endpoint: { address: at.address, port: socket.address().port },
        send(bytes, to) {
          if (open) socket.send(bytes, to.port, to.address, () => undefined);
        },
        close() {
          if (!open) return Promise.resolve();
          open = false;
          return new Promise((closed) => {
            socket.close(() => closed());
          });
        },
      });
    });
  });
}
