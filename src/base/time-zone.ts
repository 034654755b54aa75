/** When a day begins where somebody lives, by the time zones of IANA that the runtime knows. Pure. */

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** `Europe/Berlin`, `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/**
 * The first instant of a calendar day there, in ms since 1970 UTC; months and days count on as in `Date.UTC`. Where clocks
 * jump over midnight the day begins with the jump, where midnight comes twice with the first.
 */
export function startOfDay(timeZone: string, year: number, month: number, day: number): number {
  const wall = Date.UTC(year, month - 1, day);
  const wallAt = wallClock(timeZone);
  // Whatever changed around that day, one of these offsets was in force as it began.
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => wallAt(at) - at);
  const begins = offsets.map((offset) => wall - offset).filter((at) => wallAt(at) >= wall);
  return Math.min(...begins);
}

/** What a clock on the wall there shows at an instant, as if it were UTC; to the second, as offsets once were. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const [month, hour] = [part("month") - 1, part("hour")];
    const seconds = Date.UTC(part("year"), month, part("day"), hour, part("minute"), part("second"));
    return seconds + (((at % SECOND_MS) + SECOND_MS) % SECOND_MS);
  };
}
