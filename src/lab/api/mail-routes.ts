/** Mail: send, look, wait. */
import { z } from "zod";
import { utf8 } from "../../base/bytes.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { ApiError } from "../../server/http/api-error.ts";
import type { LabMail } from "../kit/lab-mail.ts";
import { LabError, type Lab } from "../lab.ts";
import { linesOf } from "../runtime/preview-lines.ts";
import { contentOf, rawMessage, type SendRequest } from "../runtime/send.ts";
import { labRoute } from "./lab-place.ts";
import { durationOf, matcherOf } from "./request.ts";
import { mailView, mailViewSchema } from "./views.ts";

const addresses = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const sendSchema = z.strictObject({
  from: z.string(),
  to: addresses,
  cc: addresses.optional(),
  bcc: addresses.optional(),
  header: z
    .strictObject({
      from: z.string().nullable().optional().describe("null leaves the field out."),
      to: addresses.optional(),
      cc: addresses.optional(),
    })
    .optional()
    .describe("What the letter says of itself, where it is not what the envelope says."),
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).optional(),
  attachments: z
    .array(z.strictObject({ filename: z.string(), contentType: z.string(), contentBase64: z.base64() }))
    .optional(),
  raw: z.string().optional().describe("A whole message as text; its line ends become CRLF."),
  rawBase64: z.base64().optional().describe("A whole message, byte for byte."),
  server: z.string().optional().describe("The host it is handed to; one that relays for you when absent."),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  notify: z
    .array(z.enum(["NEVER", "SUCCESS", "FAILURE", "DELAY"]))
    .optional()
    .describe("RFC 3461."),
});
export type SendBody = z.input<typeof sendSchema>;

const sendAnswerSchema = z
  .object({
    ok: z.boolean().describe("Every recipient was taken."),
    queueId: z.string().optional().describe("The id of its journey, when the server named it."),
    results: z.array(
      z.object({ recipient: z.string(), ok: z.boolean(), reply: z.string().describe("The server's words.") }),
    ),
    connection: z.string().optional().describe("The conversation in the journal."),
  })
  .meta({ id: "SendAnswer", description: "What the server said to each recipient." });

export type SendAnswerView = z.infer<typeof sendAnswerSchema>;

/** Limit: of a preview; an attachment of megabytes is seen by its beginning. */
const PREVIEW_CHARACTERS_MAX = 20_000;

const previewSchema = z
  .object({
    raw: z.string().describe("The message as it goes over the wire, from its beginning."),
    sizeBytes: z.number(),
    isWhole: z.boolean().describe("False: `raw` is cut."),
    lines: z
      .array(z.string())
      .describe("What the client says to a server that offers all it knows; a password as ***."),
  })
  .meta({ id: "SendPreview", description: "A message that is not sent yet." });
export type SendPreview = z.infer<typeof previewSchema>;

const findSchema = z.object({
  account: z.string().optional().describe("Only this mailbox."),
  wait: z.string().optional().describe("How long to wait for one, in real time: 5s."),
  advance: z.string().optional().describe("Lets the lab's time jump while it waits."),
  after: z.coerce.number().int().optional().describe("Only those with a higher number in their id."),
  from: z
    .string()
    .optional()
    .describe("As to, subject, text, html: a part of it, or /a regular expression/i."),
  to: z.string().optional(),
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  dsn: z.string().optional().describe("A delivery report: its action or the beginning of its status."),
});

const idParams = z.strictObject({ id: z.string() });
const attachmentParams = z.strictObject({ id: z.string(), n: z.coerce.number().int().nonnegative() });

