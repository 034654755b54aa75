/** Values as people read them: times, durations, sizes, counts. English, 24 hours, UTC where the lab's clock is meant. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "340 ms", "2.4 s", "3 m 20 s", "4 h 5 m", "5 d 2 h": two units at most. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? "−" : "";
  const size = Math.abs(ms);
  if (size < 1) return size === 0 ? "0 ms" : `${sign}${size.toFixed(2)} ms`;
  if (Math.round(size) < SECOND) return `${sign}${Math.round(size)} ms`;
  if (size < 10 * SECOND && size % SECOND !== 0) return `${sign}${trimZero((size / SECOND).toFixed(1))} s`;
  const seconds = Math.round(size / SECOND);
  const units: readonly [number, string][] = [
    [DAY / SECOND, "d"],
    [HOUR / SECOND, "h"],
    [MINUTE / SECOND, "m"],
    [1, "s"],
  ];
  const at = units.findIndex(([length]) => seconds >= length);
  const [length, name] = units[at] ?? [1, "s"];
  const next = units[at + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % length) / next[0]);
  return `${sign}${Math.floor(seconds / length)} ${name}${rest > 0 && next !== undefined ? ` ${rest} ${next[1]}` : ""}`;
}

/** "just now", "in 4 h", "3 m ago", then the date, seen from `now`. One unit. */
export function formatRelative(at: number, now: number): string {
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < 5 * SECOND) return "just now";
  if (size > 30 * DAY) return formatDate(at);
  const [length, name] =
    size < MINUTE ? [SECOND, "s"] : size < HOUR ? [MINUTE, "m"] : size < DAY ? [HOUR, "h"] : [DAY, "d"];
  const text = `${Math.floor(size / length)} ${name}`;
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

/** "2026-11-28". */
export function formatDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** "07:55:03", or with milliseconds "07:55:03.120". UTC. */
export function formatClock(at: number, { ms = false }: { ms?: boolean } = {}): string {
  return new Date(at).toISOString().slice(11, ms ? 23 : 19);
}

/** "Sat 28 Nov 2026, 07:55:03 UTC": exact, for titles and details. */
export function formatExact(at: number): string {
  const [weekday = "", day = "", month = "", year = ""] = new Date(at)
    .toUTCString()
    .replace(",", "")
    .split(" ");
  return `${weekday} ${Number(day)} ${month} ${year}, ${formatClock(at)} UTC`;
}

/** "512 B", "1.4 kB", "23 MB": powers of 1000, as mail sizes are quoted. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let size = bytes;
  let unit = "B";
  for (const next of ["kB", "MB", "GB", "TB"]) {
    if (size < 999.5) break;
    size /= 1_000;
    unit = next;
  }
  return `${trimZero(size < 9.95 ? size.toFixed(1) : size.toFixed(0))} ${unit}`;
}

/** "12,480". */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** "1 message", "1,204 messages", "2 replies" with `many` given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, "");
}
