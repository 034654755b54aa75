/** The journal's events as schemas, for the API's documentation and its tests; journal/events.ts holds the types. */
import { z } from "zod";

const text = z.string();
const texts = z.array(z.string());
const number = z.number();
const side = z.enum(["server", "client"]);

export const reasonSchema = z
  .object({
    rule: text.describe("What decided: `relaying denied`, `null MX`."),
    setting: text.optional().describe("The setting that made it so, as its path in the settings file."),
    rfc: text.optional().describe("`RFC 5321 §5.1`."),
    change: text.optional().describe("What would change it."),
    detail: text.optional(),
  })
  .meta({ id: "Reason", description: "Why something was decided." });

const header = {
  id: number.describe("Counts from 1 without a gap."),
  at: number.describe("The lab's time, milliseconds since 1970 UTC."),
  host: text,
  trace: text.optional().describe("A queue id once there is one, else a connection id."),
  cause: number.optional().describe("The event that led to this one."),
};

function event<K extends string, S extends z.ZodRawShape>(kind: K, shape: S) {
  return z.object({ ...header, kind: z.literal(kind), ...shape });
}

export const receivedEvent = event("message.received", {
  queueId: text,
  connection: text.optional(),
  reversePath: text,
  recipients: texts,
  sizeBytes: number,
  messageId: text.optional(),
  subject: text.optional(),
  reports: text.optional().describe("The Message-ID it is a delivery report about."),
});

export const outcomeEvent = event("outcome", {
  queueId: text,
  recipient: text,
  attempt: number,
  result: z.enum(["delivered", "deferred", "failed", "relayed", "expired", "dropped", "held", "released"]),
  status: text.describe("RFC 3463."),
  reply: text,
  to: text,
  nextAttemptAt: number.optional(),
  connection: text.optional(),
  reason: reasonSchema,
});

export const failedConnectionEvent = event("connection.failed", {
  to: text,
  from: text.optional(),
  fault: text,
  detail: text,
});

export const policyEvent = event("policy", {
  check: text,
  verdict: z.enum(["accept", "reject", "defer", "warn"]),
  subject: text,
  reason: reasonSchema,
});

export const routingEvent = event("routing", {
  queueId: text,
  recipient: text,
  decision: text,
  steps: texts,
  reason: reasonSchema,
});

export const dnsAnswerEvent = event("dns.answer", {
  query: text,
  name: text,
  type: text,
  rcode: text,
  answers: texts,
  from: text,
  durationMs: number,
});

export const storeEvent = event("store", {
  queueId: text,
  account: text,
  mailbox: text,
  uid: number,
  sizeBytes: number,
});
export const dropEvent = event("drop", { queueId: text, file: text });
export const webhookEvent = event("webhook", {
  queueId: text,
  url: text,
  status: number.optional(),
  durationMs: number,
  detail: text.optional(),
});

export const warningEvent = event("warning", { what: text, detail: text, rfc: text.optional() });

export const dsnEvent = event("dsn", {
  queueId: text,
  of: text,
  action: z.enum(["failed", "delayed", "delivered", "relayed", "expanded"]),
  to: text,
  recipients: texts,
});

export const journalEventSchema = z
  .discriminatedUnion("kind", [
    event("connection.opened", { connection: text, side, protocol: text, local: text, remote: text }),
    event("connection.closed", { connection: text, why: text }),
    failedConnectionEvent,
    event("line", { connection: text, by: side, text }),
    event("content", {
      connection: text,
      by: side,
      sizeBytes: number,
      lineCount: number.optional(),
      refused: z.boolean().optional().describe("It arrived and was thrown away: its BDAT had been refused."),
    }),
    event("tls.started", {
      connection: text,
      protocol: text,
      cipher: text,
      verified: z.boolean().optional(),
      detail: text.optional(),
    }),
    event("tls.failed", { connection: text, detail: text }),
    event("dns.query", {
      query: text,
      name: text,
      type: text,
      server: text,
      transport: z.enum(["udp", "tcp"]),
    }),
    dnsAnswerEvent,
    event("dns.served", {
      name: text,
      type: text,
      rcode: text,
      answers: texts,
      client: text,
      transport: z.enum(["udp", "tcp"]),
    }),
    policyEvent,
    receivedEvent,
    event("message.refused", {
      connection: text.optional(),
      reversePath: text,
      recipients: texts,
      reply: text,
      reason: reasonSchema,
    }),
    routingEvent,
    event("attempt", {
      queueId: text,
      attempt: number,
      recipients: texts,
      to: text,
      connection: text.optional(),
    }),
    outcomeEvent,
    dsnEvent,
    storeEvent,
    dropEvent,
    webhookEvent,
    event("fault.fired", { fault: text, point: text, action: text }),
    event("clock", { action: text, to: number }),
    event("administration", { who: text, what: text }),
    warningEvent,
  ])
  .meta({ id: "JournalEvent", description: "One thing that happened; `kind` says which." });
