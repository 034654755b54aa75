/** The pages of Server, one line each (lib/pages.ts says what a line holds). Those of one host have their navigation in frame/. */
import type { Page, PlaceRoutes } from "$lib/pages.ts";

const under = "/server";
const ofHost = (name: string, title: string, load: Page["load"]): Page => ({
  path: `/server/:host/${name}`,
  title,
  shown: "link",
  under,
  load,
});

export const routes: PlaceRoutes = {
  pages: [
    { path: "/server", title: "Hosts", shown: "nav", load: () => import("./overview/overview.svelte") },
    {
      path: "/server/:host",
      title: "Overview",
      shown: "link",
      under,
      load: () => import("./host/host.svelte"),
    },
    ofHost("domains", "Domains", () => import("./domains/domains.svelte")),
    ofHost("accounts", "Accounts", () => import("./accounts/accounts.svelte")),
    ofHost("aliases", "Aliases", () => import("./aliases/aliases.svelte")),
    ofHost("connectors", "Connectors", () => import("./connectors/connectors.svelte")),
    ofHost("queue", "Queue", () => import("./queue/queue.svelte")),
    ofHost("sessions", "Sessions", () => import("./sessions/sessions.svelte")),
    ofHost("search", "Search", () => import("./search/search.svelte")),
    ofHost("settings", "Settings", () => import("./settings/settings.svelte")),
    ofHost("dns", "DNS", () => import("./dns/dns.svelte")),
    ofHost("changes", "Changes", () => import("./changes/changes.svelte")),
  ],
};
