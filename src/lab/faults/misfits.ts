/** Which matchers and actions make sense at which place: a table, and the complaints of a fault that asks for others. Pure. */
import type { InterceptPoint } from "../../protocol/smtp/interception.ts";
import { formatFaultPlace, type FaultPlace } from "./fault-place.ts";
import type { FaultShape } from "./schema.ts";

type Matcher = keyof FaultShape["when"];
type Action = keyof FaultShape["do"];
type Misfit = { readonly path: readonly string[]; readonly message: string };

const COUNTERS = ["n", "every", "until", "chance"] as const satisfies readonly Matcher[];

/** What the server knows when a conversation has come this far. */
const KNOWN_AT: Readonly<Record<InterceptPoint, readonly Matcher[]>> = {
  CONNECT: [],
  EHLO: [],
  STARTTLS: [],
  AUTH: [],
  MAIL: ["from", "size"],
  RCPT: ["from", "to"],
  DATA: ["from"],
  EOD: ["from", "to", "size", "subject"],
  QUIT: [],
};

const SMTP_ACTIONS: readonly Action[] = [
  "reply",
  "delay",
  "drop",
  "reset",
  "blackhole",
  "throttle",
  "slice",
  "ratelimit",
  "for",
];
const LINK_ACTIONS: readonly Action[] = [
  "delay",
  "drop",
  "reset",
  "down",
  "blackhole",
  "throttle",
  "slice",
  "limit",
  "tls",
  "ratelimit",
  "for",
];
const DNS_ACTIONS: readonly Action[] = ["rcode", "truncate", "wrong", "delay", "drop", "ratelimit", "for"];

/** Actions that exclude each other. */
export const ENDS: readonly Action[] = ["reply", "drop", "reset", "down", "blackhole"];
export const ANSWERS: readonly Action[] = ["rcode", "truncate", "wrong", "delay", "drop"];

/** Everything about a fault that cannot work, each with what can. */
export function faultMisfits({ at, when, do: what }: FaultShape): Misfit[] {
  const misfits: Misfit[] = [];
  const place = formatFaultPlace(at);
  const matchers: readonly string[] = matchersAt(at);
  for (const [key, value] of Object.entries(when)) {
    if (value === undefined || matchers.includes(key)) continue;
    const message = `${place} cannot match on ${key}; it can on: ${matchers.join(", ")}`;
    misfits.push({ path: ["when", key], message });
  }
  const actions: readonly string[] = actionsAt(at);
  const given = Object.entries(what).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  for (const key of given) {
    if (actions.includes(key)) continue;
    const message = `${place} cannot ${key}; it can: ${actions.join(", ")}`;
    misfits.push({ path: ["do", key], message });
  }
  // A rate limit alone has an answer of its own.
  if (given.every((key) => key === "for"))
    misfits.push({ path: ["do"], message: `does nothing; ${place} can: ${actions.join(", ")}` });
  const group: readonly string[] = at.kind === "dns" ? ANSWERS : ENDS;
  const rivals = given.filter((key) => group.includes(key));
  if (rivals.length > 1)
    misfits.push({ path: ["do"], message: `${rivals.join(" and ")} exclude each other: keep one` });
  return misfits;
}

/** What `when` may ask at a place. */
export function matchersAt(at: FaultPlace): readonly Matcher[] {
  if (at.kind === "smtp") return [...COUNTERS, ...KNOWN_AT[at.point]];
  return at.kind === "dns" ? [...COUNTERS, "query"] : COUNTERS;
}

/** What `do` may do at a place. */
export function actionsAt(at: FaultPlace): readonly Action[] {
  if (at.kind === "dns") return DNS_ACTIONS;
  if (at.kind !== "smtp") return LINK_ACTIONS;
  return at.point === "EHLO" || at.point === "CONNECT" ? [...SMTP_ACTIONS, "hide"] : SMTP_ACTIONS;
}
