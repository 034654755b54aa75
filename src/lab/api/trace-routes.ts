/** Journeys: the list from the index, one in full, its header as each hop left it, and the list as it changes. */
import { z } from "zod";
import { summaryOf, type Journey } from "../../journal/index/journey.ts";
import { formatPcap } from "../../journal/pcap.ts";
import type { Trace } from "../../journal/trace.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { Lab } from "../lab.ts";
import { headerOf, headerViewSchema } from "./header-view.ts";
import { labRoute } from "./lab-place.ts";
import { everyRealMs, liveSource } from "./live-source.ts";
import { queryOf } from "./request.ts";
import { traceSchema } from "./trace-schemas.ts";
import { tracePageSchema, traceView, type TraceChanges } from "./trace-views.ts";

const traceParams = z.strictObject({
  query: z.string().describe("A queue id, a connection id, a query, or last."),
});
const filter = z
  .string()
  .default("")
  .describe("from: to: subject: host: result: status: id: messageid: dsn:, a minus turns a term round.");

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
      const page = found.slice(from, to).map((journey) => viewOf(lab, journey));
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
      answer: { media: "text/event-stream", about: "`data` is { total, gone, items }" },
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

function viewOf(lab: Lab, journey: Journey) {
  return traceView(summaryOf(journey), journey.firstEventId >= lab.journal.firstId);
}

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
    const matching = new Set(query.length === 0 ? changed : found.slice(-CHANGES_MAX));
    const items = changed.filter((journey) => matching.has(journey)).map((journey) => viewOf(lab, journey));
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
  throw new ApiError(404, "no journey matches; /lab/v1/traces lists them");
}
