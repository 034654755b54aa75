/** Who administers, and which hosts: kept while the app is open, so that moving between pages does not blink. */
import { ApiError, get } from "$lib/api.ts";
import type { AdminHostView } from "../../../../src/server/http/admin/host-routes.ts";

export type AdminState = "loading" | "in" | "signed out" | "not allowed" | "failed";

class Admin {
  state = $state<AdminState>("loading");
  who = $state("");
  isLab = $state(false);
  hosts = $state.raw<readonly AdminHostView[]>([]);
  /** Why it is not "in". */
  message = $state("");

  async load(): Promise<void> {
    try {
      const { who, isLab } = await get<{ who: string; isLab: boolean }>("/server/v1");
      this.hosts = await get<readonly AdminHostView[]>("/server/v1/hosts");
      this.who = who;
      this.isLab = isLab;
      this.state = "in";
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
      const status = error instanceof ApiError ? error.status : 0;
      // A server that is just restarting must not throw anybody out of a page.
      if (status === 0 && this.state === "in") return;
      this.state = status === 401 ? "signed out" : status === 403 ? "not allowed" : "failed";
    }
  }
}

export const admin = new Admin();

/** The API's address of something of a host: `ofHost("presto", "accounts", "ann@arch.test")`. */
export function ofHost(host: string, ...steps: readonly (string | number)[]): string {
  return ["/server/v1/hosts", host, ...steps.map(String)]
    .map((step, i) => (i === 0 ? step : encodeURIComponent(step)))
    .join("/");
}

/** The page's address: `pageOf("presto", "queue")`. */
export function pageOf(host: string, page = ""): string {
  return `/server/${encodeURIComponent(host)}${page === "" ? "" : `/${page}`}`;
}
