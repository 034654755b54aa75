/**
 * All that is served over HTTP at one endpoint: the browser app and the APIs beneath it, behind one guard, with one
 * table from what goes wrong to what the person reads. A handler of requests: it holds no socket.
 */
import { Hono } from "hono";
import { Fault, type FaultKind } from "../../base/fault.ts";
import type { AppFiles, HttpHandler } from "../../base/http.ts";
import { ApiError, type ErrorStatus } from "./api-error.ts";
import { addAppPages } from "./app-pages.ts";
import { limitBody } from "./body-limit.ts";
import { guard } from "./guard.ts";
import { mountRoutes, type WebEnv } from "./mount-routes.ts";
import type { Api } from "./route.ts";
import { SHARED_STREAM_PREFIX, sharedStreamRoutes } from "./shared-stream.ts";

export type WebAppParts = {
  /** Names and addresses under which requests may come, lower case. */
  readonly names: () => readonly string[];
  /** Whether it is served over TLS. */
  readonly secure: boolean;
  readonly files: AppFiles;
  /** The view that "/" leads to. */
  readonly start: string;
  readonly apis: readonly MountedApi[];
  /** What was a bug: for the log. */
  readonly report: (error: unknown) => void;
  /** How an error that only its API knows is told; undefined: by the common table. */
  readonly explain?: ((error: unknown) => ApiError | undefined) | undefined;
};

/** `add` puts its routes below the prefix. */
export type MountedApi = { readonly prefix: string; add(app: Hono<WebEnv>): void };

/** Of every endpoint. */
export const SHARED_STREAM_API: Api = {
  prefix: SHARED_STREAM_PREFIX,
  title: "Streams together",
  routes: sharedStreamRoutes,
};

/** Limit: a message of 50 MB in base64, and some. */
const BODY_BYTES_MAX = 80 * 1024 * 1024;

const FAULT_STATUS: Partial<Record<FaultKind, ErrorStatus>> = {
  diskFull: 507,
  readOnly: 507,
  overload: 503,
  closed: 503,
};

/** For every answer, also of pages. */
const HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

export function createWebApp(parts: WebAppParts): HttpHandler {
  const { apis } = parts;
  // Not strict: "/lab/v1" and "/lab/v1/" are the same.
  const app = new Hono<WebEnv>({ strict: false });
  const isApi = (path: string): boolean =>
    path.startsWith(SHARED_STREAM_PREFIX) || apis.some(({ prefix }) => path.startsWith(prefix));
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });
  app.use(guard({ names: parts.names, secure: parts.secure, isApi }));
  app.use(limitBody(BODY_BYTES_MAX));
  const streams = {
    isApi,
    ask: async (request: Request, clientAddress: string) => app.fetch(request, { clientAddress }),
  };
  const shared: MountedApi = {
    prefix: SHARED_STREAM_PREFIX,
    add: (api) => mountRoutes(api, sharedStreamRoutes, () => streams),
  };
  for (const { prefix, add } of [...apis, shared]) {
    const api = new Hono<WebEnv>({ strict: false });
    add(api);
    app.route(prefix, api);
    app.all(`${prefix}/*`, (context) => context.json(NOTHING_HERE, 404));
  }
  // "/lab/v1" is the API of the place "lab"; "/api" is of none.
  const places = apis.flatMap(({ prefix }) => /^\/(\w+)\/v1$/.exec(prefix)?.[1] ?? []);
  addAppPages(app, parts.files, { start: parts.start, places });
  app.notFound((context) => context.json(NOTHING_HERE, 404));
  app.onError((error, context) => {
    const told = error instanceof ApiError ? error : (parts.explain?.(error) ?? explainFault(error));
    if (told === undefined) parts.report(error);
    const { status, message, problems } = told ?? BUG;
    return context.json({ error: message, ...(problems.length === 0 ? {} : { problems }) }, status);
  });
  return (request, { address }) => app.fetch(request, { clientAddress: address });
}

const NOTHING_HERE = { error: "there is nothing here; docs/api.md lists what there is" };
const BUG = new ApiError(500, "this is a bug of the server; its log says where");

/** The detail is for the log: a peer reads no path of ours. */
function explainFault(error: unknown): ApiError | undefined {
  if (!(error instanceof Fault)) return undefined;
  const status = FAULT_STATUS[error.kind] ?? 502;
  const words = status === 507 ? "the disk takes no more; nothing was changed" : error.message;
  return new ApiError(status, words);
}
