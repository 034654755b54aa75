/** A message's journey as a schema; journal/journey.ts holds the types, and a test keeps them equal. */
import { z } from "zod";
import {
  dnsAnswerEvent,
  dropEvent,
  dsnEvent,
  failedConnectionEvent,
  journalEventSchema,
  outcomeEvent,
  policyEvent,
  receivedEvent,
  routingEvent,
  storeEvent,
  warningEvent,
  webhookEvent,
} from "./event-schemas.ts";

const side = z.enum(["server", "client"]);
const end = z.object({ host: z.string().optional(), endpoint: z.string() });

export const conversationSchema = z
  .object({
    connection: z.string(),
    protocol: z.string(),
    client: end,
    server: end,
    openedAt: z.number(),
    earlier: z.number().describe("How many exchanges this connection carried before."),
    items: z.array(
      z.object({
        kind: z.enum(["line", "content", "tls", "policy", "fault", "closed"]),
        by: side,
        text: z.string(),
        at: z.number(),
        offsetMs: z.number().describe("Since the connection was opened."),
        seenBy: z.enum(["both", "server", "client"]).describe("`client` alone: the server never got it."),
        pending: z.literal(true).optional().describe("On its way: the other end may hear it yet."),
        event: journalEventSchema,
      }),
    ),
  })
  .meta({ id: "Conversation", description: "One exchange of lines as both ends saw it." });

export const attemptSchema = z
  .object({
    number: z.number(),
    at: z.number(),
    recipients: z.array(z.string()),
    to: z.string(),
    failures: z.array(failedConnectionEvent),
    conversations: z.array(conversationSchema),
    outcomes: z.array(outcomeEvent),
  })
  .meta({ id: "Attempt", description: "One try to hand a message on." });

export const hopSchema = z
  .object({
    host: z.string(),
    queueId: z.string().optional().describe("Absent when the host refused it."),
    link: z
      .object({ from: z.string(), via: z.enum(["connection", "messageId"]) })
      .optional()
      .describe("The hop before, and how that is known."),
    at: z.number(),
    received: receivedEvent.optional(),
    arrival: conversationSchema.optional(),
    policies: z.array(policyEvent),
    routing: z.array(routingEvent),
    lookups: z.array(dnsAnswerEvent),
    attempts: z.array(attemptSchema),
    decisions: z.array(outcomeEvent).describe("Outcomes that no attempt made: expired, held, dropped."),
    ends: z.array(z.discriminatedUnion("kind", [storeEvent, dropEvent, webhookEvent])),
    warnings: z.array(warningEvent),
    reports: z.array(dsnEvent),
  })
  .meta({ id: "Hop", description: "What one host did with a message." });

export const traceSchema = z
  .object({
    id: z.string().describe("The queue id at the first host; of refused mail, its connection."),
    messageId: z.string().optional(),
    subject: z.string().optional(),
    reversePath: z.string(),
    recipients: z.array(z.string()),
    startedAt: z.number(),
    endedAt: z.number(),
    results: z.array(
      z.object({
        recipient: z.string(),
        result: z.enum([...outcomeEvent.shape.result.options, "queued", "refused"]),
        status: z.string().optional().describe("RFC 3463."),
        reply: z.string().optional(),
        host: z.string().describe("The host that knows."),
        nextAttemptAt: z.number().optional(),
      }),
    ),
    hops: z.array(hopSchema).describe("In the order of travel."),
    related: z.object({
      originalOf: z.string().optional().describe("The journey this one is a report about."),
      reports: z.array(z.string()).describe("Journeys that are reports about this one."),
    }),
  })
  .meta({
    id: "Trace",
    description: "A message's journey over all hosts: conversations, attempts, results.",
  });
