/**
 * A set of whole numbers as ascending, disjoint ranges: UIDs, sequence numbers, ids. A mailbox of 100,000 messages is
 * one pair of numbers; formatting is that of a sequence-set (RFC 9051 §9). Immutable; built by ascending additions.
 */

/** `[from, to, from, to, …]`, both ends inside, ascending, never touching. */
export type NumberRanges = readonly number[];

export const NO_NUMBERS: NumberRanges = [];

/** Any numbers, in any order, repeated or not. */
export function rangesOf(numbers: Iterable<number>): number[] {
  const builder: number[] = [];
  let sorted = true;
  let last = -1;
  const all: number[] = [];
  for (const number of numbers) {
    if (number < last) sorted = false;
    last = number;
    all.push(number);
  }
  if (!sorted) all.sort((a, b) => a - b);
  for (const number of all) addAscending(builder, number);
  return builder;
}

/** Adds a number that is not below those already there; for building a set in order. */
export function addAscending(ranges: number[], number: number): void {
  const end = ranges.length - 1;
  const last = ranges[end];
  if (last === undefined || number > last + 1) ranges.push(number, number);
  else if (number === last + 1) ranges[end] = number;
}

/** Pairs in any order, overlapping or not, either end first: as a client writes them. */
export function normalRanges(pairs: readonly (readonly [number, number])[]): number[] {
  const sorted = pairs
    .map(([a, b]) => (a <= b ? ([a, b] as const) : ([b, a] as const)))
    .sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [from, to] of sorted) {
    const end = result.length - 1;
    const last = result[end];
    if (last === undefined || from > last + 1) result.push(from, to);
    else if (to > last) result[end] = to;
  }
  return result;
}

export function countNumbers(ranges: NumberRanges): number {
  let count = 0;
  for (let i = 0; i < ranges.length; i += 2) count += (ranges[i + 1] as number) - (ranges[i] as number) + 1;
  return count;
}

export function hasNumber(ranges: NumberRanges, number: number): boolean {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (number < (ranges[middle * 2] as number)) high = middle - 1;
    else if (number > (ranges[middle * 2 + 1] as number)) low = middle + 1;
    else return true;
  }
  return false;
}

export function* eachNumber(ranges: NumberRanges): Generator<number> {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let n = ranges[i] as number; n <= (ranges[i + 1] as number); n++) yield n;
  }
}

export function unionRanges(a: NumberRanges, b: NumberRanges): number[] {
  return normalRanges([...pairsOf(a), ...pairsOf(b)]);
}

export function intersectRanges(a: NumberRanges, b: NumberRanges): number[] {
  const result: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const from = Math.max(a[i] as number, b[j] as number);
    const to = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (from <= to) result.push(from, to);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return result;
}

/** What of `a` is not in `b`. */
export function withoutRanges(a: NumberRanges, b: NumberRanges): number[] {
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i] as number;
    const to = a[i + 1] as number;
    while (j < b.length && (b[j + 1] as number) < from) j += 2;
    for (let k = j; k < b.length && (b[k] as number) <= to; k += 2) {
      if ((b[k] as number) > from) result.push(from, (b[k] as number) - 1);
      from = Math.max(from, (b[k + 1] as number) + 1);
    }
    if (from <= to) result.push(from, to);
  }
  return result;
}

export function pairsOf(ranges: NumberRanges): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] as number, ranges[i + 1] as number]);
  return pairs;
}

/** `1:3,5`; empty for an empty set, which a sequence-set has no form for. */
export function formatRanges(ranges: NumberRanges): string {
  let text = "";
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] as number;
    const to = ranges[i + 1] as number;
    text += `${text === "" ? "" : ","}${from === to ? from : `${from}:${to}`}`;
  }
  return text;
}
