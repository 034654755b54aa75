/**
 * Who may ask: programs that call us by one of our own names, and pages we served ourselves. A web page elsewhere must
 * not command us, neither straight (Origin, Sec-Fetch-Site) nor by a name of its own that it lets point here (Host: DNS
 * rebinding). It never tells a page elsewhere more than that.
 */
import type { MiddlewareHandler } from "hono";

/** Names that never leave this machine. */
export const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

export type GuardOptions = {
  /** Lower case; an IPv6 address in brackets. */
  readonly names: () => readonly string[];
  readonly secure: boolean;
  /** Whether a path is an API's: a link on another page may lead to the app, never to those. */
  readonly isApi: (path: string) => boolean;
};

export function guard({ names, secure, isApi }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    const name = host.replace(/:\d+$/, "").toLowerCase();
    const known = names();
    if (!known.includes(name))
      return context.json({ error: `this server answers to ${known.join(", ")}, not to "${name}"` }, 403);
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `${secure ? "https" : "http"}://${host}`)
      return context.json({ error: `pages of ${origin} may not ask here` }, 403);
    // Absent: no browser. "none": the person's own doing, such as a typed address.
    const site = context.req.header("sec-fetch-site") ?? "none";
    if (isApi(context.req.path) && site !== "same-origin" && site !== "none")
      return context.json({ error: "pages of other sites may not ask here" }, 403);
    return next();
  };
}
