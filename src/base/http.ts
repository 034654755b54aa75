/** Handing a request to somebody's web server, as a port. engine/http does it; a test answers by itself. */

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
