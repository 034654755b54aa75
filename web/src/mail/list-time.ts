/** When a message came, in as few characters as tell it: the time today, the day this year, else the month and year. */

const TODAY = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const THIS_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const EARLIER = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });
const LONG = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });

export function listTime(at: number, now: number): string {
  const [then, present] = [new Date(at), new Date(now)];
  if (then.toDateString() === present.toDateString()) return TODAY.format(at);
  return (then.getFullYear() === present.getFullYear() ? THIS_YEAR : EARLIER).format(at);
}

/** In words, in the zone of whoever reads. */
export function longTime(at: number): string {
  return LONG.format(at);
}
