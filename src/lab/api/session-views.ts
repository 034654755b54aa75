/** What the lab's API says about connections and what was said on them. */
import { z } from "zod";
import { conversationSchema } from "./trace-schemas.ts";

export const sessionViewSchema = z.object({
  id: z
    .string()
    .describe("The connection's id at the end that is a server; of a dial that failed, none can be opened."),
  protocol: z.string(),
  client: z.object({
    host: z.string().optional().describe("Absent when it is no host of the lab."),
    endpoint: z.string(),
  }),
  server: z.object({ host: z.string().optional(), endpoint: z.string() }),
  openedAt: z.number(),
  endedAt: z.number().describe("Of its latest event, when it is still open."),
  state: z.enum(["open", "closed", "failed"]),
  why: z.string().optional().describe("How it ended, or why it could not be opened."),
  tls: z.string().optional(),
  lines: z.number(),
  sizeBytes: z.number().describe("Of the content that passed."),
  messages: z.number().describe("Accepted by the server."),
  warnings: z.number(),
  lastReply: z.string().optional(),
  whole: z.boolean().describe("False: the journal has forgotten its lines."),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const sessionPageSchema = z.object({
  total: z.number(),
  offset: z.number(),
  items: z.array(sessionViewSchema),
});
export type SessionPage = z.infer<typeof sessionPageSchema>;

export const sessionSchema = z.object({
  conversation: conversationSchema,
  warnings: z.array(
    z.object({
      at: z.number(),
      host: z.string(),
      rule: z.string(),
      text: z.string(),
      rfc: z.string().optional(),
      event: z.number().describe("The event that says so."),
    }),
  ),
  messages: z.array(z.string()).describe("Queue ids of the mail it carried."),
});

/** Limit: a conversation of a thousand recipients. */
const LINES_MAX = 5_000;

const saidSchema = z.strictObject({
  kind: z.enum(["line", "content", "tls", "policy", "fault", "closed"]).default("line"),
  by: z.enum(["client", "server"]),
  text: z.string(),
});
const wordsSchema = z.object({ text: z.string(), rfc: z.string() });
export const explainedSchema = wordsSchema
  .extend({
    parts: z
      .array(wordsSchema.extend({ token: z.string() }))
      .describe("Words of the line that mean something by themselves."),
  })
  .nullable();

export const explainSchema = z.strictObject({
  protocol: z
    .string()
    .max(40)
    .default("smtp")
    .describe("As a conversation names it: smtp, submission, lmtp, imap, pop3, and those over TLS."),
  items: z.array(saidSchema).max(LINES_MAX),
});
export type Explained = z.infer<typeof explainedSchema>;
