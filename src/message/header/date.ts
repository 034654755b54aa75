/**
 * Date-time of RFC 5322 §3.3, both ways, with the obsolete forms of §4.3. Pure arithmetic: the machine's time zone
 * and clock play no part. What is no date gives undefined.
 *
 *     date-time = [ day-of-week "," ] date time [CFWS]
 *     date      = day month year
 *     time      = hour ":" minute [ ":" second ] zone
 */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  MONTHS.map((name, index) => [name.toLowerCase(), index]),
);

/** RFC 5322 §4.3: named zones in minutes east of UTC. Others (military, unknown) count as -0000. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ["UT", 0],
  ["GMT", 0],
  ["UTC", 0],
  ["Z", 0],
  ["EST", -300],
  ["EDT", -240],
  ["CST", -360],
  ["CDT", -300],
  ["MST", -420],
  ["MDT", -360],
  ["PST", -480],
  ["PDT", -420],
]);

// Limit: longer than any date with its comments; keeps a hostile header cheap.
const DATE_CHARACTERS_MAX = 200;

const DATE =
  /^(?:[A-Za-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[A-Za-z]*[\s-]+(\d{2,4})\s+(\d{1,2})\s*:\s*(\d{1,2})(?:\s*:\s*(\d{1,2})(?:\.\d{1,9})?)?(?:\s*([+-]\d{4}|[A-Za-z]{1,5}))?$/;

/** `Mon, 23 Nov 2026 22:27:29 +0000`. `ms` since 1970 UTC; the offset in minutes east of UTC. */
export function formatDate(ms: number, offsetMinutes = 0): string {
  const at = new Date(ms + offsetMinutes * 60_000);
  const east = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(east / 60))}${two(east % 60)}`;
  const date = `${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${String(at.getUTCFullYear()).padStart(4, "0")}`;
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${DAYS[at.getUTCDay()]}, ${date} ${time} ${zone}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

/** Milliseconds since 1970 UTC. A missing zone counts as UTC (RFC 5322 §4.3, -0000). */
export function parseDate(text: string): number | undefined {
  if (text.length > DATE_CHARACTERS_MAX) return undefined;
  const found = DATE.exec(withoutComments(text).trim());
  if (found === null) return undefined;
  const [, day = "", monthName = "", yearText = "", hour = "", minute = "", second = "0", zone = "+0000"] =
    found;
  const month = MONTH_NUMBERS.get(monthName.toLowerCase());
  if (month === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const year = fullYear(yearText);
  const midnight = Date.UTC(year, month, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return undefined; // 31 February
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Math.min(Number(second), 59);
  return midnight + seconds * 1000 - zoneMinutes(zone) * 60_000;
}

/** RFC 5322 §4.3: two digits below 50 are of this century, two or three digits else count from 1900. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return ZONES.get(zone.toUpperCase()) ?? 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** The text without `(comments)`, which may nest. */
export function withoutComments(text: string): string {
  if (!text.includes("(")) return text;
  let kept = "";
  let depth = 0;
  let from = 0; // of what stands outside and is not kept yet
  for (let i = text.indexOf("("); i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "\\" && depth > 0) i++;
    else if (character === "(") {
      if (depth++ === 0) kept += text.slice(from, i);
    } else if (character === ")" && depth > 0 && --depth === 0) {
      kept += " ";
      from = i + 1;
    }
  }
  return depth > 0 ? kept : kept + text.slice(from);
}
