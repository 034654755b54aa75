/** The SMTP bench as a table for people: medians, ranges, ratios, and whether each goal is reached. */
import { OURS, POSTFIX_DISK, POSTFIX_MEMORY, type SmtpResult } from "./smtp.ts";
import { median, ratios, spread } from "./statistics.ts";

export type Verdict = {
  readonly what: string;
  readonly value: number;
  readonly goal: number;
  readonly reached: boolean;
};

function perSecond(rates: readonly number[] | undefined): string {
  if (rates === undefined) return "left out";
  const { median: middle, min, max } = spread(rates);
  return `${Math.round(middle)} (${Math.round(min)}–${Math.round(max)})`;
}

function times(result: SmtpResult, other: string, goal: number | undefined): string {
  const theirs = result.rates[other];
  if (theirs === undefined) return "left out";
  const ratio = median(ratios(result.rates[OURS] ?? [], theirs));
  if (goal === undefined) return `${ratio.toFixed(1)} ×`;
  return `${ratio.toFixed(1)} × (goal ${goal}: ${ratio >= goal ? "reached" : "NOT reached"})`;
}

/** Messages a second: median (min–max) of the rounds; ratios are medians of each round's ratio. */
export function formatSmtp(results: readonly SmtpResult[]): string {
  const head = [
    "messages a second",
    "posthorn",
    "postfix",
    "postfix, memory",
    "to postfix",
    "to postfix, memory",
  ];
  const rows = results.map((result) => [
    result.title,
    perSecond(result.rates[OURS]),
    perSecond(result.rates[POSTFIX_DISK]),
    perSecond(result.rates[POSTFIX_MEMORY]),
    times(result, POSTFIX_DISK, result.goal?.disk),
    times(result, POSTFIX_MEMORY, result.goal?.memory),
  ]);
  return formatTable([head, ...rows]);
}

export function smtpVerdicts(results: readonly SmtpResult[]): Verdict[] {
  return results.flatMap((result) => {
    if (result.goal === undefined) return [];
    const against = [
      [POSTFIX_DISK, result.goal.disk],
      [POSTFIX_MEMORY, result.goal.memory],
    ] as const;
    return against.flatMap(([other, goal]) => {
      const theirs = result.rates[other];
      if (theirs === undefined) return [];
      const value = median(ratios(result.rates[OURS] ?? [], theirs));
      return [{ what: `${result.title}, times ${other}`, value, goal, reached: value >= goal }];
    });
  });
}

/** Columns as wide as their widest cell, the first row ruled off. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => "─".repeat(width)).join("  "), ...lines.slice(1)].join("\n");
}
