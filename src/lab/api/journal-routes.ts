/** The journal: waiting for a journey, and every event as it happens. */
import { z } from "zod";
import type { JournalEvent } from "../../journal/events.ts";
import { formatEvent } from "../../journal/ndjson.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { type EventSource, resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { Lab } from "../lab.ts";
import { labRoute } from "./lab-place.ts";
import { everyRealMs } from "./live-source.ts";
import { durationOf } from "./request.ts";
import { traceSchema } from "./trace-schemas.ts";

export const journalRoutes = [
  labRoute(
    {
      method: "get",
      path: "/wait",
      summary: "Waits until a journey or an event matches.",
      query: z.strictObject({
        q: z.string().default(""),
        timeout: z.string().default("5s").describe("Real time."),
        advance: z.string().optional().describe("Lets the lab's time jump while it waits."),
      }),
      answer: traceSchema,
      example: { path: "/wait?q=to:bob@nemesis.test&timeout=5s" },
    },
    async ({ lab }, { query: { q, timeout, advance } }) => {
      const options = { timeoutMs: durationOf(timeout, "timeout"), advanceClock: advance !== undefined };
      const trace = await lab.waitFor(q, options);
      if (trace === undefined) throw new ApiError(408, `nothing matched "${q}" within ${timeout}`);
      return trace;
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/events",
      summary: "Every event as it happens, as server-sent events.",
      notes: "Resumes after Last-Event-ID or `after`; ids are gapless, so a client sees what it missed.",
      query: z.strictObject({ after: z.coerce.number().int().nonnegative().optional() }),
      answer: { media: "text/event-stream", about: "`event` is the kind, `data` the event as JSON" },
    },
    ({ lab }, { request, query: { after } }) =>
      streamEvents(request, resumeAfter(request, after, lab.journal.lastId), eventsOf(lab), everyRealMs),
  ),
];

function eventsOf({ journal }: Lab): EventSource {
  const streamed = (event: JournalEvent) => ({
    number: event.id,
    id: String(event.id),
    event: event.kind,
    data: formatEvent(event).trimEnd(),
  });
  return { read: (after) => journal.read(after).map(streamed), subscribe: (wake) => journal.subscribe(wake) };
}
