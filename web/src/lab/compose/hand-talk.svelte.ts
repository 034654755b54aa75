/** One conversation by hand as the page holds it: connects, says, and takes what comes late from the live stream. */
import type { DialogueEntry, DialogueState, DialogueView } from "../../../../src/lab/api/dialogue-routes.ts";
import { ApiError, del, post } from "$lib/api.ts";
import { Live } from "$lib/live.svelte.ts";

export type Connecting = { readonly host: string; readonly port: number; readonly from: string };

export class HandTalkPage {
  about = $state.raw<DialogueView>();
  entries = $state.raw<readonly DialogueEntry[]>([]);
  state = $state.raw<DialogueState>();
  busy = $state(false);
  error = $state("");
  #live: Live | undefined;

  async connect(asked: Connecting): Promise<void> {
    this.leave();
    await this.#try(async () => {
      const view = await post<DialogueView>("/lab/v1/dialogues", asked);
      [this.about, this.entries, this.state] = [view, view.entries, view.state];
      this.#live = new Live({
        url: `/lab/v1/dialogues/${view.id}/events`,
        kinds: ["entry"],
        after: String(view.entries.length),
        onEvents: (events) => {
          for (const { kind, data } of events) {
            if (kind !== "entry") continue;
            const { entry, state } = JSON.parse(data) as { entry: DialogueEntry; state: DialogueState };
            this.#take([entry], state);
          }
        },
      });
    });
  }

  async say(lines: readonly string[], ending: "crlf" | "lf" = "crlf"): Promise<void> {
    const id = this.about?.id;
    if (id === undefined) return;
    await this.#try(async () => {
      const view = await post<DialogueView>(`/lab/v1/dialogues/${id}/lines`, { lines, ending });
      this.#take(view.entries, view.state);
    });
  }

  /** Hangs up without a word; what was said stays to be read. */
  async hangUp(): Promise<void> {
    const id = this.about?.id;
    this.#live?.close();
    if (id === undefined || this.state === undefined) return;
    this.state = { ...this.state, phase: "closed" };
    await this.#try(() => del(`/lab/v1/dialogues/${id}`));
  }

  /** The page is left, or another conversation begins. */
  leave(): void {
    this.#live?.close();
    const id = this.about?.id;
    [this.about, this.entries, this.state] = [undefined, [], undefined];
    // It ends by itself when this does not arrive.
    if (id !== undefined) del(`/lab/v1/dialogues/${id}`).catch(() => undefined);
  }

  #take(entries: readonly DialogueEntry[], state: DialogueState): void {
    const last = this.entries.at(-1)?.n ?? 0;
    const fresh = entries.filter(({ n }) => n > last);
    if (fresh.length > 0) this.entries = [...this.entries, ...fresh];
    const newest = entries.at(-1)?.n ?? last;
    if (newest >= last) this.state = state;
    if (state.phase === "closed") this.#live?.close();
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.error = "";
    try {
      await act();
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
