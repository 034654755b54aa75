/**
 * TLS over a TCP socket by node:tls, both sides, and what the house wants to know of the outcome. Never decides
 * whether a bad certificate matters: the client's `verify` does. Failure comes back as a Fault beside the socket.
 */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import { connect, createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import { Fault } from "../../base/fault.ts";
import type { TlsClientOptions, TlsIdentity, TlsInfo, TlsServerOptions } from "../../base/tls.ts";

export type OpenedTls =
  | { readonly socket: TLSSocket; readonly info: TlsInfo; readonly fault?: undefined }
  | { readonly socket: TLSSocket; readonly fault: Fault };

// A context costs milliseconds to build: one for each identity, and one for each set of roots.
const identityContexts = new WeakMap<TlsIdentity, SecureContext>();
const rootContexts = new Map<string, SecureContext>();
/** Limit: different sets of roots remembered; a house has one or two. */
const ROOT_CONTEXTS_MAX = 64;

export function openTls(tcp: Socket, options: TlsServerOptions | TlsClientOptions): Promise<OpenedTls> {
  return new Promise((resolve) => {
    const isServer = options.role === "server";
    const socket = isServer ? serverSocket(tcp, options) : clientSocket(tcp, options);
    const settle = (opened: OpenedTls): void => {
      clearTimeout(deadline);
      socket.off("error", onError);
      socket.off("close", onClose);
      socket.off("end", onClose);
      tcp.off("close", onClose);
      // An error in a later turn must find a listener, or it is everybody's.
      if (opened.fault !== undefined) socket.on("error", () => undefined);
      resolve(opened);
    };
    const fail = (fault: Fault): void => settle({ socket, fault });
    const onError = (error: Error): void =>
      fail(new Fault("tls", `the TLS handshake failed: ${error.message}`, { cause: error }));
    const onClose = (): void => fail(new Fault("tls", "the peer broke off the TLS handshake"));
    const deadline = setTimeout(
      () => fail(new Fault("timeout", `no TLS handshake within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.on("end", onClose);
    tcp.on("close", onClose);
    if (isServer) {
      // "secure" is what a lone TLSSocket on the server side emits when it is done.
      socket.once("secure", () => settle({ socket, info: serverInfo(socket) }));
    } else {
      socket.once("secureConnect", () => {
        const info = clientInfo(socket, options.serverName);
        if (options.verify === "none" || info.verified === true) settle({ socket, info });
        else fail(new Fault("tls", `the certificate of ${options.serverName} ${info.verifyError ?? ""}`));
      });
    }
  });
}

function serverSocket(tcp: Socket, { identity }: TlsServerOptions): TLSSocket {
  let secureContext = identityContexts.get(identity);
  if (secureContext === undefined) {
    secureContext = createSecureContext({ cert: identity.certificatePem, key: identity.privateKeyPem });
    identityContexts.set(identity, secureContext);
  }
  return new TLSSocket(tcp, { isServer: true, secureContext });
}

function clientSocket(tcp: Socket, { serverName, verify }: TlsClientOptions): TLSSocket {
  const caPem = typeof verify === "string" ? "" : verify.caPem;
  let secureContext = rootContexts.get(caPem);
  if (secureContext === undefined) {
    secureContext = createSecureContext(caPem === "" ? {} : { ca: caPem });
    if (rootContexts.size >= ROOT_CONTEXTS_MAX) rootContexts.clear();
    rootContexts.set(caPem, secureContext);
  }
  return connect({
    socket: tcp,
    secureContext,
    host: serverName,
    // An address is no server name (RFC 6066 §3), nor is nothing.
    ...(isIP(serverName) === 0 && serverName !== "" ? { servername: serverName } : {}),
    // We look at the verdict ourselves: opportunistic TLS goes on without it.
    rejectUnauthorized: false,
  });
}

const EXPORTER_LABEL = "EXPORTER-Channel-Binding";
const EXPORTER_BYTES = 32;

/** RFC 9266 §2. Before TLS 1.3 two connections could be made to have the same. */
function exporterOf(socket: TLSSocket): Uint8Array | undefined {
  if (socket.getProtocol() !== "TLSv1.3") return undefined;
  return socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0));
}

function serverInfo(socket: TLSSocket): TlsInfo {
  const name: unknown = "servername" in socket ? socket.servername : undefined;
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    serverName: typeof name === "string" ? name : undefined,
    verified: undefined,
    verifyError: undefined,
    peerNames: [],
    peerNotAfter: undefined,
    exporter: exporterOf(socket),
  };
}

function clientInfo(socket: TLSSocket, serverName: string): TlsInfo {
  const certificate = socket.getPeerX509Certificate();
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    serverName,
    verified: socket.authorized,
    verifyError: socket.authorized ? undefined : verifyErrorText(String(socket.authorizationError)),
    peerNames: subjectNames(certificate?.subjectAltName),
    peerNotAfter: certificate === undefined ? undefined : Date.parse(certificate.validTo),
    exporter: exporterOf(socket),
  };
}

const VERIFY_ERRORS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for other names",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "comes from an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "comes from an authority that is not trusted",
};

/** Finishes the sentence "the certificate of mail.example …". */
function verifyErrorText(code: string): string {
  return VERIFY_ERRORS[code] ?? `does not verify: ${code}`;
}

/** `DNS:mail.example, IP Address:10.0.0.1` as a list of names. */
export function subjectNames(subjectAltName: string | undefined): string[] {
  if (subjectAltName === undefined) return [];
  return subjectAltName
    .split(", ")
    .map((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
}
