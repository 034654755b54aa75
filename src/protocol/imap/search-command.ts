/** SEARCH, SORT, THREAD and ESEARCH as values (RFC 9051 §6.4.4, RFC 5256, RFC 5267, RFC 7377). */
import type { FetchItem } from "./fetch-command.ts";
import type { NotifyMailboxes } from "./notify-command.ts";
import type { SequenceSet } from "./sequence-set.ts";

/** Strings are the search's own words, decoded from its charset. Dates are ms since 1970 of the day's beginning, UTC. */
export type SearchKey =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly keys: readonly SearchKey[] }
  | { readonly kind: "not" | "fuzzy"; readonly key: SearchKey }
  | { readonly kind: "sequence"; readonly uid: boolean; readonly set: SequenceSet }
  | { readonly kind: "flag"; /** `\Seen`, or a keyword. */ readonly flag: string }
  | { readonly kind: "recent" | "old" | "new" | "savedatesupported" }
  | { readonly kind: "header"; readonly field: string; readonly text: string }
  | { readonly kind: "from" | "to" | "cc" | "bcc" | "subject" | "body" | "text"; readonly text: string }
  | {
      readonly kind:
        | "before"
        | "on"
        | "since"
        | "sentbefore"
        | "senton"
        | "sentsince"
        | "savedbefore"
        | "savedon"
        | "savedsince";
      readonly at: number;
    }
  /** RFC 5032: seconds before now. */
  | { readonly kind: "older" | "younger"; readonly seconds: number }
  | { readonly kind: "larger" | "smaller"; readonly sizeBytes: number }
  | { readonly kind: "modseq"; readonly modseq: number }
  | { readonly kind: "emailid" | "threadid"; readonly id: string };

export type SearchReturn = {
  readonly min: boolean;
  readonly max: boolean;
  readonly all: boolean;
  readonly count: boolean;
  readonly save: boolean;
  readonly context: boolean;
  readonly update: boolean;
  /** What UPDATE is to tell of a new message (RFC 5465 §7). */
  readonly updateItems: readonly FetchItem[];
  readonly partial: readonly [from: number, to: number] | undefined;
  /** RFC 6203 §4: a score for each result. Only beside a FUZZY key. */
  readonly relevancy: boolean;
};

/** RFC 7377 §2.2: what NOTIFY can name, and a mailbox with those just below it. */
export type SearchSource =
  | NotifyMailboxes
  | { readonly kind: "subtree-one"; readonly names: readonly string[] };

export type SortKey = {
  readonly by:
    | "arrival"
    | "cc"
    | "date"
    | "from"
    | "size"
    | "subject"
    | "to"
    | "displayfrom"
    | "displayto"
    | "relevancy";
  readonly reverse: boolean;
};

type Searching = {
  readonly uid: boolean;
  readonly charset: string | undefined;
  readonly key: SearchKey;
};

export type SearchCommands =
  | (Searching & {
      readonly name: "search";
      /** Undefined: the answer is `* SEARCH`, unless IMAP4rev2 is enabled. */
      readonly return: SearchReturn | undefined;
    })
  | (Searching & {
      readonly name: "sort";
      readonly return: SearchReturn | undefined;
      readonly order: readonly SortKey[];
    })
  | (Searching & { readonly name: "thread"; readonly algorithm: string })
  | (Searching & {
      readonly name: "esearch";
      readonly in: readonly SearchSource[];
      readonly return: SearchReturn;
    })
  | { readonly name: "cancelupdate"; readonly tags: readonly string[] };
