/** Puts routes into a Hono app: reads and checks what was asked, finds the place, and turns what comes back into an answer. */
import type { Context, Hono } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Route, type RouteSpec, isMedia } from "./route.ts";

/** What the app gives each request: who asks. */
export type WebEnv = { Bindings: { readonly clientAddress: string } };

export type MountOptions = {
  /** Holds each JSON answer against its schema; one that says something else is a bug. For tests: it takes time. */
  readonly checkAnswers?: boolean | undefined;
};

export function mountRoutes<Place>(
  app: Hono<WebEnv>,
  routes: readonly Route<Place>[],
  placeOf: (context: Context<WebEnv>) => Place | Promise<Place>,
  { checkAnswers = false }: MountOptions = {},
): void {
  for (const { spec, handle } of routes) {
    app.on(spec.method.toUpperCase(), spec.path, async (context) => {
      // The place first: who may not be here learns nothing of what is asked here.
      const place = await placeOf(context);
      const asked = await readAsked(spec, context);
      const answer = await handle(place, asked);
      if (checkAnswers) await checkAnswer(spec, answer);
      if (answer instanceof Response) return answer;
      if (isMedia(spec.answer)) throw new Error(`${spec.path} says it answers ${spec.answer.media}`);
      context.header("cache-control", "no-store");
      return context.json(answer ?? null);
    });
  }
}

async function readAsked(spec: RouteSpec, context: Context<WebEnv>) {
  return {
    params: check(spec.params, context.req.param(), "path"),
    query: check(spec.query, queryOf(context), "query"),
    body: spec.body === undefined ? {} : check(spec.body, await bodyOf(context), "body"),
    request: context.req.raw,
    clientAddress: context.env?.clientAddress ?? "",
  };
}

function queryOf(context: Context<WebEnv>): Record<string, string | readonly string[]> {
  const all = Object.entries(context.req.queries());
  return Object.fromEntries(
    all.map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

/** Throws when the answer, as JSON has it, is not what its schema says. */
async function checkAnswer({ answer: said, method, path }: RouteSpec, answer: unknown): Promise<void> {
  const where = `${method.toUpperCase()} ${path}`;
  if (answer instanceof Response) {
    const type = answer.headers.get("content-type") ?? "";
    const expected = isMedia(said) ? said.media.replace(/\*$/, "") : "application/json";
    if (answer.ok && !type.startsWith(expected)) throw new Error(`${where} answers ${type}, not ${expected}`);
    if (isMedia(said) || !answer.ok) return;
    answer = await answer.clone().json();
  }
  if (isMedia(said)) return;
  const parsed = said.safeParse(JSON.parse(JSON.stringify(answer ?? null)));
  if (!parsed.success)
    throw new Error(`${where} answers what it does not say: ${z.prettifyError(parsed.error)}`);
}

/** An empty body stands for an empty object. */
async function bodyOf(context: Context<WebEnv>): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError(400, "the body is not JSON");
  }
}

function check(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) {
    if (what !== "query" || Object.keys(value as object).length === 0) return value;
    schema = z.strictObject({});
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const words = problems.map(({ path, message }) => `${path === "" ? what : path}: ${message}`);
  throw new ApiError(400, words.join("; "), problems);
}
