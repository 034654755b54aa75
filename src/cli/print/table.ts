/** Rows under headings, and a bar of progress. Pure; the last column gives way when the terminal is narrow. */
import { clip, printable } from "./style.ts";
import type { Style } from "./style.ts";

export type Column<Row> = {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly right?: boolean | undefined;
  /** Colour for the cell, given the row. */
  readonly paint?: ((row: Row) => (text: string) => string) | undefined;
};

const GAP = "  ";

/** Ends with a newline; `empty` is said when there are no rows. */
export function printTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
  empty = "nothing",
): string {
  if (rows.length === 0) return `${style.dim(empty)}\n`;
  const cells = rows.map((row) => columns.map((column) => printable(column.text(row))));
  const widths = columns.map((column, c) =>
    Math.max(column.title.length, ...cells.map((line) => line[c]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const last = widths.length - 1;
  widths[last] = Math.min(widths[last] ?? 0, Math.max(8, style.width - before));
  const fit = (text: string, c: number): string => {
    const width = widths[c] ?? 0;
    const cut = clip(text, width);
    return columns[c]?.right === true ? cut.padStart(width) : cut.padEnd(width);
  };
  const lines = [
    style.dim(
      columns
        .map((column, c) => fit(column.title, c))
        .join(GAP)
        .trimEnd(),
    ),
  ];
  for (const [r, line] of cells.entries()) {
    const painted = line.map((text, c) => {
      const paint = columns[c]?.paint?.(rows[r] as Row) ?? ((plain: string) => plain);
      return paint(c === last && columns[c]?.right !== true ? fit(text, c).trimEnd() : fit(text, c));
    });
    lines.push(painted.join(GAP).trimEnd());
  }
  return `${lines.join("\n")}\n`;
}

/** `[#####.....]  50 % label`, no newline; `done` from 0 to 1. */
export function progressBar(done: number, label: string, style: Style): string {
  const share = Math.min(1, Math.max(0, done));
  const room = Math.min(30, Math.max(10, style.width - label.length - 10));
  const full = Math.floor(share * room);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${style.good("#".repeat(full))}${".".repeat(room - full)}] ${percent} % ${label}`;
}
