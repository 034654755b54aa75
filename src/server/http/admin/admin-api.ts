/** The API of server administration, `/server/v1`: every host that is administered here, to those who may. */
import { type Administration, createAdministration } from "../../accounts/administration.ts";
import type { Host } from "../../host/host.ts";
import { type MountOptions, mountRoutes } from "../mount-routes.ts";
import type { Api, Route } from "../route.ts";
import type { MountedApi } from "../web-app.ts";
import { accountRoutes } from "./account-routes.ts";
import {
  type AdminParts,
  type AdminPlace,
  adminPlaceOf,
  type HostPlace,
  hostPlaceOf,
} from "./admin-place.ts";
import { connectorRoutes } from "./connector-routes.ts";
import { dnsRoutes } from "./dns-routes.ts";
import { aliasRoutes, domainRoutes } from "./domain-routes.ts";
import { adminRoutes as placeRoutes, hostRoutes as overviewRoutes } from "./host-routes.ts";
import { journalRoutes } from "./journal-routes.ts";
import { queueRoutes } from "./queue-routes.ts";
import { settingsRoutes } from "./settings-routes.ts";

const ADMIN_PREFIX = "/server/v1";

const adminRoutes: readonly Route<AdminPlace>[] = placeRoutes;

const adminHostRoutes: readonly Route<HostPlace>[] = [
  ...overviewRoutes,
  ...domainRoutes,
  ...accountRoutes,
  ...aliasRoutes,
  ...connectorRoutes,
  ...queueRoutes,
  ...journalRoutes,
  ...settingsRoutes,
  ...dnsRoutes,
];

/** For the documentation. */
export const ADMIN_API: Api = {
  prefix: ADMIN_PREFIX,
  title: "Administration of servers",
  routes: [...adminRoutes, ...adminHostRoutes],
};

export function adminApi(parts: AdminParts, options: MountOptions = {}): MountedApi {
  // One for each host as it runs: it counts how many passwords are hashed at once.
  const known = new WeakMap<Host, Administration>();
  const administrationOf = (host: Host): Administration => {
    const made = known.get(host) ?? createAdministration({ ...host });
    known.set(host, made);
    return made;
  };
  return {
    prefix: ADMIN_PREFIX,
    add(app) {
      mountRoutes(app, adminRoutes, (context) => adminPlaceOf(parts, context), options);
      mountRoutes(app, adminHostRoutes, (context) => hostPlaceOf(parts, context, administrationOf), options);
    },
  };
}
