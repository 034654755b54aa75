/** The pages of Lab, one line each (lib/pages.ts says what a line holds). Their order is that of the navigation. */
import type { PlaceRoutes } from "$lib/pages.ts";

export const routes: PlaceRoutes = {
  pages: [
    { path: "/lab", title: "Start", shown: "nav", load: () => import("./start/start.svelte") },
    {
      path: "/lab/design",
      title: "Design: components and tokens",
      shown: "palette",
      load: () => import("./design/design.svelte"),
    },
  ],
};
