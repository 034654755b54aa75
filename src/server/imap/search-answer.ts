/** How a search's result is said: the old `* SEARCH`, or ESEARCH with just what was asked for (RFC 4731, RFC 9394). */
import { formatRanges, rangesOf } from "../../base/number-ranges.ts";
import type { SearchReturn } from "../../protocol/imap/search-command.ts";
import type { ImapSession, Selected } from "./session.ts";

export type SearchResult = {
  readonly tag: string;
  readonly uid: boolean;
  /** Rows of the view in the order of the answer. */
  readonly rows: readonly number[];
  /** Of the view; sorted results are not ascending. */
  readonly sorted: boolean;
  /** The highest mod-sequence among them, when MODSEQ was asked for. */
  readonly modseq: number | undefined;
  /** RFC 6203 §4: of each row, in the same order, when RELEVANCY was asked for. */
  readonly scores?: readonly number[] | undefined;
};

/** `* SEARCH 2 5 (MODSEQ 917)`; `word` is SEARCH or SORT. */
export function sayOldResult(
  session: ImapSession,
  selected: Selected,
  word: string,
  result: SearchResult,
): void {
  const { writer } = session.output;
  writer.raw(`* ${word}`);
  const { uids } = selected.view;
  for (const row of result.rows) writer.raw(" ").number(result.uid ? (uids[row] as number) : row + 1);
  if (result.modseq !== undefined && result.rows.length > 0) {
    writer.raw(" (MODSEQ ").number(result.modseq).raw(")");
  }
  writer.raw("\r\n");
}

export function sayResult(
  session: ImapSession,
  selected: Selected,
  wanted: SearchReturn,
  result: SearchResult,
): void {
  const { writer } = session.output;
  const numbers = numbersOf(selected, result);
  writer
    .raw("* ESEARCH (TAG ")
    .string(result.tag)
    .raw(result.uid ? ") UID" : ")");
  sayItems(session, wanted, numbers, result);
  writer.raw("\r\n");
}

/** MIN and MAX of a sorted result are its first and last (RFC 5267 §3.1). */
export function sayItems(
  session: ImapSession,
  wanted: SearchReturn,
  numbers: readonly number[],
  { sorted, modseq, scores }: Pick<SearchResult, "sorted" | "modseq" | "scores">,
): void {
  const { writer } = session.output;
  const [first] = numbers;
  const last = numbers.at(-1);
  if (wanted.min && first !== undefined) writer.raw(" MIN ").number(first);
  if (wanted.max && last !== undefined) writer.raw(" MAX ").number(last);
  if (wanted.count) writer.raw(" COUNT ").number(numbers.length);
  if (wanted.all && numbers.length > 0) writer.raw(" ALL ").raw(formatSet(numbers, sorted));
  if (wanted.partial !== undefined) {
    const part = partOf(numbers, wanted.partial);
    writer.raw(
      ` PARTIAL (${wanted.partial.join(":")} ${part.length === 0 ? "NIL" : formatSet(part, sorted)})`,
    );
  }
  if (scores !== undefined && scores.length > 0) {
    const told = wanted.partial === undefined || wanted.all ? scores : partOf(scores, wanted.partial);
    writer.raw(` RELEVANCY (${told.join(" ")})`);
  }
  if (modseq !== undefined && numbers.length > 0) writer.raw(" MODSEQ ").number(modseq);
}

export function numbersOf({ view }: Selected, { rows, uid }: Pick<SearchResult, "rows" | "uid">): number[] {
  return rows.map((row) => (uid ? (view.uids[row] as number) : row + 1));
}

/** Positions from 1, or from the end with negative ones (RFC 9394 §3.1). */
export function partOf<T>(all: readonly T[], [a, b]: readonly [number, number]): readonly T[] {
  if (a > 0) return all.slice(Math.min(a, b) - 1, Math.max(a, b));
  const far = Math.min(a, b);
  const near = Math.max(a, b);
  return all.slice(Math.max(0, all.length + far), Math.max(0, all.length + near + 1));
}

/** A sorted result keeps its order: a set that is read from left to right (RFC 5267 §3). */
function formatSet(numbers: readonly number[], sorted: boolean): string {
  if (!sorted) return formatRanges(rangesOf(numbers));
  const pieces: string[] = [];
  for (let i = 0; i < numbers.length;) {
    const from = numbers[i] as number;
    let end = i;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end++;
    const to = numbers[end] as number;
    pieces.push(from === to ? String(from) : `${from}:${to}`);
    i = end + 1;
  }
  return pieces.join(",");
}
