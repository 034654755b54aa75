/** All that a lab serves over HTTP: the browser app, its own API, and the APIs of mail and servers over its hosts. */
import type { AppFiles, HttpHandler } from "../../base/http.ts";
import { makeId } from "../../base/ids.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import type { Host } from "../../server/host/host.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { LOOPBACK_NAMES } from "../../server/http/guard.ts";
import { type MountOptions, mountRoutes } from "../../server/http/mount-routes.ts";
import { ADMIN_API, adminApi } from "../../server/http/admin/admin-api.ts";
import { MAIL_API, mailApi } from "../../server/http/mail/mail-api.ts";
import { openApiAt } from "../../server/http/openapi.ts";
import type { Api } from "../../server/http/route.ts";
import { createSessions } from "../../server/http/sessions.ts";
import type { SignInPlace } from "../../server/http/sign-in.ts";
import { createWebApp, SHARED_STREAM_API } from "../../server/http/web-app.ts";
import { createHandTalks } from "../by-hand/hand-talks.ts";
import { LabError } from "../lab.ts";
import { LAB_PREFIX, labRoutes } from "./lab-api.ts";
import { labAdministration } from "./lab-administration.ts";
import { createScenarioRuns } from "../scenarios/scenario-runs.ts";
import type { GivenLabPlace, LabPlace } from "./lab-place.ts";

/** What openapi.json and docs/api.md tell of. */
export const LAB_APIS: readonly Api[] = [
  { prefix: LAB_PREFIX, title: "The lab", routes: labRoutes },
  MAIL_API,
  ADMIN_API,
  SHARED_STREAM_API,
];

export type LabWebOptions = MountOptions & Pick<SignInPlace, "fetchImage" | "scratch">;

export function createLabWeb(
  given: GivenLabPlace,
  files: AppFiles,
  options: LabWebOptions = {},
): HttpHandler {
  const { lab } = given;
  const { fetchImage, scratch } = options;
  const traceUrl = (queueId: string): string => `/lab/traces/${queueId}`;
  const hosts = (): Host[] => [...lab.hosts.values()].flatMap(({ host }) => host ?? []);
  // The machine's own time and chance: a session must not end because the lab's clock was moved, nor be guessed from its seed.
  const world = { clock: createRealClock(), random: createSecureRandom() };
  const sessions = createSessions(world);
  const runs = createScenarioRuns(
    () => world.clock.now(),
    () => makeId(world.clock, world.random),
  );
  const place: LabPlace = { ...given, runs, dialogues: createHandTalks(lab) };
  return createWebApp({
    names: () => LOOPBACK_NAMES,
    secure: false,
    files,
    start: "/lab",
    apis: [
      { prefix: LAB_PREFIX, add: (app) => mountRoutes(app, labRoutes, () => place, options) },
      mailApi({ sessions, hosts, world, secure: false, fetchImage, scratch, traceUrl }, options),
      adminApi({ ...labAdministration(lab), sessions, world }, options),
      openApiAt(LAB_APIS),
    ],
    report: (error) => console.error(error),
    explain: (error) => (error instanceof LabError ? new ApiError(400, error.message) : undefined),
  });
}
