/** The operators of the search box: each turns its value into part of a search, or says what it would have wanted. */
import { parseSize } from "../../../base/size.ts";
import { startOfDay } from "../../../base/time-zone.ts";
import type { SearchQuery } from "../../../store/search/query.ts";
import type { SearchContext, SearchTree } from "./search-tree.ts";

/** A sentence when the value cannot be. */
type Operator = (value: string, context: SearchContext) => SearchTree | string;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Limit: before there was mail; calendars of other centuries are another matter. */
const YEAR_MIN = 1900;

const found = (query: SearchQuery): SearchTree => ({ kind: "query", query });
const flag = (name: string): SearchTree => found({ kind: "flag", flag: name });
const not = (tree: SearchTree): SearchTree => ({ kind: "not", of: tree });

const STATES: Readonly<Record<string, SearchTree>> = {
  unread: not(flag("\\Seen")),
  read: flag("\\Seen"),
  flagged: flag("\\Flagged"),
  starred: flag("\\Flagged"),
  unflagged: not(flag("\\Flagged")),
  answered: flag("\\Answered"),
  unanswered: not(flag("\\Answered")),
  forwarded: flag("$Forwarded"),
  draft: flag("\\Draft"),
};

const address =
  (field: "from" | "to" | "cc" | "bcc"): Operator =>
  (value, { me }) =>
    found({ kind: "address", field, text: value.toLowerCase() === "me" ? me : value });

const size =
  (side: "above" | "below"): Operator =>
  (value) => {
    const bytes = parseSize(value);
    return bytes === undefined
      ? "a size is a number such as 5M, 200k or 1000"
      : found({ kind: "size", [side]: bytes });
  };

const day =
  (query: (from: number, until: number) => { from?: number; before?: number }): Operator =>
  (value, { zone }) => {
    const days = parseDays(value, zone);
    return days === undefined
      ? "a date is 2026-03-01, 2026-03 or 2026"
      : found({ kind: "date", of: "received", ...query(days.from, days.until) });
  };

const age =
  (query: (at: number) => { from?: number; before?: number }): Operator =>
  (value, { now }) => {
    const match = /^(\d{1,5})([hdwmy])$/i.exec(value);
    if (match === null) return "an age is 12h, 7d, 2w, 3m or 1y";
    const unit = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS, m: 30 * DAY_MS, y: 365 * DAY_MS }[
      (match[2] ?? "").toLowerCase() as "h" | "d" | "w" | "m" | "y"
    ];
    // To the hour: a list stays the same while one turns its pages.
    const hour = Math.ceil(now / HOUR_MS) * HOUR_MS;
    return found({ kind: "date", of: "received", ...query(hour - Number(match[1]) * unit) });
  };

const OPERATORS: Readonly<Record<string, Operator>> = {
  from: address("from"),
  to: address("to"),
  cc: address("cc"),
  bcc: address("bcc"),
  subject: (text) => found({ kind: "subject", text }),
  body: (text) => found({ kind: "body", text }),
  has: (value) =>
    /^(?:an?-)?attachments?$/i.test(value) ? found({ kind: "attachment" }) : "has: takes attachment",
  is: (value) =>
    Object.hasOwn(STATES, value.toLowerCase())
      ? (STATES[value.toLowerCase()] as SearchTree)
      : `is: takes ${Object.keys(STATES).join(", ")}`,
  keyword: (value) =>
    /^[A-Za-z0-9$_.-]{1,64}$/.test(value) ? flag(value) : "a keyword is letters, digits and $ _ . -",
  in: (place) => (place === "" ? "in: takes the name of a mailbox, or anywhere" : { kind: "in", place }),
  before: day((from) => ({ before: from })),
  after: day((from) => ({ from })),
  since: day((from) => ({ from })),
  on: day((from, until) => ({ from, before: until })),
  newer: age((at) => ({ from: at })),
  older: age((at) => ({ before: at })),
  larger: size("above"),
  smaller: size("below"),
};

export function readOperator(name: string): Operator | undefined {
  return Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
}

/** A year, a month or a day, as the reader's calendar has it; `until` is outside. */
function parseDays(text: string, zone: string): { from: number; until: number } | undefined {
  const match = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [year, month, dayOfMonth] = match
    .slice(1)
    .map((one) => (one === undefined ? undefined : Number(one)));
  if (year === undefined || year < YEAR_MIN) return undefined;
  const date = new Date(Date.UTC(year, (month ?? 1) - 1, dayOfMonth ?? 1));
  const isReal = date.getUTCMonth() === (month ?? 1) - 1 && date.getUTCDate() === (dayOfMonth ?? 1);
  if (!isReal) return undefined;
  const from = startOfDay(zone, year, month ?? 1, dayOfMonth ?? 1);
  if (dayOfMonth !== undefined && month !== undefined)
    return { from, until: startOfDay(zone, year, month, dayOfMonth + 1) };
  return {
    from,
    until: month === undefined ? startOfDay(zone, year + 1, 1, 1) : startOfDay(zone, year, month + 1, 1),
  };
}
