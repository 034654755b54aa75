/** Changes of settings: asked for, waited for while the server restarts, and told with a way back. */
import { ApiError, get, post } from "$lib/api.ts";
import { showError, toast, toastWithUndo } from "$lib/toasts.svelte.ts";
import type { ChangeView } from "../../../../src/server/http/admin/change-view.ts";
import type { SettingsView } from "../../../../src/server/http/admin/settings-routes.ts";
import { admin, ofHost } from "./admin.svelte.ts";

const POLL_MS = 300;
/** Limit: what takes longer than a restart and the way back is told as such. */
const PATIENCE_MS = 30_000;

/** Rejects with ApiError when it was refused, at once or by the restart. */
export async function takenUp(host: string, asked: Promise<ChangeView>): Promise<ChangeView> {
  let change = await asked;
  const until = Date.now() + PATIENCE_MS;
  while (change.state === "under way") {
    if (Date.now() > until) throw new ApiError("The server does not come back: its log says why.", 0);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const settings = await get<SettingsView>(ofHost(host, "settings")).catch(() => undefined);
    if (settings?.change != null && settings.change.id === change.id) change = settings.change;
  }
  if (change.state === "refused") throw new ApiError(change.reason, 409);
  return change;
}

/** The same, with a toast that offers the way back. `after` shows the new state. */
export async function takeUp(
  host: string,
  asked: Promise<ChangeView>,
  after: () => Promise<void>,
): Promise<void> {
  const { what } = await takenUp(host, asked);
  await Promise.all([after(), admin.load()]);
  toastWithUndo(sentence(what), () => void undo(host, after));
}

export async function undo(host: string, after: () => Promise<void>): Promise<void> {
  try {
    await takenUp(host, post<ChangeView>(ofHost(host, "settings", "undo")));
    await Promise.all([after(), admin.load()]);
    toast("As it was before", { tone: "ok" });
  } catch (error) {
    showError(error);
  }
}

function sentence(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1);
}
