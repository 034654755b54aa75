/** Two journeys laid beside each other: what both did, what only one did. Ids and times, which always differ, do not count. Pure. */
import { visibleSteps, type Step, type StepKind } from "./trace-tree.ts";

export type DiffRow = {
  readonly depth: number;
  readonly kind: StepKind;
  readonly a: Step | undefined;
  readonly b: Step | undefined;
};

/** Limit: the comparison of each with each is kept below a few million looks. */
const STEPS_MAX = 1_500;

type Line = { readonly step: Step; readonly depth: number; readonly key: string };

/** Rows in order: a step of both on one row, others on rows of their own. */
export function diffTraces(a: readonly Step[], b: readonly Step[]): DiffRow[] {
  const [left, right] = [linesOf(a), linesOf(b)];
  const lengths = commonLengths(left, right);
  const rows: DiffRow[] = [];
  const put = (one: Line | undefined, other: Line | undefined): void => {
    const line = one ?? other;
    if (line !== undefined)
      rows.push({ depth: line.depth, kind: line.step.kind, a: one?.step, b: other?.step });
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    if (one !== undefined && other !== undefined && one.key === other.key) {
      put(one, other);
      i += 1;
      j += 1;
    } else if (
      other === undefined ||
      (one !== undefined && lengthAt(lengths, i + 1, j) >= lengthAt(lengths, i, j + 1))
    ) {
      put(one, undefined);
      i += 1;
    } else {
      put(undefined, other);
      j += 1;
    }
  }
  return rows;
}

export function isSame({ a, b }: DiffRow): boolean {
  return a !== undefined && b !== undefined;
}

function linesOf(steps: readonly Step[]): Line[] {
  return visibleSteps(steps, () => false)
    .slice(0, STEPS_MAX)
    .map(({ step, depth }) => ({
      step,
      depth,
      key: `${depth} ${step.kind} ${plain(step.label)} ${plain(step.note)}`,
    }));
}

/** Queue ids, ports that were free, sizes and dates are another's each time. */
function plain(text: string): string {
  return text
    .replaceAll(/\b[0-9][0-9A-Z]{13}\b/g, "ID")
    .replaceAll(/(\d+\.\d+\.\d+\.\d+):\d{5}\b/g, "$1")
    .replaceAll(/\b(SIZE=|BDAT )\d+/g, "$1N")
    .replaceAll(/\b\d+ bytes(?:, \d+ lines)?/g, "N bytes")
    .replaceAll(/\bUID \d+/g, "UID N");
}

/** Longest common subsequence, from each place to the end. */
function commonLengths(left: readonly Line[], right: readonly Line[]): Uint16Array[] {
  const rows = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const same = left[i]?.key === right[j]?.key;
      const row = rows[i] as Uint16Array;
      row[j] = same
        ? lengthAt(rows, i + 1, j + 1) + 1
        : Math.max(lengthAt(rows, i + 1, j), lengthAt(rows, i, j + 1));
    }
  return rows;
}

function lengthAt(rows: readonly Uint16Array[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
