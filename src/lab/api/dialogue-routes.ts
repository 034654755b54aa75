/** SMTP typed by hand over HTTP: connect, say lines, see what comes and why. Only hosts of the lab are reached. */
import { z } from "zod";
import { isFault } from "../../base/fault.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { resumeAfter, streamEvents } from "../../server/http/event-stream.ts";
import type { HandTalks, OpenTalk } from "../by-hand/hand-talks.ts";
import { reasonSchema } from "./event-schemas.ts";
import { labRoute } from "./lab-place.ts";
import { everyRealMs } from "./live-source.ts";
import { explainedSchema } from "./session-views.ts";

/** Limit: of one request; a message by hand is text. */
const TEXT_CHARACTERS_MAX = 1_000_000;
const LINES_MAX = 5_000;

const entrySchema = z.object({
  n: z.number().describe("From 1, without a gap."),
  at: z.number(),
  by: z.enum(["client", "server"]),
  kind: z
    .enum(["line", "content", "tls", "verdict", "note", "closed"])
    .describe("`verdict`: a decision of the server, from its journal; `note`: what it noticed."),
  text: z.string(),
  ending: z.enum(["crlf", "lf"]).optional(),
  left: z.number().optional().describe("Characters of content that are not shown."),
  explained: explainedSchema.unwrap().optional(),
  verdict: z.enum(["accept", "reject", "defer", "warn"]).optional(),
  reason: reasonSchema.optional(),
  queueId: z.string().optional(),
});
export type DialogueEntry = z.infer<typeof entrySchema>;

const stateSchema = z.object({
  phase: z.enum(["greeting", "hello", "ready", "envelope", "content", "login", "closed"]),
  extensions: z.array(z.string()).describe("What the server said to EHLO."),
  recipients: z.number().describe("Taken for the message that is begun."),
  isLoggedIn: z.boolean(),
  tls: z.object({ protocol: z.string(), cipher: z.string(), names: z.array(z.string()) }).optional(),
  isWaiting: z.boolean().describe("The server has not answered everything."),
  queueId: z.string().optional().describe("Of the latest message that was taken: the id of its journey."),
});
export type DialogueState = z.infer<typeof stateSchema>;

const dialogueSchema = z
  .object({
    id: z.string().describe("The connection's id in the journal as well: its session."),
    host: z.string(),
    port: z.number(),
    from: z.string().describe("The address it comes from."),
    hello: z.string().describe("The name that belongs to that address, for EHLO."),
    state: stateSchema,
    entries: z.array(entrySchema),
  })
  .meta({ id: "Dialogue", description: "A conversation by hand. Entries: those that are new." });
export type DialogueView = z.infer<typeof dialogueSchema>;

const params = z.strictObject({ id: z.string() });
const line = z.string().max(TEXT_CHARACTERS_MAX);
const NOTES =
  "Answers when the server's turn is over, or after three seconds; what comes later is in its events. Of more than one line, all are sent in one piece.";

