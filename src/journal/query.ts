/**
 * The small language of `lab wait`, `trace` and the live list: all terms must hold. Pure; a query that cannot be read
 * says where and why.
 *
 *     query  = *( term 1*SP )
 *     term   = [ "-" ] [ field ":" ] value            ; "-" turns it round
 *     field  = 1*ALPHA                                ; from to subject host result status id messageid dsn kind text
 *     value  = 1*VCHAR / DQUOTE *CHAR DQUOTE          ; "*" stands for any characters
 *
 * A value without `*` means, ASCII case aside: the beginning, for `id` and `status` (`5.1` finds 5.1.1); any part, for
 * `subject`, `text` and `messageid`; for `from` and `to` an address, `@domain`, or any part when there is no `@`; the
 * whole word for the rest. A word without a field is looked for in all of id, from, to, subject.
 */
import { err, ok } from "../base/result.ts";
import type { Result } from "../base/result.ts";

export type QueryTerm = { readonly field: string | undefined; readonly value: string; readonly not: boolean };
export type Query = readonly QueryTerm[];
/** `column` counts from 1. */
export type QueryProblem = { readonly column: number; readonly message: string };

const FIELDS = [
  "from",
  "to",
  "subject",
  "host",
  "result",
  "status",
  "id",
  "messageid",
  "dsn",
  "kind",
  "text",
];
const ANYWHERE = ["id", "from", "to", "subject", "text"];

/** Limit: a query is typed by a person; each term is tried on every event of the journal. */
const TERMS_MAX = 32;

/** An empty query, `last` and `--last` match everything, so that the latest wins. */
export function parseQuery(text: string): Result<Query, QueryProblem> {
  if (/^\s*(?:--?)?last\s*$/.test(text)) return ok([]);
  const terms: QueryTerm[] = [];
  const token = /\s*(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)/y;
  while (text.slice(token.lastIndex).trim() !== "") {
    const column = token.lastIndex + 1;
    const match = token.exec(text);
    if (match === null) return err({ column, message: "expected field:value; is a quote left open?" });
    const [, minus, field, quoted, bare] = match;
    const name = field?.toLowerCase();
    if (name !== undefined && !FIELDS.includes(name)) {
      return err({ column, message: `there is no field "${field}": use ${FIELDS.join(", ")}` });
    }
    terms.push({ field: name, value: quoted ?? bare ?? "", not: minus === "-" });
    if (terms.length > TERMS_MAX) return err({ column, message: `more than ${TERMS_MAX} terms` });
  }
  return ok(terms);
}

/** `valuesOf` gives what the thing has under a field, or undefined when it has no such field. */
export function matchesQuery(
  query: Query,
  valuesOf: (field: string) => readonly string[] | undefined,
): boolean {
  return query.every(({ field, value, not }) => {
    const fields = field === undefined ? ANYWHERE : [field];
    const holds = fields.some(
      (name) => valuesOf(name)?.some((have) => matchesValue(name, value, have)) === true,
    );
    return holds !== not;
  });
}

export function matchesValue(field: string, wanted: string, have: string): boolean {
  const want = wanted.toLowerCase();
  const text = have.toLowerCase();
  if (want.includes("*")) return matchesPattern(want, text);
  switch (field) {
    case "id":
      return text.startsWith(want);
    case "status":
      return text === want || text.startsWith(want.endsWith(".") ? want : `${want}.`);
    case "subject":
    case "text":
    case "messageid":
      return text.includes(want);
    case "from":
    case "to":
      if (want === "<>") return text === "";
      return want.startsWith("@")
        ? text.endsWith(want)
        : want.includes("@")
          ? text === want
          : text.includes(want);
    default:
      return text === want;
  }
}

/** Each piece between stars is found in turn: linear, unlike a pattern with many stars as a regular expression. */
function matchesPattern(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