export const mailRoutes = [
  labRoute(
    {
      method: "post",
      path: "/send",
      summary: "Sends a message, as the person at the keyboard or as a submit host.",
      body: sendSchema,
      answer: sendAnswerSchema,
      example: {
        path: "/send",
        body: {
          from: "ann@arch.test",
          to: "bob@nemesis.test",
          subject: "Hello",
          text: "Hi Bob",
          server: "presto",
        },
      },
    },
    ({ lab }, { body }) => composed(() => lab.send(requestOf(body))),
  ),
  labRoute(
    {
      method: "post",
      path: "/send/preview",
      summary: "What would be sent, without sending it: the message and the lines of SMTP around it.",
      notes: "Date, Message-ID and boundaries are made anew when it is sent.",
      body: sendSchema,
      answer: previewSchema,
      example: { path: "/send/preview", body: { from: "ann@arch.test", to: "bob@nemesis.test" } },
    },
    ({ lab }, { body }) => composed(() => previewOf(lab, requestOf(body))),
  ),
  labRoute(
    {
      method: "get",
      path: "/messages",
      summary:
        "Mail that has arrived, read: text, links, codes, attachments, journey. With `wait` it waits for it.",
      query: findSchema.catchall(z.string()),
      answer: z.array(mailViewSchema),
      example: { path: "/messages?account=bob@nemesis.test&wait=5s" },
    },
    async ({ lab }, { query }) => (await findMails(lab, query)).map(mailView),
  ),
  labRoute(
    {
      method: "get",
      path: "/messages/:id",
      summary: "One mail.",
      params: idParams,
      answer: mailViewSchema,
      example: { path: "/messages/bob@nemesis.test:1" },
    },
    async ({ lab }, { params }) => mailView(await findMail(lab, params.id)),
  ),
  labRoute(
    {
      method: "get",
      path: "/messages/:id/raw",
      summary: "Its bytes as they were stored.",
      params: idParams,
      answer: { media: "text/plain", about: "the whole message" },
    },
    async ({ lab }, { params }) => {
      const { raw } = await findMail(lab, params.id);
      return new Response(Buffer.from(raw), { headers: { "content-type": "text/plain; charset=utf-8" } });
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/messages/:id/attachments/:n",
      summary: "One attachment, decoded; counted from 0.",
      params: attachmentParams,
      answer: { media: "application/octet-stream", about: "its content" },
    },
    async ({ lab }, { params: { id, n } }) => {
      const { attachments } = await findMail(lab, id);
      const found = attachments[n];
      if (found === undefined) throw new LabError(`it has ${attachments.length} attachments, counted from 0`);
      // Never as its own type: the lab's origin must not run what a mail brought.
      return new Response(Buffer.from(found.content), {
        headers: { "content-type": "application/octet-stream", "content-disposition": "attachment" },
      });
    },
  ),
];

function requestOf({ raw, rawBase64, attachments, ...rest }: z.output<typeof sendSchema>): SendRequest {
  return {
    ...rest,
    ...(raw === undefined ? {} : { raw: rawMessage(raw) }),
    ...(rawBase64 === undefined ? {} : { raw: Buffer.from(rawBase64, "base64") }),
    attachments: attachments?.map(({ filename, contentType, contentBase64 }) => {
      return { filename, contentType, content: Buffer.from(contentBase64, "base64") };
    }),
  };
}

/** A field that composing refuses is the asker's mistake. */
async function composed<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError(400, error.message);
    throw error;
  }
}

function previewOf(lab: Lab, request: SendRequest): SendPreview {
  const { you } = lab.plan;
  // Chance of our own: looking at a message must not change what a seeded lab does next.
  const content = contentOf(request, { clock: lab.environment.time, random: createSecureRandom() });
  const raw = utf8(content);
  return {
    raw: raw.slice(0, PREVIEW_CHARACTERS_MAX),
    sizeBytes: content.length,
    isWhole: raw.length <= PREVIEW_CHARACTERS_MAX,
    lines: linesOf(request, you.hostname, content.length),
  };
}

async function findMails(
  lab: Lab,
  { account, wait, advance, after, ...matching }: z.output<typeof findSchema>,
): Promise<LabMail[]> {
  const matcher = matcherOf(matching as Record<string, string>);
  const inbox = account === undefined ? undefined : lab.inbox(account);
  const isNew = ({ id }: LabMail): boolean => after === undefined || numberOf(id) > after;
  const there = (inbox === undefined ? await lab.messages(matcher) : await inbox.list(matcher)).filter(isNew);
  if (wait === undefined || there.length > 0) return there;
  if (inbox === undefined) throw new LabError('"wait" needs "account": whose mailbox is waited for');
  const options = { timeoutMs: durationOf(wait, "wait"), advanceClock: advance !== undefined };
  try {
    return [await inbox.wait(matcher, options)];
  } catch (error) {
    if (error instanceof LabError) throw new ApiError(408, error.message);
    throw error;
  }
}

async function findMail(lab: Lab, id: string): Promise<LabMail> {
  const mails = await lab.inbox(id.slice(0, id.lastIndexOf(":"))).list();
  const mail = mails.find((one) => numberOf(one.id) === numberOf(id));
  if (mail === undefined) throw new LabError(`there is no mail ${id}; its account has ${mails.length}`);
  return mail;
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}