export const dialogueRoutes = [
  labRoute(
    {
      method: "post",
      path: "/dialogues",
      summary: "Connects to a mail door of a host, for a conversation by hand.",
      notes: "Twenty may be open at once; one that nobody speaks on for ten minutes is ended.",
      body: z.strictObject({
        host: z.string(),
        port: z.int().min(1).max(65_535).default(25),
        from: z.string().default("you").describe("you, a host of the lab, or an address of one."),
      }),
      answer: dialogueSchema,
      example: { path: "/dialogues", body: { host: "edge", from: "you" } },
    },
    async ({ dialogues }, { body }) => {
      try {
        return viewOf(await dialogues.open(body), 0);
      } catch (error) {
        if (!isFault(error)) throw error;
        throw new ApiError(502, `no connection to ${body.host}: ${error.message}`);
      }
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/dialogues/:id",
      summary: "All that was said so far.",
      params,
      answer: dialogueSchema,
    },
    ({ dialogues }, { params: { id } }) => viewOf(find(dialogues, id), 0),
  ),
  labRoute(
    {
      method: "post",
      path: "/dialogues/:id/lines",
      summary: "Says a line, or several at once, right or wrong.",
      notes: NOTES,
      params,
      body: z
        .strictObject({
          text: line.optional().describe("One line, without its end."),
          lines: z.array(line).max(LINES_MAX).optional(),
          ending: z
            .enum(["crlf", "lf"])
            .default("crlf")
            .describe("lf is wrong, and shows what then happens."),
        })
        .refine(({ text, lines }) => (text === undefined) !== (lines === undefined), {
          message: "say either text or lines",
        }),
      answer: dialogueSchema,
    },
    ({ dialogues }, { params: { id }, body: { text, lines = [], ending } }) =>
      say(find(dialogues, id), text === undefined ? lines : [text], ending),
  ),
  labRoute(
    {
      method: "post",
      path: "/dialogues/:id/starttls",
      summary: "Says STARTTLS; the handshake follows by itself when the server agrees.",
      notes: NOTES,
      params,
      answer: dialogueSchema,
    },
    ({ dialogues }, { params: { id } }) => say(find(dialogues, id), ["STARTTLS"], "crlf"),
  ),
  labRoute(
    {
      method: "delete",
      path: "/dialogues/:id",
      summary: "Hangs up, without QUIT.",
      params,
      answer: z.object({ closed: z.boolean() }),
    },
    ({ dialogues }, { params: { id } }) => ({ closed: dialogues.close(id) }),
  ),
  labRoute(
    {
      method: "get",
      path: "/dialogues/:id/events",
      summary: "What is said, as server-sent events: also what comes late, such as a timeout's 421.",
      params,
      query: z.strictObject({ after: z.coerce.number().int().nonnegative().optional() }),
      answer: { media: "text/event-stream", about: "event `entry`: `data` is { entry, state }" },
    },
    ({ dialogues }, { params: { id }, query: { after }, request }) => {
      const { talk } = find(dialogues, id);
      const source = {
        read(seen: number) {
          if (dialogues.find(id) === undefined) return undefined;
          const { state } = talk;
          return talk.entries.slice(seen).map((entry) => {
            return {
              number: entry.n,
              id: String(entry.n),
              event: "entry",
              data: JSON.stringify({ entry, state }),
            };
          });
        },
        subscribe: (wake: () => void) => talk.subscribe(wake),
      };
      return streamEvents(request, resumeAfter(request, after, 0), source, everyRealMs);
    },
  ),
];

async function say(open: OpenTalk, lines: readonly string[], ending: "crlf" | "lf") {
  const { talk } = open;
  if (talk.state.phase === "closed") throw new ApiError(409, "the connection is closed: connect again");
  const total = lines.reduce((sum, one) => sum + one.length, 0);
  if (total > TEXT_CHARACTERS_MAX)
    throw new ApiError(413, `at most ${TEXT_CHARACTERS_MAX} characters can be said at once`);
  if (lines.some((one) => one.includes("\n")))
    throw new ApiError(400, "a line has no line end in it: give several as `lines`");
  const before = talk.entries.length;
  await talk.say(lines, ending);
  return viewOf(open, before);
}

function viewOf({ talk, host, port, from, hello }: OpenTalk, after: number): DialogueView {
  const { extensions, tls, ...state } = talk.state;
  const encrypted = tls === undefined ? {} : { tls: { ...tls, names: [...tls.names] } };
  const entries = talk.entries.slice(after) as DialogueEntry[];
  return {
    id: talk.id,
    host,
    port,
    from,
    hello,
    state: { ...state, extensions: [...extensions], ...encrypted } as DialogueState,
    entries,
  };
}

function find(dialogues: HandTalks, id: string): OpenTalk {
  const found = dialogues.find(id);
  if (found === undefined)
    throw new ApiError(404, "there is no such conversation, or it was ended: connect again");
  return found;
}
