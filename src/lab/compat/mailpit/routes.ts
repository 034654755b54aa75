/** Mailpit's message API (its documented v1) over all mail of a lab: the paths, fields and statuses its clients know. */
import type { Context, Hono } from "hono";
import { z } from "zod";
import { ApiError } from "../../../server/http/api-error.ts";
import type { Lab } from "../../lab.ts";
import { type AllMail, type CaughtMail, createAllMail } from "../all-mail.ts";
import { bodyOf, pageOf } from "../compat-web.ts";
import { createDigests } from "./digests.ts";
import { infoView } from "./info.ts";
import { addMessageRoutes } from "./message-routes.ts";
import { type Found, parseSearch } from "./search.ts";
import { sendSchema, sendThroughLab } from "./send.ts";
import { summaryView } from "./views.ts";

/** Limit: of one answer; a client asks for the next page. */
const LIMIT_MAX = 1_000;

const idsSchema = z.object({ IDs: z.array(z.string()).nullish() });
const readSchema = idsSchema.extend({ Read: z.boolean().nullish(), Search: z.string().nullish() });

export type MailpitPlace = {
  readonly lab: Lab;
  readonly allMail: AllMail;
  /** With what lists and searches read of it; a message that is gone is left out. */
  withDigests(mails: readonly CaughtMail[]): Promise<Found[]>;
};

export function addMailpit(app: Hono, lab: Lab): void {
  const allMail = createAllMail(lab);
  const place: MailpitPlace = { lab, allMail, withDigests: createDigests(allMail) };
  let deleted = 0;
  const startedAt = Date.now();
  addListRoutes(app, place);
  addMessageRoutes(app, place);
  app.put("/api/v1/messages", async (context) => {
    const { Read, IDs, Search } = read(readSchema, await bodyOf(context.req.raw));
    if (IDs?.length && Search) throw new ApiError(400, "give either IDs or a search, not both");
    await allMail.mark(await chosen(place, IDs, Search), Read ?? false);
    return context.text("ok");
  });
  const remove = async (context: Context, mails: readonly CaughtMail[]): Promise<Response> => {
    await allMail.remove(mails);
    deleted += mails.length;
    return context.text("ok");
  };
  app.delete("/api/v1/messages", async (context) => {
    const { IDs } = read(idsSchema, await bodyOf(context.req.raw));
    return remove(context, await chosen(place, IDs, undefined));
  });
  app.delete("/api/v1/search", async (context) =>
    remove(context, await chosen(place, undefined, queryOf(context))),
  );
  app.post("/api/v1/send", async (context) => {
    const asked = sendSchema.safeParse(await bodyOf(context.req.raw));
    if (!asked.success) return context.json({ Error: z.prettifyError(asked.error) }, 400);
    const sent = await sendThroughLab(lab, allMail, asked.data);
    return sent.ok ? context.json({ ID: sent.id }) : context.json({ Error: sent.error }, 400);
  });
  app.get("/api/v1/info", async (context) => {
    const all = await place.withDigests(await allMail.list());
    return context.json(infoView(lab, all, { deleted, startedAt }));
  });
  app.get("/livez", (context) => context.text("ok"));
  app.get("/readyz", (context) => context.text("ok"));
}

function addListRoutes(app: Hono, { allMail, withDigests }: MailpitPlace): void {
  app.get("/api/v1/messages", async (context) => {
    const all = await allMail.list();
    const { start, limit } = pageOf(context.req.query(), LIMIT_MAX);
    const shown = await withDigests(all.slice(start, start + limit));
    return context.json(await listView(all, all, shown, start));
  });
  app.get("/api/v1/search", async (context) => {
    const all = await allMail.list();
    const { start, limit } = pageOf(context.req.query(), LIMIT_MAX);
    const found = (await withDigests(all)).filter(parseSearch(queryOf(context)));
    const mails = found.map(({ mail }) => mail);
    return context.json(await listView(all, mails, found.slice(start, start + limit), start));
  });
  app.get("/api/v1/tags", async (context) => context.json(await tags(await allMail.list())));

  async function listView(
    all: readonly CaughtMail[],
    matching: readonly CaughtMail[],
    shown: readonly Found[],
    start: number,
  ) {
    return {
      total: all.length,
      unread: unreadIn(all),
      count: shown.length,
      messages_count: matching.length,
      messages_unread: unreadIn(matching),
      start,
      tags: await tags(all),
      messages: shown.map(({ mail, digest }) => summaryView(mail, digest)),
    };
  }

  async function tags(all: readonly CaughtMail[]): Promise<string[]> {
    const found = await withDigests(all);
    return [...new Set(found.flatMap(({ digest }) => digest.tags))].toSorted();
  }
}

async function chosen(
  { allMail, withDigests }: MailpitPlace,
  ids: readonly string[] | null | undefined,
  search: string | null | undefined,
): Promise<CaughtMail[]> {
  const all = await allMail.list();
  if (search) return (await withDigests(all)).filter(parseSearch(search)).map(({ mail }) => mail);
  return ids?.length ? all.filter(({ id }) => ids.includes(id)) : all;
}

function unreadIn(mails: readonly CaughtMail[]): number {
  return mails.filter(({ isRead }) => !isRead).length;
}

function queryOf(context: Context): string {
  const query = (context.req.query("query") ?? "").trim();
  if (query === "") throw new ApiError(400, "Error: no search query");
  return query;
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ApiError(400, z.prettifyError(parsed.error));
  return parsed.data;
}
