/** What happens in the lab as one list: names asked, connections, mail, queues, reports, webhooks, faults, the clock. */
import { z } from "zod";
import { activityMatches, activityOf, type ActivityRow } from "../../journal/activity.ts";
import type { Query } from "../../journal/query.ts";
import { resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { Lab } from "../lab.ts";
import { activityPageSchema } from "./activity-views.ts";
import { labRoute } from "./lab-place.ts";
import { everyRealMs, liveSource } from "./live-source.ts";
import { queryOf } from "./request.ts";

const filter = z.string().default("").describe("host: kind: text: id: result:ok|wait|fail, or words.");

/** Limit: rows of one answer. */
const PAGE_MAX = 1_000;
/** Limit: events looked at for one answer, so that a filter that finds nothing does not hold up the lab. */
const LOOKED_AT_MAX = 20_000;

export const activityRoutes = [
  labRoute(
    {
      method: "get",
      path: "/activity",
      summary: "What happened, a row each, newest first.",
      query: z.strictObject({
        q: filter,
        before: z.coerce.number().int().positive().optional().describe("Only rows older than this."),
        limit: z.coerce.number().int().positive().max(PAGE_MAX).default(200),
      }),
      answer: activityPageSchema,
      example: { path: "/activity?q=kind:dns" },
    },
    ({ lab }, { query: { q, before, limit } }) =>
      pageOf(lab, queryOf(q), before ?? lab.journal.lastId + 1, limit),
  ),
  labRoute(
    {
      method: "get",
      path: "/activity-live",
      summary: "The same as it happens, as server-sent events.",
      notes: "Resumes after Last-Event-ID or `after`.",
      query: z.strictObject({ q: filter, after: z.coerce.number().int().nonnegative().optional() }),
      answer: { media: "text/event-stream", about: "`data` is a row" },
    },
    ({ lab }, { request, query: { q, after } }) =>
      streamEvents(
        request,
        resumeAfter(request, after, lab.journal.lastId),
        rowsOf(lab, queryOf(q)),
        everyRealMs,
      ),
  ),
];

function pageOf({ journal }: Lab, query: Query, before: number, limit: number) {
  const items: ActivityRow[] = [];
  let id = Math.min(before - 1, journal.lastId);
  for (const end = id - LOOKED_AT_MAX; id >= journal.firstId && id > end && items.length < limit; id--) {
    const row = rowOf(journal.get(id), query);
    if (row !== undefined) items.push(row);
  }
  return { items, before: id < journal.firstId ? undefined : id + 1, upTo: journal.lastId };
}

function rowOf(event: ReturnType<Lab["journal"]["get"]>, query: Query): ActivityRow | undefined {
  const row = event === undefined ? undefined : activityOf(event);
  return row !== undefined && activityMatches(row, query) ? row : undefined;
}

function rowsOf({ journal }: Lab, query: Query) {
  return liveSource(journal, (after) => {
    const events: { number: number; event: string; data: ActivityRow }[] = [];
    let id = Math.max(after + 1, journal.firstId);
    for (
      const end = id + LOOKED_AT_MAX;
      id <= journal.lastId && id < end && events.length < PAGE_MAX / 2;
      id++
    ) {
      const row = rowOf(journal.get(id), query);
      if (row !== undefined) events.push({ number: id, event: "row", data: row });
    }
    return { events, seen: id - 1 };
  });
}
