/** Sends a letter and says so; while it is held, one click takes it back into a draft. Rejects with ApiError. */
import type { DraftView } from "../../../../src/server/http/mail/views.ts";
import { withQuery } from "$lib/path-pattern.ts";
import { goTo, location } from "$lib/router.svelte.ts";
import { showError, toast } from "$lib/toasts.svelte.ts";
import { del } from "../mail-api.ts";
import type { LetterWork } from "./letter-work.svelte.ts";

/** Long enough to be found by somebody who looked elsewhere while it was sent. */
const NOT_KEPT_MS = 60_000;

export async function sendLetter(work: LetterWork): Promise<void> {
  const { pending, notKept } = await work.send();
  if (notKept !== null) return sayNotKept(notKept, work.draft !== undefined);
  if (pending === null) return void toast("Sent", { tone: "ok" });
  const { token, leavesInMs } = pending;
  toast("Sent. It leaves in", {
    tone: "ok",
    durationMs: leavesInMs,
    countsDown: true,
    action: { label: "Undo", run: () => void takeBack(token) },
  });
}

/** The sender has to know that the letter is on its way, and that nothing but the recipients will have it. */
function sayNotKept(why: string, hasDraft: boolean): void {
  const draft = hasDraft ? " The draft as it was last saved is still in Drafts." : "";
  toast(`The letter was sent, but no copy of it is in Sent, and it cannot be taken back: ${why}.${draft}`, {
    tone: "wait",
    durationMs: NOT_KEPT_MS,
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
