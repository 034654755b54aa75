/** MailHog's message API, v1 and v2, over all mail of a lab: the paths, fields and statuses its clients know. */
import type { Context, Hono } from "hono";
import { ApiError } from "../../../server/http/api-error.ts";
import type { Lab } from "../../lab.ts";
import { type AllMail, type CaughtMail, createAllMail } from "../all-mail.ts";
import { pageOf } from "../compat-web.ts";
import { streamNewMail } from "./new-mail.ts";
import { idView, type MailHogMessage, messageView } from "./views.ts";

/** MailHog's own bounds: of a page of v2, and of v1's whole list. */
const LIMIT_MAX = 250;
const V1_MAX = 1_000;

export function addMailHog(app: Hono, lab: Lab): void {
  const allMail = createAllMail(lab);
  const find = async (context: Context): Promise<CaughtMail | undefined> => {
    const wanted = context.req.param("id");
    return (await allMail.list()).find((mail) => idView(mail) === wanted);
  };

  app.get("/api/v1/messages", async () =>
    json(await views(allMail, (await allMail.list()).slice(0, V1_MAX))),
  );
  app.get("/api/v2/messages", async (context) => {
    const all = await allMail.list();
    const { start, limit } = pageOf(context.req.query(), LIMIT_MAX);
    return json(pageView(await views(allMail, all.slice(start, start + limit)), start, all.length));
  });
  app.get("/api/v2/search", async (context) => {
    const { kind = "", query = "", ...page } = context.req.query();
    const test = testOf(kind, query.toLowerCase());
    if (test === undefined || query === "")
      throw new ApiError(400, "kind is from, to or containing; query is text");
    const { start, limit } = pageOf(page, LIMIT_MAX);
    const found = (await views(allMail, await allMail.list())).filter(test);
    return json(pageView(found.slice(start, start + limit), start, found.length));
  });
  app.get("/api/v1/messages/:id", async (context) => {
    const mail = await find(context);
    // There an unknown id is null, not an error.
    return json(mail === undefined ? null : ((await views(allMail, [mail]))[0] ?? null));
  });
  app.get("/api/v1/messages/:id/download", async (context) => {
    const mail = await find(context);
    const bytes = mail === undefined ? undefined : await allMail.content(mail);
    if (mail === undefined || bytes === undefined) throw new ApiError(404, "no such message");
    return file(bytes, "message/rfc822", `${idView(mail)}.eml`);
  });
  app.get("/api/v1/messages/:id/mime/part/:part/download", async (context) => {
    const mail = await find(context);
    const [view] = mail === undefined ? [] : await views(allMail, [mail]);
    const part = view?.MIME?.Parts[Number(context.req.param("part"))];
    if (view === undefined || part === undefined) throw new ApiError(404, "no such part");
    // Not with the header the mail gave it: a browser must keep nothing but a file of it.
    const name = `${view.ID}-part-${context.req.param("part")}`;
    return file(Buffer.from(part.Body), "application/octet-stream", name);
  });
  app.delete("/api/v1/messages", async () => {
    await allMail.remove(await allMail.list());
    return empty();
  });
  app.delete("/api/v1/messages/:id", async (context) => {
    const mail = await find(context);
    if (mail !== undefined) await allMail.remove([mail]);
    return empty();
  });
  app.get("/api/v1/events", (context) =>
    streamNewMail(context.req.raw, lab.journal, async () => views(allMail, await allMail.list())),
  );
}

/** A message that is gone by now is left out. */
async function views(allMail: AllMail, mails: readonly CaughtMail[]): Promise<MailHogMessage[]> {
  const all: MailHogMessage[] = [];
  for (const mail of mails) {
    const bytes = await allMail.content(mail);
    if (bytes !== undefined) all.push(messageView(mail, bytes));
  }
  return all;
}

function pageView(items: readonly MailHogMessage[], start: number, total: number) {
  return { total, count: items.length, start, items };
}

function testOf(kind: string, wanted: string): ((message: MailHogMessage) => boolean) | undefined {
  const holds = (text: string): boolean => text.toLowerCase().includes(wanted);
  if (kind === "from") return ({ Raw }) => holds(Raw.From);
  if (kind === "to") return ({ Raw }) => Raw.To.some(holds);
  if (kind === "containing")
    return ({ Content }) => holds(Content.Body) || Object.values(Content.Headers).flat().some(holds);
  return undefined;
}

/** MailHog's own media type. */
const JSON_TYPE = { "content-type": "text/json" };

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: JSON_TYPE });
}

function empty(): Response {
  return new Response(null, { headers: JSON_TYPE });
}

function file(bytes: Uint8Array, contentType: string, name: string): Response {
  return new Response(Buffer.from(bytes), {
    headers: { "content-type": contentType, "content-disposition": `attachment; filename="${name}"` },
  });
}
