/** The lab's API as one list of routes: `/lab/v1`. */
import type { Route } from "../../server/http/route.ts";
import { activityRoutes } from "./activity-routes.ts";
import { allMailRoutes } from "./all-mail-routes.ts";
import { clockRoutes } from "./clock-routes.ts";
import { faultRoutes } from "./fault-routes.ts";
import { dialogueRoutes } from "./dialogue-routes.ts";
import { dnsRoutes } from "./dns-routes.ts";
import { fileRoutes } from "./file-routes.ts";
import { journalRoutes } from "./journal-routes.ts";
import type { LabPlace } from "./lab-place.ts";
import { mailRoutes } from "./mail-routes.ts";
import { networkRoutes } from "./network-routes.ts";
import { queueRoutes } from "./queue-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { traceRoutes } from "./trace-routes.ts";
import { scenarioRoutes } from "./scenario-routes.ts";

export const LAB_PREFIX = "/lab/v1";

export const labRoutes: readonly Route<LabPlace>[] = [
  ...networkRoutes,
  ...clockRoutes,
  ...faultRoutes,
  ...dnsRoutes,
  ...queueRoutes,
  ...mailRoutes,
  ...dialogueRoutes,
  ...allMailRoutes,
  ...journalRoutes,
  ...traceRoutes,
  ...sessionRoutes,
  ...activityRoutes,
  ...scenarioRoutes,
  ...fileRoutes,
];
