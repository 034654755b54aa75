/**
 * Mailpit's send request: the message is composed and sent through the lab, as the person at the keyboard, and the answer
 * names it. It travels like any other: the answer waits a moment for it to arrive.
 */
import { z } from "zod";
import { makeId } from "../../../base/ids.ts";
import { composeMessage } from "../../../message/compose.ts";
import { waitUntil } from "../../kit/wait.ts";
import type { Lab } from "../../lab.ts";
import { type AllMail, idOf } from "../all-mail.ts";

const address = z.object({ Email: z.string().min(1), Name: z.string().optional() });

export const sendSchema = z.object({
  From: address,
  To: z.array(address).nullish(),
  Cc: z.array(address).nullish(),
  Bcc: z.array(z.string()).nullish(),
  ReplyTo: z.array(address).nullish(),
  Subject: z.string().nullish(),
  Text: z.string().nullish(),
  HTML: z.string().nullish(),
  Tags: z.array(z.string()).nullish(),
  Headers: z.record(z.string(), z.string()).nullish(),
  Attachments: z
    .array(
      z.object({
        Filename: z.string(),
        Content: z.string(),
        ContentType: z.string().optional(),
        ContentID: z.string().optional(),
      }),
    )
    .nullish(),
});
type SendBody = z.output<typeof sendSchema>;

/** A message that greylisting or a fault holds up is answered for all the same. */
const ARRIVES_WITHIN_MS = 5_000;

export type Sent =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly error: string };

export async function sendThroughLab(lab: Lab, allMail: AllMail, body: SendBody): Promise<Sent> {
  const list = (all: SendBody["To"]): string[] => (all ?? []).map(({ Email }) => Email);
  const request = { from: body.From.Email, to: list(body.To), cc: list(body.Cc), bcc: body.Bcc ?? [] };
  if (request.to.length + request.cc.length + request.bcc.length === 0)
    return { ok: false, error: "no recipients" };
  let raw: Uint8Array;
  try {
    raw = compose(lab, body);
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, error: error.message };
    throw error;
  }
  const { ok, queueId, results } = await lab.send({ ...request, raw });
  if (!ok || queueId === undefined) {
    const refused = results.filter((one) => !one.ok).map(({ recipient, reply }) => `${recipient}: ${reply}`);
    return { ok: false, error: refused.join("; ") || "the server did not take it" };
  }
  const id = idOf(queueId);
  await waitUntil(lab, () => allMail.find(id), { timeoutMs: ARRIVES_WITHIN_MS });
  return { ok: true, id };
}

function compose(lab: Lab, body: SendBody): Uint8Array {
  const { clock, random } = lab.environment.worldFor(lab.plan.you.address);
  const id = makeId(clock, random);
  const list = (all: SendBody["To"]) =>
    (all ?? []).map(({ Email, Name = "" }) => ({ address: Email, name: Name }));
  const headers = Object.entries(body.Headers ?? {});
  if (body.Tags?.length) headers.push(["X-Tags", body.Tags.join(", ")]);
  return composeMessage({
    from: { address: body.From.Email, name: body.From.Name ?? "" },
    replyTo: list(body.ReplyTo),
    to: list(body.To),
    cc: list(body.Cc),
    subject: body.Subject ?? "",
    date: clock.now(),
    messageId: `<${id}@${body.From.Email.split("@")[1] ?? "lab.test"}>`,
    text: body.Text ?? "",
    ...(body.HTML ? { html: body.HTML } : {}),
    headers,
    attachments: (body.Attachments ?? []).map(({ Filename, Content, ContentType, ContentID }) => ({
      filename: Filename,
      contentType: ContentType || "application/octet-stream",
      // Browsers put `data:image/png;base64,` in front.
      content: Buffer.from(Content.slice(Content.indexOf(",") + 1), "base64"),
      ...(ContentID ? { contentId: ContentID } : {}),
    })),
    boundary: `=_${id}`,
  });
}
