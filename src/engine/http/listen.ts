/** Serves a handler of requests over node's HTTP server: bodies and answers stream; one that hangs is cut off. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Fault } from "../../base/fault.ts";
import type { HttpListen, HttpListener } from "../../base/http.ts";
import { formatEndpoint, type Endpoint } from "../../base/network.ts";
import { toFault } from "../files/errno.ts";

/** Limit: of a request's header fields; cookies and a few words fit many times. */
const HEADER_BYTES_MAX = 16 * 1024;
/** Limit: how long a client may take for its header, and for a whole request with a large attachment. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 5 * 60_000;
/** Limit: connections at once, of all clients. */
const CONNECTIONS_MAX = 1_000;

export const listenHttp: HttpListen = ({ endpoint, identity }, handle) => {
  const answer = getRequestListener(
    (request, { incoming }) => handle(request, { address: incoming.socket.remoteAddress ?? "" }),
    // The globals stay node's own: a library does not change them for everybody.
    { overrideGlobalObjects: false },
  ) as RequestListener;
  const options = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
  };
  const server: Server =
    identity === undefined
      ? createServer(options, answer)
      : createTlsServer(
          { ...options, cert: identity.certificatePem, key: identity.privateKeyPem, minVersion: "TLSv1.2" },
          answer,
        );
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(asFault(error, endpoint)));
    server.listen({ port: endpoint.port, host: endpoint.address, ipv6Only: true }, () => {
      const { port } = server.address() as AddressInfo;
      resolve(listenerOf(server, { address: endpoint.address, port }));
    });
  });
};

function listenerOf(server: Server, endpoint: Endpoint): HttpListener {
  return {
    endpoint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Live event streams would hold the server open for ever.
        server.closeAllConnections();
      }),
  };
}

function asFault(error: NodeJS.ErrnoException, endpoint: Endpoint): Fault {
  const at = formatEndpoint(endpoint);
  if (error.code === "EADDRINUSE") return new Fault("addressInUse", `${at} is in use`, { cause: error });
  if (error.code === "EACCES")
    return new Fault("permission", `${at} may not be listened on`, { cause: error });
  return toFault(error, `listen on ${at}`);
}
