/**
 * One message: to read, its parts, its source, how it got here. Nothing that came by mail is ever given a content type of
 * its own choosing, and all of it is sandboxed should a browser show it after all.
 */
import { z } from "zod";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { type Part, partContent, partText } from "../../../message/mime/part.ts";
import { ApiError } from "../api-error.ts";
import { findPart } from "./body-parts.ts";
import { contentDisposition, safeFileName } from "./file-name.ts";
import { MAIL_PREFIX } from "./mail-prefix.ts";
import { type MailPlace, mailRoute } from "./mail-place.ts";
import { stateOf } from "./mailboxes.ts";
import { NO_MESSAGE, withMessage } from "./message-ids.ts";
import { messageRow } from "./message-rows.ts";
import { messageView } from "./message-view.ts";
import { isInJournal, originView } from "./origin.ts";
import { pictureType } from "./picture-type.ts";
import { messageIdSchema, messageViewSchema, originViewSchema, partNumberSchema } from "./views.ts";

/** Limit: characters of a preview. */
const TEXT_CHARACTERS_MAX = 200_000;

const params = z.strictObject({ id: messageIdSchema });
const partParams = z.strictObject({ id: messageIdSchema, part: partNumberSchema });

/** Not kept by the browser: the same address is another message for whoever signs in next. */
const HOSTILE: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
};

export const readRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/messages/:id",
      summary: "A message to read: all header fields, text, HTML as it came, attachments, what is broken.",
      notes: "Reading marks nothing as read. The HTML is hostile until sanitised.",
      params,
      answer: messageViewSchema,
    },
    (place, { params: { id } }) =>
      withContent(place, id, ({ mail, mailboxId, mailboxName, table, row, content }) =>
        messageView(content, messageRow(mail, mailboxId, table, row), {
          mailboxName,
          state: stateOf(mail),
          url: `${MAIL_PREFIX}/messages/${id}`,
        }),
      ),
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/:id/source",
      summary: "The message as it is, byte for byte.",
      params,
      query: z.strictObject({
        download: z.enum(["true", "false"]).default("false").describe("true: as a file."),
      }),
      answer: { media: "text/plain", about: "The raw message." },
    },
    (place, { params: { id }, query: { download } }) =>
      withContent(place, id, ({ content }) =>
        bytes(
          content,
          "text/plain; charset=utf-8",
          contentDisposition(download === "true" ? "attachment" : "inline", "message.eml"),
        ),
      ),
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/:id/origin",
      summary: "How it got here: the envelope beside the header, the hops, the trace.",
      params,
      answer: originViewSchema,
    },
    (place, { params: { id } }) =>
      withContent(place, id, ({ mail, table, row, content }) => {
        const delivered = mail.delivery(table.emailIds[row] as number);
        return originView(
          content,
          delivered,
          table.receivedAts[row] as number,
          traceOf(place, delivered?.queueId),
        );
      }),
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/:id/parts/:part",
      summary: "A part, decoded, to be saved as a file.",
      params: partParams,
      answer: { media: "application/octet-stream", about: "Always this type, whatever the sender claims." },
    },
    (place, { params: { id, part: number } }) =>
      withPart(place, id, number, (part) =>
        bytes(
          partContent(part),
          "application/octet-stream",
          contentDisposition("attachment", safeFileName(part.filename, part.contentType)),
        ),
      ),
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/:id/images/:part",
      summary: "A picture to show: PNG, JPEG, GIF or WebP by its own bytes; 415 for all else.",
      params: partParams,
      answer: { media: "image/*", about: "Its type as its bytes say." },
    },
    (place, { params: { id, part: number } }) =>
      withPart(place, id, number, (part) => {
        const content = partContent(part);
        const type = pictureType(content);
        if (type === undefined)
          throw new ApiError(415, "this is no picture that can be shown safely; save it instead");
        return bytes(content, type, contentDisposition("inline", safeFileName(part.filename, type)));
      }),
  ),
  mailRoute(
    {
      method: "get",
      path: "/messages/:id/texts/:part",
      summary: "A text or a message inside, as plain text: its beginning.",
      params: partParams,
      answer: { media: "text/plain", about: "Up to 200,000 characters." },
    },
    (place, { params: { id, part: number } }) =>
      withPart(place, id, number, (part) => {
        if (!part.contentType.startsWith("text/") && part.contentType !== "message/rfc822")
          throw new ApiError(415, "this is no text; save it instead");
        const text = partText(part).slice(0, TEXT_CHARACTERS_MAX).toWellFormed();
        return bytes(Buffer.from(text), "text/plain; charset=utf-8", "inline");
      }),
  ),
];

type Found = {
  readonly mail: MailPlace["mail"];
  readonly mailboxId: number;
  readonly mailboxName: string;
  readonly table: Parameters<Parameters<typeof withMessage>[2]>[0]["table"];
  readonly row: number;
  readonly content: Uint8Array;
};

function withContent<T>({ mail }: MailPlace, id: string, use: (found: Found) => T): Promise<T> {
  return withMessage(mail, id, ({ table, mailbox, row }) => {
    const content = mail.content(table.emailIds[row] as number);
    if (content === undefined) throw new ApiError(404, NO_MESSAGE);
    return use({ mail, mailboxId: mailbox.id, mailboxName: mailbox.name, table, row, content });
  });
}

function withPart(
  place: MailPlace,
  id: string,
  number: string,
  use: (part: Part) => Response,
): Promise<Response> {
  return withContent(place, id, ({ content }) => {
    const found = findPart(parseMime(content), number);
    if (found === undefined) throw new ApiError(404, "the message has no such part");
    return use(found.part);
  });
}

function bytes(content: Uint8Array, type: string, disposition: string): Response {
  const headers = { ...HOSTILE, "content-type": type, "content-disposition": disposition };
  return new Response(Buffer.from(content), { headers });
}

function traceOf(
  { host, traceUrl }: MailPlace,
  queueId: string | undefined,
): { id: string; url: string } | null {
  if (queueId === undefined || traceUrl === undefined || !isInJournal(host.journal, queueId)) return null;
  return { id: queueId, url: traceUrl(queueId) };
}
