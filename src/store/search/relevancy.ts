/**
 * How well a message answers a fuzzy search (RFC 6203 §4): 20 for holding the words somewhere, 40 more for holding them
 * as they were written, side by side, and 40 more for holding them where people look first, in the subject. Never throws.
 */
import { rangesOf } from "../../base/number-ranges.ts";
import { search, type SearchParts } from "./evaluate.ts";
import { fuzzy, type SearchQuery } from "./query.ts";

const FOUND = 20;
const AS_WRITTEN = 40;
const IN_SUBJECT = 40;
/** RFC 6203 §4: the best there is; what has no words to be fuzzy about matches as well as can be. */
const BEST = 100;

/** A query with words in it, before it was made fuzzy. */
export type Worded = Extract<SearchQuery, { readonly text: string }>;

/** For each of `rows` of the table; `asked` are the fuzzy keys. */
export async function relevancyScores(
  rows: readonly number[],
  asked: readonly Worded[],
  parts: SearchParts,
): Promise<number[]> {
  if (asked.length === 0) return rows.map(() => BEST);
  const among: SearchQuery = {
    kind: "uids",
    uids: rangesOf(rows.map((row) => parts.table.uids[row] as number)),
  };
  const inSubject = asked.map(({ text }) => fuzzy({ kind: "subject", text }));
  const written = await search({ kind: "and", queries: [among, ...asked] }, parts);
  const subject = await search({ kind: "and", queries: [among, ...inSubject] }, parts);
  return rows.map(
    (row) => FOUND + (written[row] === 1 ? AS_WRITTEN : 0) + (subject[row] === 1 ? IN_SUBJECT : 0),
  );
}
