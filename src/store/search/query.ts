/** What a search asks, for every door: IMAP's keys, and later webmail's and JMAP's filters, become one of these. */
import type { NumberRanges } from "../../base/number-ranges.ts";

export type AddressField = "from" | "to" | "cc" | "bcc";

export type SearchQuery =
  | { readonly kind: "all" | "none" }
  | { readonly kind: "and" | "or"; readonly queries: readonly SearchQuery[] }
  | { readonly kind: "not"; readonly query: SearchQuery }
  | { readonly kind: "uids"; readonly uids: NumberRanges }
  | { readonly kind: "flag"; readonly flag: string }
  /** From `from` up to, and without, `before`, ms since 1970 UTC. "sent" is the Date field's own day (RFC 9051 §6.4.4). */
  | {
      readonly kind: "date";
      readonly of: "received" | "sent" | "saved";
      readonly from?: number | undefined;
      readonly before?: number | undefined;
    }
  /** More octets than `above`, fewer than `below`. */
  | { readonly kind: "size"; readonly above?: number | undefined; readonly below?: number | undefined }
  | { readonly kind: "modseq"; readonly least: number }
  | { readonly kind: "emailId" | "threadId"; readonly id: number }
  /** Substrings, case and form of the letters apart. Empty text: the field is there. */
  | { readonly kind: "address"; readonly field: AddressField; readonly text: string }
  | { readonly kind: "subject"; readonly text: string }
  | { readonly kind: "body" | "text"; readonly text: string }
  /** Where a person reads: subject, names and addresses, body; not the rest of the header. */
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "header"; readonly field: string; readonly text: string }
  /** Something beside its words, as its structure tells (has-attachment.ts). */
  | { readonly kind: "attachment" };

/** RFC 6203: every word of the text, in any order and place, instead of the text as it stands. */
export function fuzzy(query: SearchQuery): SearchQuery {
  switch (query.kind) {
    case "and":
    case "or":
      return { kind: query.kind, queries: query.queries.map(fuzzy) };
    case "not":
      return { kind: "not", query: fuzzy(query.query) };
    case "address":
    case "subject":
    case "body":
    case "text":
    case "words":
    case "header": {
      const words = query.text.split(/[^\p{L}\p{N}@._-]+/u).filter((word) => word !== "");
      return words.length < 2 ? query : { kind: "and", queries: words.map((text) => ({ ...query, text })) };
    }
    default:
      return query;
  }
}

/** Cheap ones first: what they rule out need not be read. */
export function queryCost(query: SearchQuery): number {
  switch (query.kind) {
    case "address":
    case "subject":
    case "attachment":
      return 2;
    case "date":
      return query.of === "sent" ? 2 : 1;
    case "header":
      return 3;
    case "body":
    case "text":
    case "words":
      return 4;
    case "not":
      return queryCost(query.query);
    case "and":
    case "or":
      return Math.max(0, ...query.queries.map(queryCost));
    default:
      return 1;
  }
}
