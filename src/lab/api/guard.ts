/**
 * Who may use the control API: programs on this machine, and pages it serves itself. A web page elsewhere must not
 * command the lab, neither straight (Origin) nor by a name that it lets point to 127.0.0.1 (Host).
 */
import type { MiddlewareHandler } from "hono";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

export const guard: MiddlewareHandler = async (context, next) => {
  const host = context.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (!LOOPBACK_NAMES.has(name))
    return context.json({ error: `the lab answers to localhost and 127.0.0.1, not to "${name}"` }, 403);
  const origin = context.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`)
    return context.json({ error: `pages of ${origin} may not command the lab` }, 403);
  return next();
};
