/**
 * Lengths of time as people write them: `250ms`, `30s`, `5m`, `1h30m`, `5d`. Always milliseconds inside.
 *
 *     duration = 1*( 1*DIGIT [ "." 1*DIGIT ] unit )        unit = "ms" / "s" / "m" / "h" / "d" / "w"
 */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

const MS_OF = new Map(UNITS);

/** Milliseconds, or undefined when the text is not a duration. A number alone is not: it has no unit. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * (MS_OF.get(unit) ?? 0);
  }
  return total;
}

/** The shortest text that says it to its two largest units: `5d`, `1h30m`, `1.2s`, `40ms`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10}s`;
  let rest = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    if (unit === "w" || unit === "ms") continue;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join("");
}
