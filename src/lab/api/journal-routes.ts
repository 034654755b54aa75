/** The journal: journeys, waiting for one, packets, and every event as it happens. */
import { z } from "zod";
import type { JournalEvent } from "../../journal/events.ts";
import { formatEvent } from "../../journal/ndjson.ts";
import { formatPcap } from "../../journal/pcap.ts";
import type { Trace } from "../../journal/trace.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { type EventSource, resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { Lab } from "../lab.ts";
import { labRoute } from "./lab-place.ts";
import { durationOf } from "./request.ts";
import { traceSchema } from "./trace-schemas.ts";

const queryParams = z.strictObject({ query: z.string().describe("A queue id, a query, or last.") });

export const journalRoutes = [
  labRoute(
    {
      method: "get",
      path: "/traces",
      summary: "Every journey, oldest first.",
      answer: z.array(traceSchema),
      example: { path: "/traces" },
    },
    ({ lab }) => lab.traces(),
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query",
      summary: "One journey over all hosts.",
      params: queryParams,
      answer: traceSchema,
      example: { path: "/traces/last" },
    },
    ({ lab }, { params }) => findTrace(lab, params.query),
  ),
  labRoute(
    {
      method: "get",
      path: "/traces/:query/pcap",
      summary: "The same for Wireshark.",
      params: queryParams,
      answer: { media: "application/vnd.tcpdump.pcap", about: "the conversations as packets" },
    },
    ({ lab }, { params }) =>
      new Response(Buffer.from(formatPcap(findTrace(lab, params.query))), {
        headers: { "content-type": "application/vnd.tcpdump.pcap" },
      }),
  ),
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

function findTrace(lab: Lab, query: string): Trace {
  const trace = lab.trace(query);
  if (trace === undefined) throw new ApiError(404, "no journey matches; /lab/v1/traces lists them");
  return trace;
}

function eventsOf({ journal }: Lab): EventSource {
  const streamed = (event: JournalEvent) => ({
    number: event.id,
    id: String(event.id),
    event: event.kind,
    data: formatEvent(event).trimEnd(),
  });
  return { read: (after) => journal.read(after).map(streamed), subscribe: (wake) => journal.subscribe(wake) };
}

/** Real time: a lab's clock may stand still while its page is looked at. */
function everyRealMs(ms: number, call: () => void): { cancel(): void } {
  const timer = setInterval(call, ms);
  return { cancel: () => clearInterval(timer) };
}
