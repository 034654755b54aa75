/**
 * Time as places on a bar, from 0 to 1, with long waits folded: a message that is tried again after four hours must not
 * make everything else a hair's breadth. Pure.
 */

export type Interval = { readonly start: number; readonly end: number };
/** A folded wait: where it is drawn, and how long it was. */
export type Fold = { readonly from: number; readonly to: number; readonly ms: number };
export type TimeScale = {
  place(at: number): number;
  readonly folds: readonly Fold[];
  readonly activeMs: number;
};

/** Share of the bar that one folded wait takes. */
const FOLD_SHARE = 0.05;
/** Limit: all folds together leave this much for what happened. */
const ACTIVE_SHARE_MIN = 0.5;
/** A wait shorter than this is never folded. */
const FOLD_MS_MIN = 1_000;

type Piece = { readonly start: number; readonly end: number; readonly isWait: boolean };

export function timeScale(intervals: readonly Interval[]): TimeScale {
  const pieces = piecesOf(intervals);
  const activeMs = pieces.reduce((sum, { start, end, isWait }) => sum + (isWait ? 0 : end - start), 0);
  const waits = pieces.filter(({ isWait }) => isWait).length;
  const foldShare = waits === 0 ? 0 : Math.min(FOLD_SHARE, (1 - ACTIVE_SHARE_MIN) / waits);
  const perMs = activeMs === 0 ? 0 : (1 - foldShare * waits) / activeMs;
  const placed: (Piece & { readonly from: number; readonly to: number })[] = [];
  let at = 0;
  for (const piece of pieces) {
    const width = piece.isWait ? foldShare : (piece.end - piece.start) * perMs;
    placed.push({ ...piece, from: at, to: at + width });
    at += width;
  }
  return {
    activeMs,
    folds: placed.flatMap(({ isWait, from, to, start, end }) =>
      isWait ? [{ from, to, ms: end - start }] : [],
    ),
    place(time) {
      const piece = placed.find(({ end }) => time <= end) ?? placed.at(-1);
      if (piece === undefined) return 0;
      const length = piece.end - piece.start;
      const share = length === 0 ? 0 : Math.min(1, Math.max(0, (time - piece.start) / length));
      return piece.from + share * (piece.to - piece.from);
    },
  };
}

/** What happened, in order and joined where it overlaps, and the long waits between. */
function piecesOf(intervals: readonly Interval[]): Piece[] {
  const sorted = [...intervals].sort((a, b) => a.start - b.start);
  const pieces: { start: number; end: number; isWait: boolean }[] = [];
  for (const { start, end } of sorted) {
    const last = pieces.at(-1);
    if (last === undefined || start - last.end > FOLD_MS_MIN) {
      if (last !== undefined) pieces.push({ start: last.end, end: start, isWait: true });
      pieces.push({ start, end: Math.max(start, end), isWait: false });
    } else last.end = Math.max(last.end, end);
  }
  return pieces;
}
