/** Where requests about servers are answered from: the hosts that are administered here, and who asks. */
import type { Context } from "hono";
import { z } from "zod";
import type { World } from "../../../base/world.ts";
import type { Metrics } from "../../../journal/metrics.ts";
import type { Resolver } from "../../../protocol/dns/resolver.ts";
import type { Administration } from "../../accounts/administration.ts";
import type { Host } from "../../host/host.ts";
import { ApiError } from "../api-error.ts";
import type { WebEnv } from "../mount-routes.ts";
import { routeOf } from "../route.ts";
import type { Sessions } from "../sessions.ts";
import type { SettingsDesk } from "./settings-desk.ts";

export type AdminHost = {
  /** As its address in the API names it. */
  readonly name: string;
  /** In a lab: mailbox, relay…; "server" for a real one. */
  readonly role: string;
  readonly host: Host;
  readonly resolver: Resolver;
  readonly settings: SettingsDesk;
};

export type AdminParts = {
  readonly hosts: () => readonly AdminHost[];
  readonly metrics: Metrics;
  readonly sessions: Sessions;
  /** Real time, also in a lab whose clock stands. */
  readonly world: Pick<World, "clock" | "random">;
  readonly isLab: boolean;
  /** Who asks. Throws ApiError: 401 for nobody, 403 for somebody else. */
  readonly whoAsks: (request: Request, clientAddress: string) => Promise<string>;
};

export type AdminPlace = AdminParts & { readonly who: string };

export type HostPlace = AdminPlace & {
  readonly at: AdminHost;
  readonly administration: Administration;
  /** Writes down in the journal what was done, in a sentence without its subject. */
  readonly audit: (what: string) => void;
};

export const adminRoute = routeOf<AdminPlace>();
export const hostRoute = routeOf<HostPlace>();

export const hostParams = z.strictObject({
  host: z.string().describe("A host's name, as GET /server/v1/hosts lists them."),
});

export async function adminPlaceOf(parts: AdminParts, context: Context<WebEnv>): Promise<AdminPlace> {
  const who = await parts.whoAsks(context.req.raw, context.env?.clientAddress ?? "");
  return { ...parts, who };
}

export async function hostPlaceOf(
  parts: AdminParts,
  context: Context<WebEnv>,
  administrationOf: (host: Host) => Administration,
): Promise<HostPlace> {
  const place = await adminPlaceOf(parts, context);
  const name = context.req.param("host") ?? "";
  const at = parts.hosts().find((one) => one.name === name);
  if (at === undefined)
    throw new ApiError(404, `there is no host "${name}" here; GET /server/v1/hosts lists them`);
  const recorder = at.host.journal.recorder(at.host.name);
  const audit = (what: string): void => {
    recorder.record({ kind: "administration", who: place.who, what }, undefined);
  };
  return { ...place, at, administration: administrationOf(at.host), audit };
}

/** A "no" of the administration, which is a sentence, as an answer. */
export function orConflict<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
  path?: string,
): T {
  if (result.ok) return result.value;
  const problems = path === undefined ? [] : [{ path, message: result.error }];
  throw new ApiError(result.error.startsWith("there is no account") ? 404 : 409, result.error, problems);
}
