/**
 * The three places of the app, as far as they are served here: a mail server has no lab. Their pages are in their own
 * tables (lab/routes.ts …), loaded when first entered.
 */
import type { Place } from "./lib/pages.ts";

const all: readonly Place[] = [
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

/** Said by the page itself (server/http/app-pages.ts); the development server does not say. */
const served = document.documentElement.dataset["places"]?.split(" ");

export const places: readonly Place[] = all.filter(({ id }) => served?.includes(id) !== false);

export function placeOf(path: string): Place | undefined {
  return places.find((place) => path === place.path || path.startsWith(`${place.path}/`));
}
