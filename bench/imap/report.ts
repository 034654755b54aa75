/** The IMAP bench as a table for people, and its goals as verdicts. */
import { formatTable, type Verdict } from "../report.ts";
import { median, ratios, spread } from "../statistics.ts";
import type { RowResult } from "./cases.ts";
import { MAILDIR, MDBOX, OURS } from "./contestants.ts";

/** How many times as good as `name` ours is, median of the rounds; undefined when one of them is missing. */
function timesOf(row: RowResult, name: string): number | undefined {
  const [ours, theirs] = [row.figures[OURS], row.figures[name]];
  if (ours === undefined || theirs === undefined) return undefined;
  const each = row.unit.better === "more" ? ratios(ours, theirs) : ratios(theirs, ours);
  return median(each.filter((ratio) => !Number.isNaN(ratio)));
}

/** Against whichever format does better in this row. */
function timesBest(row: RowResult): number | undefined {
  const times = [MAILDIR, MDBOX].map((name) => timesOf(row, name)).filter((value) => value !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function number(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function cell(values: readonly number[] | undefined): string {
  if (values === undefined) return "left out";
  const { median: middle, min, max } = spread(values);
  return values.length === 1 ? number(middle) : `${number(middle)} (${number(min)}–${number(max)})`;
}

function times(value: number | undefined): string {
  return value === undefined ? "" : `${value.toFixed(value >= 10 ? 0 : 2)} ×`;
}

function goalCell(row: RowResult): string {
  const best = timesBest(row);
  if (row.goal !== undefined && best !== undefined)
    return `${row.goal} × best: ${best >= row.goal ? "reached" : "NOT reached"}`;
  const ours = row.figures[OURS];
  if (row.limit === undefined || ours === undefined) return "";
  return `≤ ${row.limit} ${row.unit.name}: ${median(ours) <= row.limit ? "reached" : "NOT reached"}`;
}

/** Medians (least–most); ratios above 1 are in our favour. */
export function formatImap(rows: readonly RowResult[]): string {
  const head = ["messages", "what", "unit", OURS, MAILDIR, MDBOX, "to maildir", "to mdbox", "goal"];
  const lines = rows.map((row) => [
    row.messages === undefined ? "" : String(row.messages),
    row.title,
    row.unit.name,
    cell(row.figures[OURS]),
    cell(row.figures[MAILDIR]),
    cell(row.figures[MDBOX]),
    times(timesOf(row, MAILDIR)),
    times(timesOf(row, MDBOX)),
    goalCell(row),
  ]);
  return formatTable([head, ...lines]);
}

export function imapVerdicts(rows: readonly RowResult[]): Verdict[] {
  return rows.flatMap((row): Verdict[] => {
    const what = row.messages === undefined ? row.title : `${row.messages}: ${row.title}`;
    const ours = row.figures[OURS];
    if (ours === undefined) return [];
    if (row.limit !== undefined) {
      const value = median(ours);
      return [{ what: `${what}, ${row.unit.name}`, value, goal: row.limit, reached: value <= row.limit }];
    }
    const value = timesBest(row);
    if (row.goal === undefined || value === undefined) return [];
    return [{ what: `${what}, times Dovecot's best`, value, goal: row.goal, reached: value >= row.goal }];
  });
}
