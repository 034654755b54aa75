/** IMAP's search keys as the store's query: sequence numbers, `$`, object ids and days get their meaning here. */
import type { SearchKey } from "../../protocol/imap/search-command.ts";
import { fuzzy, type SearchQuery } from "../../store/search/query.ts";
import type { ImapSession, Selected } from "./session.ts";
import { normalRanges } from "../../base/number-ranges.ts";
import { STAR } from "../../protocol/imap/sequence-set.ts";
import { rowsOf } from "./sets.ts";

const DAY_MS = 86_400_000;
const UID_MAX = 0xffffffff;
const NONE: SearchQuery = { kind: "none" };
const ALL: SearchQuery = { kind: "all" };

/** `live`: for a search that is kept up to date, where UIDs name also messages that are yet to come. */
export function toQuery(session: ImapSession, selected: Selected, key: SearchKey, live = false): SearchQuery {
  const query = (one: SearchKey): SearchQuery => toQuery(session, selected, one, live);
  switch (key.kind) {
    case "all":
    case "old": // \Recent is no more (RFC 9051 appendix E): no message is recent.
    case "savedatesupported":
      return ALL;
    case "recent":
    case "new":
      return NONE;
    case "and":
    case "or":
      return { kind: key.kind, queries: key.keys.map(query) };
    case "not":
      return { kind: "not", query: query(key.key) };
    case "fuzzy":
      return fuzzy(query(key.key));
    case "sequence": {
      if (live && key.uid && key.set.kind === "numbers")
        return { kind: "uids", uids: normalRanges(key.set.pairs.map(([a, b]) => [lastOf(a), lastOf(b)])) };
      // Numbers beyond the last message match nothing (RFC 9051 §6.4.4).
      const rows = rowsOf(selected, inRange(selected, key), key.uid) ?? [];
      return { kind: "uids", uids: selected.view.uidsOf(rows) };
    }
    case "flag":
      return { kind: "flag", flag: key.flag };
    case "header":
      return { kind: "header", field: key.field, text: key.text };
    case "from":
    case "to":
    case "cc":
    case "bcc":
      return { kind: "address", field: key.kind, text: key.text };
    case "subject":
    case "body":
    case "text":
      return { kind: key.kind, text: key.text };
    case "larger":
      return { kind: "size", above: key.sizeBytes };
    case "smaller":
      return { kind: "size", below: key.sizeBytes };
    case "older":
      return { kind: "date", of: "received", before: session.context.clock.now() - key.seconds * 1_000 };
    case "younger":
      return { kind: "date", of: "received", from: session.context.clock.now() - key.seconds * 1_000 };
    case "modseq":
      return { kind: "modseq", least: key.modseq };
    case "emailid":
    case "threadid": {
      const id = objectNumber(key.id, key.kind === "emailid" ? "M" : "T", selected.mail.accountId);
      return id === undefined ? NONE : { kind: key.kind === "emailid" ? "emailId" : "threadId", id };
    }
    default:
      return dateQuery(key.kind, key.at);
  }
}

type DateKind = Extract<SearchKey, { readonly at: number }>["kind"];

function dateQuery(kind: DateKind, at: number): SearchQuery {
  const of = kind.startsWith("sent") ? "sent" : kind.startsWith("saved") ? "saved" : "received";
  if (kind.endsWith("before")) return { kind: "date", of, before: at };
  if (kind.endsWith("since")) return { kind: "date", of, from: at };
  return { kind: "date", of, from: at, before: at + DAY_MS };
}

/** Without the numbers that no message has. */
function inRange(
  { view }: Selected,
  { set, uid }: Extract<SearchKey, { kind: "sequence" }>,
): Extract<SearchKey, { kind: "sequence" }>["set"] {
  if (uid || set.kind !== "numbers") return set;
  const { length } = view;
  const pairs = set.pairs
    .map(([a, b]) => (a <= b ? ([a, b] as const) : ([b, a] as const)))
    .filter(([from]) => from <= length || from === Infinity)
    .map(([from, to]) => [from, to === Infinity ? to : Math.min(to, length)] as const);
  return { kind: "numbers", pairs };
}

/** RFC 8474: the ids this door gives, and no others. */
function objectNumber(id: string, letter: string, accountId: number): number | undefined {
  const found = /^([MT])(\d+)-(\d+)$/.exec(id);
  if (found === null || found[1] !== letter || Number(found[2]) !== accountId) return undefined;
  return Number(found[3]);
}

/** Whether MODSEQ stands in it: then the answer names the highest one (RFC 7162 §3.1.5). */
export function asksModseq(key: SearchKey): boolean {
  switch (key.kind) {
    case "modseq":
      return true;
    case "and":
    case "or":
      return key.keys.some(asksModseq);
    case "not":
    case "fuzzy":
      return asksModseq(key.key);
    default:
      return false;
  }
}

/** `*` is whatever comes. */
function lastOf(number: number): number {
  return number === STAR ? UID_MAX : number;
}
