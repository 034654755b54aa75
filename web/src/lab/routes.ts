/** The pages of Lab, one line each (lib/pages.ts says what a line holds). Their order is that of the navigation. */
import { enterLab } from "./live/enter.ts";
import type { PlaceRoutes } from "$lib/pages.ts";
import { enterLab } from "./live/enter.ts";

export const routes: PlaceRoutes = {
  enter: enterLab,
  pages: [
    {
      path: "/lab",
      title: "Network",
      shown: "nav",
      keys: "g n",
      fill: true,
      load: () => import("./network/network.svelte"),
    },
    {
      path: "/lab/queues",
      title: "Queues",
      shown: "nav",
      keys: "g q",
      fill: true,
      load: () => import("./queues/queues.svelte"),
    },
    {
      path: "/lab/faults",
      title: "Faults",
      shown: "nav",
      keys: "g f",
      load: () => import("./faults/faults.svelte"),
    },
    {
      path: "/lab/traces",
      title: "Traces",
      shown: "nav",
      keys: "g t",
      fill: true,
      load: () => import("./traces/traces.svelte"),
    },
    {
      path: "/lab/traces/:id",
      title: "Trace",
      shown: "link",
      under: "/lab/traces",
      load: () => import("./traces/trace.svelte"),
    },
    {
      path: "/lab/diff",
      title: "Compare two traces",
      shown: "palette",
      under: "/lab/traces",
      load: () => import("./traces/diff.svelte"),
    },
    {
      path: "/lab/sessions",
      title: "Sessions",
      shown: "nav",
      keys: "g s",
      fill: true,
      load: () => import("./sessions/sessions.svelte"),
    },
    {
      path: "/lab/sessions/:id",
      title: "Session",
      shown: "link",
      under: "/lab/sessions",
      load: () => import("./sessions/session.svelte"),
    },
    {
      path: "/lab/activity",
      title: "Activity",
      shown: "nav",
      keys: "g a",
      fill: true,
      load: () => import("./activity/activity.svelte"),
    },
    {
      path: "/lab/dns",
      title: "DNS",
      shown: "nav",
      keys: "g d",
      load: () => import("./dns/dns.svelte"),
    },
    {
      path: "/lab/design",
      title: "Design: components and tokens",
      shown: "palette",
      load: () => import("./design/design.svelte"),
    },
  ],
};
