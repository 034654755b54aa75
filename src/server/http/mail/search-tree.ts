/** A search as understood, and what it asks of one mailbox: `in:` is answered here, the rest by the store. */
import type { SearchQuery } from "../../../store/search/query.ts";
import type { Mailbox } from "../../../store/account-mail.ts";
import { roleOf } from "./mailboxes.ts";

export type SearchTree =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly of: readonly SearchTree[] }
  | { readonly kind: "not"; readonly of: SearchTree }
  /** In what a person reads of a message: names, subject, text. */
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "in"; readonly place: string }
  | { readonly kind: "query"; readonly query: SearchQuery };

/** What an operator may need to know. */
export type SearchContext = {
  readonly now: number;
  /** `from:me`. */
  readonly me: string;
  /** By whose calendar a day begins: `Europe/Berlin`. */
  readonly zone: string;
};

const ALL: SearchQuery = { kind: "all" };
const NONE: SearchQuery = { kind: "none" };

/** Whether it says itself where to look. */
export function namesPlaces(tree: SearchTree): boolean {
  if (tree.kind === "and" || tree.kind === "or") return tree.of.some(namesPlaces);
  return tree.kind === "not" ? namesPlaces(tree.of) : tree.kind === "in";
}

/** "none" when nothing in that mailbox can match. */
export function queryIn(tree: SearchTree, mailbox: Mailbox): SearchQuery {
  switch (tree.kind) {
    case "all":
      return ALL;
    case "and": {
      const queries = tree.of.map((one) => queryIn(one, mailbox)).filter(({ kind }) => kind !== "all");
      if (queries.some(({ kind }) => kind === "none")) return NONE;
      return joined("and", queries, ALL);
    }
    case "or": {
      const queries = tree.of.map((one) => queryIn(one, mailbox)).filter(({ kind }) => kind !== "none");
      if (queries.some(({ kind }) => kind === "all")) return ALL;
      return joined("or", queries, NONE);
    }
    case "not": {
      const query = queryIn(tree.of, mailbox);
      return query.kind === "all" ? NONE : query.kind === "none" ? ALL : { kind: "not", query };
    }
    case "words":
      return { kind: "words", text: tree.text };
    case "in":
      return isPlace(tree.place, mailbox) ? ALL : NONE;
    case "query":
      return tree.query;
  }
}

function joined(kind: "and" | "or", queries: readonly SearchQuery[], empty: SearchQuery): SearchQuery {
  const [only] = queries;
  if (only === undefined) return empty;
  return queries.length === 1 ? only : { kind, queries };
}

/** A role, a whole name, or the name of the last level, in any case. */
function isPlace(place: string, mailbox: Mailbox): boolean {
  const wanted = place.normalize("NFC").toLowerCase();
  const name = mailbox.name.toLowerCase();
  return (
    wanted === "anywhere" || wanted === roleOf(mailbox) || wanted === name || name.endsWith(`/${wanted}`)
  );
}
