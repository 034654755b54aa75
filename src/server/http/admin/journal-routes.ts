/** What a host's journal knows: its connections, what was said on one, where a message is, and who changed what. */
import { z } from "zod";
import type { JournalEvent } from "../../../journal/events.ts";
import { matchesValue } from "../../../journal/query.ts";
import { listTraces, overallResult, type Trace, traceOf } from "../../../journal/trace.ts";
import { whereabouts } from "../../../journal/whereabouts.ts";
import { ApiError } from "../api-error.ts";
import { hostParams, type HostPlace, hostRoute } from "./admin-place.ts";
import { connectionsOf } from "./connection-list.ts";

/** Limit: of connections, journeys or changes in one answer; the latest. */
const LISTED_MAX = 200;
/** Limit: of lines of one conversation in an answer. */
const EVENTS_MAX = 5_000;

export const connectionSchema = z.object({
  id: z.string(),
  protocol: z.string(),
  side: z.enum(["server", "client"]).describe("server: somebody came to us."),
  local: z.string(),
  remote: z.string(),
  openedAt: z.number(),
  closedAt: z.number().optional().describe("Absent: open."),
  why: z.string().optional().describe("Why it was closed."),
  tls: z.string().optional(),
  account: z.string().optional().describe("Who logged in."),
  lines: z.number(),
  messages: z.number().describe("Contents that passed."),
  warnings: z.number().describe("Refusals and warnings."),
});
export type ConnectionAnswer = z.infer<typeof connectionSchema>;

const eventSchema = z.custom<JournalEvent>().meta({ description: "An event of the journal." });

export const journeySchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string().optional(),
  messageId: z.string().optional(),
  startedAt: z.number(),
  result: z.string().describe("delivered, deferred, failed… or mixed."),
  hosts: z.array(z.string()).describe("In the order of travel."),
  sentences: z.array(z.string()).describe("Where it is, for each recipient."),
});
export type Journey = z.infer<typeof journeySchema>;

const changeSchema = z.object({ id: z.number(), at: z.number(), who: z.string(), what: z.string() });
export type AuditEntry = z.infer<typeof changeSchema>;

export const journalRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/sessions",
      summary: "Connections: those that are open, and the latest that were.",
      params: hostParams,
      answer: z.array(connectionSchema),
    },
    ({ at: { host } }) => {
      const all = connectionsOf(host.journal.read(), host.name);
      const isOpen = ({ closedAt }: { closedAt: number | undefined }): boolean => closedAt === undefined;
      return [...all.filter(isOpen), ...all.filter((one) => !isOpen(one))].slice(0, LISTED_MAX);
    },
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/sessions/:id",
      summary: "What was said on one connection. Secrets never were in the journal.",
      params: hostParams.extend({ id: z.string() }),
      answer: z.array(eventSchema),
    },
    ({ at: { host } }, { params: { id } }) => {
      const events = eventsOf(
        host,
        (event) => ("connection" in event && event.connection === id) || event.trace === id,
      );
      if (events.length === 0) throw new ApiError(404, "the journal does not know this connection any more");
      return events.slice(0, EVENTS_MAX);
    },
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/search",
      summary: "Where is the mail from X to Y? Answers in sentences, latest first.",
      params: hostParams,
      query: z.strictObject({
        from: z.string().optional().describe("An address, @domain, or a part; <> for reports."),
        to: z.string().optional().describe("The same."),
        text: z.string().optional().describe("Of the subject or the Message-ID, or a queue id."),
      }),
      answer: z.array(journeySchema),
      example: { path: "/hosts/presto/search?to=bob@nemesis.test" },
    },
    ({ at: { host } }, { query }) =>
      listTraces(host.journal.read())
        .filter((trace) => trace.hops.some((hop) => hop.host === host.name) && isAsked(trace, query))
        .slice(-LISTED_MAX)
        .toReversed()
        .map(journeyOf),
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/traces/:id",
      summary: "One journey, by the queue id of any hop or a connection id.",
      params: hostParams.extend({ id: z.string() }),
      answer: z.custom<Trace>().meta({ description: "As in the lab's API." }),
    },
    ({ at: { host } }, { params: { id } }) => {
      const trace = traceOf(host.journal.read(), id);
      if (trace === undefined || !trace.hops.some((hop) => hop.host === host.name))
        throw new ApiError(404, `the journal of ${host.name} does not know "${id}" any more`);
      return trace;
    },
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/changes",
      summary: "Who changed what here, latest first.",
      params: hostParams,
      answer: z.array(changeSchema),
    },
    ({ at: { host } }): AuditEntry[] =>
      eventsOf(host, (event) => event.kind === "administration")
        .flatMap((event) => (event.kind === "administration" ? [event] : []))
        .slice(-LISTED_MAX)
        .toReversed()
        .map(({ id, at, who, what }) => ({ id, at, who, what })),
  ),
];

function eventsOf(
  { journal, name }: HostPlace["at"]["host"],
  wanted: (event: JournalEvent) => boolean,
): JournalEvent[] {
  return journal.read().filter((event) => event.host === name && wanted(event));
}

type Asked = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly text?: string | undefined;
};

function isAsked(trace: Trace, { from = "", to = "", text = "" }: Asked): boolean {
  const recipients = [...trace.recipients, ...trace.results.map(({ recipient }) => recipient)];
  const named = [trace.id, ...trace.hops.flatMap(({ queueId }) => queueId ?? [])];
  return (
    (from === "" || matchesValue("from", from, trace.reversePath)) &&
    (to === "" || recipients.some((one) => matchesValue("to", to, one))) &&
    (text === "" ||
      matchesValue("text", text, trace.subject ?? "") ||
      matchesValue("text", text, trace.messageId ?? "") ||
      named.some((id) => matchesValue("id", text, id)))
  );
}

function journeyOf(trace: Trace): Journey {
  const { id, reversePath, recipients, subject, messageId, startedAt, hops } = trace;
  return {
    id,
    from: reversePath,
    to: [...recipients],
    subject,
    messageId,
    startedAt,
    result: overallResult(trace),
    hosts: hops.map(({ host }) => host),
    sentences: whereabouts(trace),
  };
}
