/** Reads words of a request: durations and mail matchers. What is wrong is a LabError: HTTP 400. */
import { parseDuration } from "../../base/duration.ts";
import { parseQuery, type Query } from "../../journal/query.ts";
import type { MailMatcher } from "../kit/matcher.ts";
import { LabError } from "../lab.ts";

/** Limit: a long poll; the client asks again. */
const WAIT_MS_MAX = 600_000;

export function durationOf(text: string, what: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new LabError(`${what}: "${text}" is not a duration: write it as "5s" or "1h"`);
  return Math.min(ms, WAIT_MS_MAX);
}

/** The filter of a list or a wait. */
export function queryOf(text: string): Query {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new LabError(`${parsed.error.message} (column ${parsed.error.column})`);
  return parsed.value;
}

/** `from`, `to`, `subject`, `text`, `html`, `dsn` of a query string; `/…/` is a regular expression. */
export function matcherOf(query: Record<string, string>): MailMatcher {
  const { dsn, ...texts } = query;
  const matcher: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(texts)) {
    if (!["from", "to", "subject", "text", "html"].includes(key))
      throw new LabError(
        `"${key}" is nothing mail is found by: use account, from, to, subject, text, html, dsn, wait, advance, after`,
      );
    matcher[key] = textMatcher(value);
  }
  if (dsn !== undefined)
    matcher["dsn"] = /^\d/.test(dsn) ? { status: dsn } : dsn === "" ? {} : { action: dsn };
  return matcher;
}

function textMatcher(value: string): string | RegExp {
  const expression = /^\/(.+)\/(i?)$/.exec(value);
  if (expression === null) return value;
  try {
    return new RegExp(expression[1] ?? "", expression[2]);
  } catch {
    throw new LabError(`${value} is no regular expression`);
  }
}
