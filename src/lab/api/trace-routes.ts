/** Journeys: the list from the index, one in full, its header as each hop left it, and the list as it changes. */
import { z } from "zod";
import type { JournalEvent } from "../../journal/events.ts";
import { placeOf } from "../../journal/index/journey-answers.ts";
import { formatPcap } from "../../journal/pcap.ts";
import type { Trace } from "../../journal/trace.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { Lab } from "../lab.ts";
import { journalEventSchema } from "./event-schemas.ts";
import { headerOf } from "./header-view.ts";
import { labRoute } from "./lab-place.ts";
import { everyRealMs, liveSource } from "./live-source.ts";
import { queryOf } from "./request.ts";
import { traceSchema } from "./trace-schemas.ts";
import {
  headerViewSchema,
  tracePageSchema,
  traceView,
  traceViewSchema,
  type TraceChanges,
} from "./trace-views.ts";

const traceParams = z.strictObject({
  query: z.string().describe("A queue id, a connection id, a query, or last."),
});
const filter = z
  .string()
  .default("")
  .describe("from: to: subject: host: result: status: id: messageid: dsn:, a minus turns a term round.");

const NONE = "no journey matches; /lab/v1/traces lists them";
/** Limit: a page of the list; the browser asks for 50. */
const PAGE_MAX = 1_000;
/** Limit: changes told in one piece; a page that is further behind asks anew. */
const CHANGES_MAX = 200;

export const traceRoutes = [
  labRoute(
    {
      method: "get",
      path: "/traces",
      summary: "Journeys that match, a page at a time.",
      notes:
        "Summaries are kept longer than events: `whole` says whether a journey's details are still there. With order=oldest an offset stays the same journey's while new ones come.",
      query: z.strictObject({
        q: filter,
        offset: z.coerce.number().int().nonnegative().default(0),
        limit: z.coerce.number().int().positive().max(PAGE_MAX).default(100),
        order: z.enum(["newest", "oldest"]).default("newest"),
      }),
      answer: tracePageSchema,
      example: { path: "/traces?q=to:bob@nemesis.test" },
    },
    ({ lab }, { query: { q, offset, limit, order } }) => {
      const { journeys } = lab.index;
      const found = journeys.matching(queryOf(q));
      const from = order === "oldest" ? offset : Math.max(0, found.length - offset - limit);
      const to = order === "oldest" ? offset + limit : Math.max(0, found.length - offset);
      const page = found.slice(from, to).map((journey) => traceView(journey, lab.journal.firstId));
      const items = order === "oldest" ? page : page.toReversed();
      return { total: found.length, offset, gone: journeys.gone, upTo: lab.journal.lastId, items };
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/traces-live",
      summary: "The list as it changes, as server-sent events.",
      notes:
        "`changed`: the new number of journeys that match, and those that are new or not as they were. `behind`: too much was missed, ask anew.",
      query: z.strictObject({ q: filter, after: z.coerce.number().int().nonnegative().optional() }),
      answer: {
        media: "text/event-stream",
        about: "`data` is { total, gone, items }; each item has its `place`, the oldest at 0",
      },
    },
    ({ lab }, { request, query: { q, after } }) =>
      streamEvents(request, resumeAfter(request, after, lab.journal.lastId), changesOf(lab, q), everyRealMs),
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query",
      summary: "One journey over all hosts.",
      params: traceParams,
      answer: traceSchema,
      example: { path: "/traces/last" },
    },
    ({ lab }, { params }) => findTrace(lab, params.query),
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query/summary",
      summary: "One journey in a line; it is there when the details are forgotten.",
      params: traceParams,
      answer: traceViewSchema,
      example: { path: "/traces/last/summary" },
    },
    ({ lab }, { params: { query } }) => {
      const { journeys, find } = lab.index;
      const id = find(query);
      const journey = id === undefined ? journeys.matching(queryOf(query)).at(-1) : journeys.get(id);
      if (journey === undefined) throw new ApiError(404, NONE);
      return traceView(journey, lab.journal.firstId);
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query/events",
      summary: "What the journal holds of one journey, event by event.",
      params: traceParams,
      answer: z.array(journalEventSchema),
    },
    ({ lab }, { params }) => eventsOf(lab, findTrace(lab, params.query)),
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query/header",
      summary: "The message's header, each field with the hop that put it there.",
      notes:
        "Read from the mailbox or queue that holds the message furthest on its way; 404 when none does any more.",
      params: traceParams,
      answer: headerViewSchema,
    },
    async ({ lab }, { params }) => {
      const view = await headerOf(lab, findTrace(lab, params.query));
      if (view === undefined) throw new ApiError(404, "no mailbox and no queue holds this message any more");
      return view;
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query/pcap",
      summary: "The same for Wireshark.",
      params: traceParams,
      answer: { media: "application/vnd.tcpdump.pcap", about: "the conversations as packets" },
    },
    ({ lab }, { params }) =>
      new Response(Buffer.from(formatPcap(findTrace(lab, params.query))), {
        headers: { "content-type": "application/vnd.tcpdump.pcap" },
      }),
  ),
];

function changesOf(lab: Lab, q: string) {
  const { journal, index } = lab;
  const query = queryOf(q);
  let total = -1;
  return liveSource(journal, (after) => {
    const seen = journal.lastId;
    const changed = index.journeys.changedAfter(after);
    const found = index.journeys.matching(query);
    if (changed === undefined || changed.length > CHANGES_MAX)
      return { seen, events: [{ number: seen, event: "behind", data: {} }] };
    const items = changed.flatMap((journey) => {
      const place = placeOf(found, journey);
      return found[place] === journey ? [{ ...traceView(journey, journal.firstId), place }] : [];
    });
    if (items.length === 0 && found.length === total) return { seen, events: [] };
    total = found.length;
    const data: TraceChanges = { total, gone: index.journeys.gone, items };
    return { seen, events: [{ number: seen, event: "changed", data }] };
  });
}

function findTrace(lab: Lab, query: string): Trace {
  const trace = lab.trace(query);
  if (trace !== undefined) return trace;
  if (lab.index.find(query) !== undefined)
    throw new ApiError(
      404,
      "the journal has forgotten the details of this journey; its summary is in /lab/v1/traces",
    );
  throw new ApiError(404, NONE);
}

/** Everything that names one of its messages or connections; a kept connection only for its own exchanges. */
function eventsOf({ index, journal }: Lab, trace: Trace): JournalEvent[] {
  const messages = new Set(trace.hops.flatMap(({ queueId }) => queueId ?? []));
  const talks = trace.hops.flatMap((hop) => [
    ...(hop.arrival === undefined ? [] : [hop.arrival]),
    ...hop.attempts.flatMap(({ conversations }) => conversations),
  ]);
  const said = new Set(talks.flatMap(({ items }) => items.map(({ event }) => event.id)));
  const first = index.journeys.get(trace.id)?.firstEventId ?? journal.firstId;
  return journal.read(first - 1).filter((event) => {
    const about = event.kind === "dsn" ? event.of : "queueId" in event ? event.queueId : undefined;
    return said.has(event.id) || messages.has(about ?? event.trace ?? "");
  });
}
