/**
 * INTERNALDATE and its kin (RFC 9051 §9).
 *
 *     date-time  = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 *     date       = date-text / DQUOTE date-text DQUOTE       ; 1-Feb-1994
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Milliseconds since 1970 UTC; undefined when there is no such moment. */
export function parseDateTime(text: string): number | undefined {
  const parts = /^([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, day = "", month = "", year = "", hour = "", minute = "", second = ""] = parts;
  const [, , , , , , , sign = "", zoneHours = "", zoneMinutes = ""] = parts;
  const midnight = dayStart(Number(day), month, Number(year));
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 - zoneMs;
}

/** The beginning of a day, UTC. */
export function parseDate(text: string): number | undefined {
  const parts = /^(\d{1,2})-(\w{3})-(\d{4})$/.exec(text);
  return parts === null ? undefined : dayStart(Number(parts[1]), parts[2] ?? "", Number(parts[3]));
}

/** `17-Jul-1996 02:44:25 +0000`; a day below 10 has a space in front. */
export function formatDateTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = String(date.getUTCDate()).padStart(2, " ");
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day}-${MONTHS[date.getUTCMonth()]}-${year} ${time} +0000`;
}

function dayStart(day: number, monthName: string, year: number): number | undefined {
  const month = MONTHS.findIndex((name) => name.toLowerCase() === monthName.toLowerCase());
  const at = new Date(0);
  at.setUTCFullYear(year, month, day);
  return month < 0 || at.getUTCMonth() !== month || at.getUTCDate() !== day ? undefined : at.getTime();
}
