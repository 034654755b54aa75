/** Mail over the control API: send, look, wait. */
import type { Hono } from "hono";
import { z } from "zod";
import type { LabMail } from "../kit/lab-mail.ts";
import { LabError, type Lab } from "../lab.ts";
import { rawMessage } from "../runtime/send.ts";
import { durationOf, matcherOf, readBody } from "./request.ts";
import { mailView } from "./views.ts";

const addresses = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const sendSchema = z.strictObject({
  from: z.string(),
  to: addresses,
  cc: addresses.optional(),
  bcc: addresses.optional(),
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).optional(),
  attachments: z
    .array(z.strictObject({ filename: z.string(), contentType: z.string(), contentBase64: z.base64() }))
    .optional(),
  /** A whole message as text; its line ends become CRLF. */
  raw: z.string().optional(),
  /** A whole message, byte for byte. */
  rawBase64: z.base64().optional(),
  server: z.string().optional(),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  notify: z.array(z.enum(["NEVER", "SUCCESS", "FAILURE", "DELAY"])).optional(),
});
export type SendBody = z.input<typeof sendSchema>;

export function addMailRoutes(app: Hono, lab: Lab): void {
  app.post("/send", async (context) => {
    const { raw, rawBase64, attachments, ...rest } = await readBody(sendSchema, context.req);
    const answer = await lab.send({
      ...rest,
      ...(raw === undefined ? {} : { raw: rawMessage(raw) }),
      ...(rawBase64 === undefined ? {} : { raw: Buffer.from(rawBase64, "base64") }),
      attachments: attachments?.map(({ filename, contentType, contentBase64 }) => {
        return { filename, contentType, content: Buffer.from(contentBase64, "base64") };
      }),
    });
    return context.json(answer);
  });

  app.get("/messages", async (context) => {
    const mails = await findMails(lab, context.req.query());
    return mails instanceof LabError
      ? context.json({ error: mails.message }, 408)
      : context.json(mails.map(mailView));
  });

  app.get("/messages/:id", async (context) =>
    context.json(mailView(await findMail(lab, context.req.param("id")))),
  );

  app.get("/messages/:id/raw", async (context) => {
    const { raw } = await findMail(lab, context.req.param("id"));
    return context.body(Buffer.from(raw), 200, {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
  });

  app.get("/messages/:id/attachments/:n", async (context) => {
    const { attachments } = await findMail(lab, context.req.param("id"));
    const found = attachments[Number(context.req.param("n"))];
    if (found === undefined) throw new LabError(`it has ${attachments.length} attachments, counted from 0`);
    // Never as its own type: the lab's origin must not run what a mail brought.
    return context.body(Buffer.from(found.content), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    });
  });
}

/** A LabError is the answer "none came in time". */
async function findMails(lab: Lab, query: Record<string, string>): Promise<LabMail[] | LabError> {
  const { account, wait, advance, after, ...matching } = query;
  const matcher = matcherOf(matching);
  const inbox = account === undefined ? undefined : lab.inbox(account);
  const isNew = ({ uid }: LabMail): boolean => after === undefined || uid > Number(after);
  const there = (inbox === undefined ? await lab.messages(matcher) : await inbox.list(matcher)).filter(isNew);
  if (wait === undefined || there.length > 0) return there;
  if (inbox === undefined) throw new LabError('"wait" needs "account": whose mailbox is waited for');
  const options = { timeoutMs: durationOf(wait, "wait"), advanceClock: advance !== undefined };
  try {
    return [await inbox.wait(matcher, options)];
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

async function findMail(lab: Lab, id: string): Promise<LabMail> {
  const at = id.lastIndexOf(":");
  const mails = await lab.inbox(id.slice(0, at)).list();
  const mail = mails.find(({ uid }) => String(uid) === id.slice(at + 1));
  if (mail === undefined) throw new LabError(`there is no mail ${id}; its mailbox has ${mails.length}`);
  return mail;
}
