/** The pages of Server, one line each (lib/pages.ts says what a line holds). Their order is that of the navigation. */
import type { PlaceRoutes } from "$lib/pages.ts";

export const routes: PlaceRoutes = {
  pages: [{ path: "/server", title: "Start", shown: "nav", load: () => import("./start/start.svelte") }],
};
