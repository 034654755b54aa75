/** Sends a letter and says so; while it is held, one click takes it back into a draft. Rejects with ApiError. */
import type { DraftView } from "../../../../src/server/http/mail/views.ts";
import { withQuery } from "$lib/path-pattern.ts";
import { goTo, location } from "$lib/router.svelte.ts";
import { showError, toast } from "$lib/toasts.svelte.ts";
import { del } from "../mail-api.ts";
import type { LetterWork } from "./letter-work.svelte.ts";

export async function sendLetter(work: LetterWork): Promise<void> {
  const { pending } = await work.send();
  if (pending === null) return void toast("Sent", { tone: "ok" });
  const { token, leavesInMs } = pending;
  toast("Sent. It leaves in", {
    tone: "ok",
    durationMs: leavesInMs,
    countsDown: true,
    action: { label: "Undo", run: () => void takeBack(token) },
  });
}

async function takeBack(token: string): Promise<void> {
  try {
    const { id } = await del<DraftView>(`/outbox/${token}`);
    const compose = `draft:${id}`;
    goTo(
      (location.path.startsWith("/mail") ? location.path : "/mail/INBOX") +
        withQuery(location.search, { compose }),
    );
    toast("Taken back: it is a draft again", { tone: "ok" });
  } catch (error) {
    showError(error);
  }
}
