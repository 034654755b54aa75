/** The pages of Mail, one line each (lib/pages.ts says what a line holds). Their order is that of the navigation. */
import type { PlaceRoutes } from "$lib/pages.ts";

export const routes: PlaceRoutes = {
  pages: [{ path: "/mail", title: "Start", shown: "nav", load: () => import("./start/start.svelte") }],
};
