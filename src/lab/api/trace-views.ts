/** What the lab's API says about journeys in a list. */
import { z } from "zod";
import { summaryOf, type Journey } from "../../journal/index/journey.ts";

const results = [
  "delivered",
  "deferred",
  "failed",
  "relayed",
  "expired",
  "dropped",
  "held",
  "released",
  "queued",
  "refused",
] as const;

export const traceViewSchema = z.object({
  id: z.string().describe("The queue id at the first host; of refused mail, its connection's."),
  from: z.string().describe("The reverse path; empty for a report."),
  to: z.array(z.string()).describe("The first ten recipients."),
  recipientCount: z.number(),
  subject: z.string().optional(),
  startedAt: z.number().describe("Milliseconds since 1970 UTC in the lab's time."),
  endedAt: z.number(),
  hosts: z.array(z.string()).describe("In the order of travel."),
  attempts: z.number().describe("Over all hops."),
  result: z.enum([...results, "mixed"]),
  results: z.array(z.enum(results)).describe("Each word that some recipient has."),
  statuses: z.array(z.string()).describe("Enhanced status codes (RFC 3463)."),
  nextAttemptAt: z.number().optional(),
  sizeBytes: z.number().optional().describe("As the first host received it."),
  originalOf: z.string().optional().describe("The journey this one is a report about."),
  reports: z.array(z.string()).describe("Journeys that are reports about this one."),
  realMs: z.number().describe("How long it took in real time; the lab's own may have been moved."),
  whole: z.boolean().describe("False: the journal has forgotten the details."),
});
export type TraceView = z.infer<typeof traceViewSchema>;

export const tracePageSchema = z.object({
  total: z.number().describe("How many match."),
  offset: z.number(),
  gone: z.number().describe("How many journeys were forgotten because there were too many."),
  upTo: z.number().describe("The latest event this takes into account: /traces-live goes on after it."),
  items: z.array(traceViewSchema),
});
export type TracePage = z.infer<typeof tracePageSchema>;

/** What `changed` of /traces-live carries; `place` is where a journey stands among those that match, the oldest at 0. */
export type TraceChanges = Pick<TracePage, "total" | "gone"> & {
  readonly items: readonly (TraceView & { readonly place: number })[];
};

export const headerViewSchema = z.object({
  from: z
    .object({ host: z.string(), place: z.string().describe("A mailbox or the queue.") })
    .describe("Where the bytes were read: the message as it was there."),
  fields: z.array(
    z.object({
      name: z.string(),
      value: z.string().describe("Unfolded, encoded words decoded; the first 4,000 characters."),
      hop: z
        .number()
        .optional()
        .describe("Which hop of the journey put it there; absent: it came with the message."),
      host: z.string().optional().describe("The hop's host, or whoever the Received field names."),
    }),
  ),
});
export type HeaderView = z.infer<typeof headerViewSchema>;

/** Limit: a line shows two or three. */
const RECIPIENTS_SHOWN = 10;

export function traceView(journey: Journey, firstHeldId: number): TraceView {
  const summary = summaryOf(journey);
  const { id, from, to, subject, startedAt, endedAt, hosts, attempts, result, results: words } = summary;
  const { statuses, nextAttemptAt, sizeBytes, originalOf, reports } = summary;
  const line = {
    id,
    from,
    to: to.slice(0, RECIPIENTS_SHOWN),
    recipientCount: to.length,
    subject,
    startedAt,
    endedAt,
  };
  const realMs = Math.round(journey.changedAtReal - journey.seenAtReal);
  const whole = journey.firstEventId >= firstHeldId;
  const end = { hosts: [...hosts], attempts, result, results: [...words], statuses: [...statuses] };
  return { ...line, ...end, nextAttemptAt, sizeBytes, originalOf, reports: [...reports], realMs, whole };
}
