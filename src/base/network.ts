/**
 * The network as a port: byte streams and datagrams between endpoints. engine/sockets binds it to the machine,
 * lab/ to loopback or to memory. Callbacks, not promises, on the way of bytes: one turn of the loop for each chunk.
 */
import type { Fault } from "./fault.ts";
import type { TlsClientOptions, TlsInfo, TlsServerOptions } from "./tls.ts";

/** `address` is canonical text: dotted quad, or RFC 5952 for IPv6 without brackets or zone. */
export type Endpoint = { readonly address: string; readonly port: number };

export type ConnectionHandler = {
  data(bytes: Uint8Array): void;
  /** The peer sends no more (FIN). We may still write. */
  end(): void;
  /** Everything written so far has left our buffers. */
  drain?(): void;
  /** Called exactly once, last. `fault` says what broke, and is undefined after an orderly end of both sides. */
  closed(fault: Fault | undefined): void;
};

export type EndOptions = { readonly hangUp?: boolean };

export type Connection = {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Set once the connection is encrypted. */
  readonly tls: TlsInfo | undefined;
  /** Bytes written and not yet taken by the peer's side. */
  readonly bufferedBytes: number;
  /** Hands over the handler; bytes flow from now on. Until then nothing is read. Called again it replaces the handler. */
  attach(handler: ConnectionHandler): void;
  /** Returns false when the buffer is full: wait for `drain`. Bytes belong to the connection from here on. */
  write(bytes: Uint8Array): boolean;
  /** Holds several writes together into one packet until the matching `uncork`. */
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  /** Sends what is buffered, then FIN. With `hangUp` the peer's own end need not be waited for: it has nothing to add. */
  end(options?: EndOptions): void;
  /** Tears it down at once (RST); buffered bytes are lost. */
  destroy(): void;
  /**
   * Turns the stream into TLS (STARTTLS or implicit). The caller pauses first and has no plaintext left to send;
   * what arrives afterwards through the handler is decrypted. Rejects with Fault "tls" or "timeout" and destroys.
   */
  startTls(options: TlsServerOptions | TlsClientOptions): Promise<TlsInfo>;
};

export type Listener = { readonly endpoint: Endpoint; close(): Promise<void> };

export type ConnectOptions = {
  /** The address to come from; the system's choice when absent. */
  readonly from?: string | undefined;
  readonly timeoutMs: number;
};

export type DatagramSocket = {
  readonly endpoint: Endpoint;
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): Promise<void>;
};

export type Network = {
  /** Port 0 takes any free one. Rejects with Fault "addressInUse" or "permission". */
  listen(at: Endpoint, accept: (connection: Connection) => void): Promise<Listener>;
  /** Rejects with Fault "refused", "timeout", "unreachable" or "blocked". */
  connect(to: Endpoint, options: ConnectOptions): Promise<Connection>;
  /** Port 0 takes any free one. */
  bindDatagram(at: Endpoint, receive: (bytes: Uint8Array, from: Endpoint) => void): Promise<DatagramSocket>;
};

/** `10.66.0.21:25`, `[fd66::21]:25`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
