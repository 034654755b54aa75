/** A host's web door: webmail and its API, over HTTP or HTTPS. What answers is loaded with the first request. */
import type { Scratch } from "../../base/files.ts";
import type { AppFiles, HttpFetch, HttpHandler, HttpListen, HttpListener } from "../../base/http.ts";
import type { Endpoint } from "../../base/network.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { Metrics } from "../../journal/metrics.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import type { Host } from "../host/host.ts";
import type { SettingsDesk } from "./admin/settings-desk.ts";
import { LOOPBACK_NAMES } from "./guard.ts";
import type { Sessions } from "./sessions.ts";

/** What a host needs from outside for its web door. Sessions outlive a restart of the host within one program. */
export type WebParts = {
  readonly listen: HttpListen;
  readonly files: AppFiles;
  readonly sessions: Sessions;
  /** For the remote pictures that mail names. */
  readonly fetchImage?: HttpFetch | undefined;
  /** For files on their way into a letter. */
  readonly scratch?: Scratch | undefined;
  /** What server administration needs beyond the host; absent where it is not offered. */
  readonly administration?: AdministrationParts | undefined;
};

export type AdministrationParts = {
  readonly settings: SettingsDesk;
  readonly metrics: Metrics;
  readonly resolver: Resolver;
};

export async function startWebServer(
  web: WebParts | undefined,
  host: Host,
  at: { readonly endpoint: Endpoint; readonly identity?: TlsIdentity | undefined },
): Promise<HttpListener> {
  if (web === undefined) throw new Error(`${host.name} was given nothing to serve the web with`);
  const secure = at.identity !== undefined;
  let app: Promise<HttpHandler> | undefined;
  return web.listen(at, async (request, client) =>
    (await (app ??= open(web, host, secure)))(request, client),
  );
}

async function open(web: WebParts, host: Host, secure: boolean): Promise<HttpHandler> {
  const [
    { createWebApp, SHARED_STREAM_API },
    { MAIL_API, mailApi },
    { ADMIN_API, adminApi },
    { administratorsOf },
    { openApiAt },
  ] = await Promise.all([
    import("./web-app.ts"),
    import("./mail/mail-api.ts"),
    import("./admin/admin-api.ts"),
    import("./admin/who-administers.ts"),
    import("./openapi.ts"),
  ]);
  const { world, settings, journal } = host;
  const { files, sessions, fetchImage, scratch, administration } = web;
  const signIn = { sessions, hosts: () => [host], world, secure };
  const apis = [mailApi({ ...signIn, fetchImage, scratch })];
  if (administration !== undefined) {
    const one = { name: host.name, role: "server", host, ...administration };
    const whoAsks = administratorsOf(host, signIn);
    apis.push(adminApi({ ...signIn, ...administration, hosts: () => [one], isLab: false, whoAsks }));
  }
  const recorder = journal.recorder(host.name);
  return createWebApp({
    names: () => ownNames(settings),
    secure,
    files,
    start: "/mail",
    apis: [
      ...apis,
      openApiAt([MAIL_API, ...(administration === undefined ? [] : [ADMIN_API]), SHARED_STREAM_API]),
    ],
    report: (error) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      recorder.record({ kind: "warning", what: "bug in the web door", detail, rfc: undefined }, undefined);
    },
  });
}

/** The names and addresses we are known by, as they stand in a URL. */
function ownNames({ hostname, addresses }: Host["settings"]): string[] {
  const inUrl = addresses.map((one) => (one.includes(":") ? `[${one.toLowerCase()}]` : one));
  return [hostname.toLowerCase(), ...inUrl, ...LOOPBACK_NAMES];
}
