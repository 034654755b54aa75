/** What a client's sequence set means in its view: rows, and UIDs (RFC 9051 §9). */
import { addAscending, normalRanges, type NumberRanges } from "../../base/number-ranges.ts";
import { STAR, type SequenceSet } from "../../protocol/imap/sequence-set.ts";
import type { Selected } from "./session.ts";

/** Rows of the view, from 0, as ranges; undefined when a sequence number is not in the mailbox. */
export function rowsOf(selected: Selected, set: SequenceSet, uid: boolean): NumberRanges | undefined {
  const { view } = selected;
  if (set.kind === "saved") return rowsOfUids(selected, selected.saved);
  const { length } = view;
  if (uid) {
    const last = length === 0 ? 0 : (view.uids[length - 1] as number);
    return rowsOfUids(
      selected,
      normalRanges(set.pairs.map(([a, b]) => [a === STAR ? last : a, b === STAR ? last : b])),
    );
  }
  const pairs: [number, number][] = [];
  for (const [a, b] of set.pairs) {
    // Lenient: "1:*" of an empty mailbox is nothing, not an error: programs ask it before they look.
    if (length === 0 && (a === STAR || b === STAR)) continue;
    const from = a === STAR ? length : a;
    const to = b === STAR ? length : b;
    if (from > length || to > length) return undefined;
    pairs.push([from - 1, to - 1]);
  }
  return normalRanges(pairs);
}

export function rowsOfUids({ view }: Selected, uids: NumberRanges): number[] {
  const rows: number[] = [];
  for (let i = 0; i < uids.length; i += 2) {
    const from = view.rowFrom(uids[i] as number);
    const after = view.rowFrom((uids[i + 1] as number) + 1);
    if (after <= from) continue;
    const end = rows.length - 1;
    if (end > 0 && rows[end] === from - 1) rows[end] = after - 1;
    else rows.push(from, after - 1);
  }
  return rows;
}

/** UIDs of the view that a set names; ones that nobody has are left out. */
export function uidsIn(selected: Selected, rows: NumberRanges): NumberRanges {
  const { view } = selected;
  if (rows.length === 2 && rows[0] === 0 && rows[1] === view.length - 1) {
    // All of them: what lies between is nobody's, so one range says the same.
    return [view.uids[0] as number, view.uids[view.length - 1] as number];
  }
  return view.uidsOf(rows);
}

/** Those of `rows` that somebody else has expunged meanwhile. */
export function goneRows({ view }: Selected, rows: NumberRanges): number[] {
  const gone: number[] = [];
  if (view.isAligned) return gone;
  for (let i = 0; i < rows.length; i += 2) {
    for (let row = rows[i] as number; row <= (rows[i + 1] as number); row++)
      if (view.tableRow(row) < 0) addAscending(gone, row);
  }
  return gone;
}
