/** The day that a Date field names, in the sender's own zone: searches by sent date disregard time and zone (RFC 9051 §6.4.4). */
import { parseDate } from "../../message/header/date.ts";

const DAY_MS = 86_400_000;

/** Midnight of that day as if it were UTC; undefined when there is no date. */
export function sentDay(date: string | undefined): number | undefined {
  if (date === undefined) return undefined;
  const at = parseDate(date);
  if (at === undefined) return undefined;
  const zone = /([+-])(\d\d)(\d\d)\s*(?:\(.*)?$/.exec(date);
  const minutes = zone === null ? 0 : (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  return Math.floor((at + minutes * 60_000) / DAY_MS) * DAY_MS;
}
