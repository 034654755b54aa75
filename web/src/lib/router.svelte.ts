/**
 * Where we are: the address bar as state. Links are plain <a href>; a click on one of ours becomes a step in history,
 * anything else (another origin, a download, a modified click, an API address) stays the browser's.
 */
import { withQuery } from "./path-pattern.ts";

class Location {
  path = $state(window.location.pathname);
  search = $state(window.location.search);
  hash = $state(window.location.hash);
  readonly query = $derived(new URLSearchParams(this.search));

  /** Reads the address bar anew, after history has moved. */
  sync(): void {
    this.path = window.location.pathname;
    this.search = window.location.search;
    this.hash = window.location.hash;
  }
}

export const location = new Location();

/** Goes to an address of the app. `replace` leaves no step behind for the Back button. */
export function goTo(href: string, { replace = false }: { replace?: boolean } = {}): void {
  const from = location.path;
  if (replace) history.replaceState(history.state, "", href);
  else history.pushState(null, "", href);
  location.sync();
  if (location.path !== from) window.scrollTo(0, 0);
}

/** Changes query keys of the present address; undefined or "" removes one. Replaces the step unless `push`. */
export function setQuery(
  changes: Readonly<Record<string, string | undefined>>,
  { push = false }: { push?: boolean } = {},
): void {
  goTo(location.path + withQuery(location.search, changes) + location.hash, { replace: !push });
}

/**
 * One query key as a value to read and to bind: `const filter = queryState("q")`, then `bind:value={filter.value}`.
 * The fallback is what an absent key means, and is never written.
 */
export function queryState(key: string, fallback = "", options: { push?: boolean } = {}): { value: string } {
  return {
    get value() {
      return location.query.get(key) ?? fallback;
    },
    set value(next: string) {
      if (next !== this.value) setQuery({ [key]: next === fallback ? undefined : next }, options);
    },
  };
}

/** Addresses of the server that a click must really ask for. */
const NOT_PAGES = /^\/(?:api|(?:lab|mail|server)\/v1|lab\/api)(?:\/|$)/;

/** Starts listening to clicks and to Back; returns how to stop. */
export function startRouter(): () => void {
  const onPop = (): void => location.sync();
  const onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest("a");
    if (link === null || link.origin !== window.location.origin || link.hasAttribute("download")) return;
    if ((link.target !== "" && link.target !== "_self") || NOT_PAGES.test(link.pathname)) return;
    if (link.hash !== "" && link.pathname === location.path && link.search === location.search) return;
    event.preventDefault();
    const href = link.pathname + link.search + link.hash;
    goTo(href, { replace: href === location.path + location.search + location.hash });
  };
  window.addEventListener("popstate", onPop);
  document.addEventListener("click", onClick);
  return () => {
    window.removeEventListener("popstate", onPop);
    document.removeEventListener("click", onClick);
  };
}
