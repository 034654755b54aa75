/**
 * What the doors of other tools' APIs share: a port of their own on loopback behind the same guard as ours, answers that
 * no page can be made of, and errors in the plain words those tools use. What is not there is a 404.
 */
import { Hono } from "hono";
import type { HttpHandler } from "../../base/http.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { limitBody } from "../../server/http/body-limit.ts";
import { guard, LOOPBACK_NAMES } from "../../server/http/guard.ts";
import { LabError } from "../lab.ts";

/** Limit: a message of 50 MB in base64, and some. */
const BODY_BYTES_MAX = 80 * 1024 * 1024;

/** Whatever a mail brought is shown without script, without form, without a word to the network, and in no origin. */
const INERT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": INERT,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function createCompatWeb(add: (app: Hono) => void): HttpHandler {
  const app = new Hono({ strict: false });
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.use(guard({ names: () => LOOPBACK_NAMES, secure: false, isApi: () => true }));
  app.use(limitBody(BODY_BYTES_MAX));
  add(app);
  app.notFound((context) =>
    context.text("404 there is nothing here; docs/moving-from-mailpit.md lists what there is\n", 404),
  );
  app.onError((error, context) => {
    if (error instanceof ApiError) return context.text(error.message, error.status);
    if (error instanceof LabError) return context.text(error.message, 400);
    console.error(error);
    return context.text("this is a bug of the lab; its log says where", 500);
  });
  return (request) => app.fetch(request);
}

/** `start` and `limit` of a query: what is no number counts as absent. */
export function pageOf(
  query: Record<string, string>,
  limitMax: number,
): { readonly start: number; readonly limit: number } {
  const number = (text: string | undefined, least: number, otherwise: number): number => {
    const value = Number(text);
    return text !== undefined && Number.isSafeInteger(value) && value >= least ? value : otherwise;
  };
  return {
    start: number(query["start"], 0, 0),
    limit: Math.min(number(query["limit"], 1, LIMIT_DEFAULT), limitMax),
  };
}

/** Both tools' own. */
const LIMIT_DEFAULT = 50;

export async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError(400, "the body is not JSON");
  }
}
