/**
 * HTTP as ports, both ways: handing a request to somebody's web server, and being one. engine/http does it; a test
 * answers by itself. A request and an answer are the platform's own values (Request, Response).
 */
import type { Endpoint } from "./network.ts";
import type { TlsIdentity } from "./tls.ts";

export type HttpRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
};

export type HttpAnswer = {
  readonly status: number;
  /** The first few kilobytes. */
  readonly body: string;
  /** The Retry-After header as given. */
  readonly retryAfter?: string | undefined;
};

/** POSTs. A redirect is an answer like any other, never followed. Rejects with Fault "timeout", "refused", "tls", "reset" or "unreachable". */
export type HttpPost = (request: HttpRequest) => Promise<HttpAnswer>;

export type HttpFetchRequest = {
  /** http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole of it. */
  readonly timeoutMs: number;
  readonly bytesMax: number;
  /** Asked of the very address that would be connected to, whatever name or notation led there. */
  readonly mayConnect: (address: string) => boolean;
};

export type HttpFetched = {
  readonly status: number;
  /** The Location header as given. */
  readonly location: string | undefined;
  readonly body: Uint8Array;
};

/**
 * GETs from a server that a stranger named. A redirect is an answer like any other, never followed. Rejects with Fault
 * "blocked" when no address of the name may be connected to, "overload" when the body is larger than asked for, and
 * "timeout", "refused", "tls", "reset" or "unreachable".
 */
export type HttpFetch = (request: HttpFetchRequest) => Promise<HttpFetched>;

/** What is known of who asks, beside the request. */
export type HttpClient = { readonly address: string };

export type HttpHandler = (request: Request, client: HttpClient) => Response | Promise<Response>;

export type HttpListener = { readonly endpoint: Endpoint; close(): Promise<void> };

/** Serves `handle` at an endpoint (port 0: any free one), over TLS with an identity. Rejects with Fault "addressInUse" or "permission". */
export type HttpListen = (
  at: { readonly endpoint: Endpoint; readonly identity?: TlsIdentity | undefined },
  handle: HttpHandler,
) => Promise<HttpListener>;

export type AppFile = {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Its name has a hash of its content: it never changes. */
  readonly immutable: boolean;
};

/** The browser app as built; `path` is `assets/lab.js`. Undefined when there is no such file. */
export type AppFiles = { find(path: string): Promise<AppFile | undefined> };
