/** The three places of the app. Their pages are in their own tables (lab/routes.ts …), loaded when first entered. */
import type { Place } from "./lib/pages.ts";

export const places: readonly Place[] = [
  {
    id: "lab",
    title: "Lab",
    path: "/lab",
    icon: "lab",
    keys: "g l",
    load: async () => (await import("./lab/routes.ts")).routes,
  },
  {
    id: "mail",
    title: "Mail",
    path: "/mail",
    icon: "mail",
    keys: "g m",
    load: async () => (await import("./mail/routes.ts")).routes,
  },
  {
    id: "server",
    title: "Server",
    path: "/server",
    icon: "server",
    keys: "g s",
    load: async () => (await import("./server/routes.ts")).routes,
  },
];

export function placeOf(path: string): Place | undefined {
  return places.find((place) => path === place.path || path.startsWith(`${place.path}/`));
}
