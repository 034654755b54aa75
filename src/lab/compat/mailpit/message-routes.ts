/** One message by Mailpit's API: as JSON, its header, its source, its parts, and its views. `latest` is the newest. */
import type { Context, Hono } from "hono";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { partContent } from "../../../message/mime/part.ts";
import { readMessage } from "../../../message/read-message.ts";
import { ApiError } from "../../../server/http/api-error.ts";
import type { CaughtMail } from "../all-mail.ts";
import { leavesOf } from "./digest.ts";
import { withInlineImages } from "./inline-images.ts";
import type { MailpitPlace } from "./routes.ts";
import { headersView, messageView } from "./views.ts";

export function addMessageRoutes(app: Hono, { allMail, withDigests }: MailpitPlace): void {
  const open = async (id: string): Promise<{ mail: CaughtMail; bytes: Uint8Array }> => {
    const mail = await allMail.find(id);
    const bytes = mail === undefined ? undefined : await allMail.content(mail);
    if (mail === undefined || bytes === undefined) throw new ApiError(404, "no such message");
    return { mail, bytes };
  };

  app.get("/api/v1/message/:id", async (context) => {
    const { mail, bytes } = await open(context.req.param("id"));
    const [found] = await withDigests([mail]);
    if (found === undefined) throw new ApiError(404, "no such message");
    // As there: who reads it has read it.
    await allMail.mark([mail], true);
    return context.json(messageView(mail, found.digest, bytes));
  });
  app.get("/api/v1/message/:id/headers", async (context) => {
    const { bytes } = await open(context.req.param("id"));
    return context.json(headersView(bytes));
  });
  app.get("/api/v1/message/:id/raw", async (context) => {
    const { mail, bytes } = await open(context.req.param("id"));
    const isDownload = context.req.query("dl") === "1";
    return bytesAnswer(bytes, "text/plain; charset=utf-8", isDownload ? `${mail.id}.eml` : undefined);
  });
  app.get("/api/v1/message/:id/part/:part", async (context) => {
    const { bytes } = await open(context.req.param("id"));
    const found = leavesOf(parseMime(bytes), "").find(({ id }) => id === context.req.param("part"));
    if (found === undefined) throw new ApiError(404, "the message has no such part");
    const { filename, contentId } = found.part;
    // Not as the type the mail gave it: a browser must keep nothing but a file of it.
    return bytesAnswer(partContent(found.part), "application/octet-stream", filename ?? contentId ?? "part");
  });
  app.get("/view/:file{.+\\.html}", async (context) => {
    const { bytes } = await open(idIn(context));
    const { html } = readMessage(bytes);
    if (html === undefined) throw new ApiError(404, "the message has no HTML");
    // Inert by its content security policy: compat-web.ts.
    return context.html(withInlineImages(html, bytes));
  });
  app.get("/view/:file{.+\\.txt}", async (context) => {
    const { bytes } = await open(idIn(context));
    return context.text(readMessage(bytes).text);
  });
}

function idIn(context: Context): string {
  return (context.req.param("file") ?? "").replace(/\.\w+$/, "");
}

function bytesAnswer(bytes: Uint8Array, contentType: string, filename: string | undefined): Response {
  const disposition =
    filename === undefined
      ? {}
      : { "content-disposition": `attachment; filename="${encodeURIComponent(filename)}"` };
  return new Response(Buffer.from(bytes), { headers: { "content-type": contentType, ...disposition } });
}
