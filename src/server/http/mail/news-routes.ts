/** What is new: asked for once, or told as it happens, to whoever is signed in and of their own mail alone. */
import { z } from "zod";
import type { MailEvent } from "../../../store/account-mail.ts";
import { ApiError } from "../api-error.ts";
import { type EventSource, resumeAfter, streamEvents } from "../event-stream.ts";
import { changesSince } from "./changes.ts";
import { type MailPlace, mailRoute } from "./mail-place.ts";
import { changesSchema } from "./views.ts";

/** Changes that come close together are told together: a page redraws so often at most. */
const TOGETHER_MS = 100;

const ABOUT_MAILBOXES: ReadonlySet<MailEvent["kind"]> = new Set([
  "mailboxCreated",
  "mailboxDeleted",
  "mailboxRenamed",
  "mailboxChanged",
  "subscribed",
  "unsubscribed",
]);
const state = z.coerce.number().int().min(0);

export const newsRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/changes",
      summary: "What changed since a state.",
      query: z.strictObject({ since: state }),
      answer: changesSchema,
    },
    ({ mail }, { query: { since } }) => changesSince(mail, since, true),
  ),
  mailRoute(
    {
      method: "get",
      path: "/events",
      summary: "Changes as they happen: server-sent events named `change`, each with the state as its id.",
      notes: "Resumes after Last-Event-ID, or after `after`; else it begins now. Ends with the session.",
      query: z.strictObject({ after: state.optional() }),
      answer: { media: "text/event-stream", about: "The data is what `/changes` answers." },
    },
    (place, { query: { after }, request }) => {
      const { mail, shared, world } = place;
      const isHead = request.method === "HEAD";
      if (!isHead && !shared.streams.begin(mail.name))
        throw new ApiError(429, "too many pages of yours listen already");
      const from = resumeAfter(request, after, mail.highestModseq);
      return streamEvents(request, from, sourceOf(place, from), (ms, call) => {
        let timer = world.clock.after(ms, beat);
        function beat(): void {
          timer = world.clock.after(ms, beat);
          call();
        }
        return { cancel: () => timer.cancel() };
      });
    },
  ),
];

function sourceOf({ mail, shared, world, isSignedIn }: MailPlace, from: number): EventSource {
  // Whoever resumes may have missed that.
  let mailboxesChanged = from < mail.highestModseq;
  let isOver = false;
  return {
    async read(after) {
      if (!isSignedIn()) return undefined;
      if (mail.highestModseq === after) return [];
      const changes = await changesSince(mail, after, mailboxesChanged);
      mailboxesChanged = false;
      const number = Number(changes.state);
      return [{ number, id: changes.state, event: "change", data: JSON.stringify(changes) }];
    },
    subscribe(wake) {
      let timer: { cancel(): void } | undefined;
      const end = mail.listen(({ kind }) => {
        if (ABOUT_MAILBOXES.has(kind)) mailboxesChanged = true;
        timer ??= world.clock.after(TOGETHER_MS, () => {
          timer = undefined;
          wake();
        });
      });
      return () => {
        timer?.cancel();
        end();
        if (!isOver) shared.streams.end(mail.name);
        isOver = true;
      };
    },
  };
}
