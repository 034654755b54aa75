/** The next thing in a lab that a person would wait for: an attempt, a notice of delay, a return, the end of a fault. */
import type { QueueView } from "../../mta/queue/entry.ts";
import type { Lab } from "../lab.ts";

export type NextDue = {
  /** Lab time. */
  readonly at: number;
  readonly what: string;
  readonly host: string | undefined;
  readonly queueId: string | undefined;
};

/** Limit: addresses named of a message with many recipients. */
const NAMES_MAX = 2;

export function nextDue(lab: Lab): NextDue | undefined {
  const candidates = [nextOfQueues(lab), nextOfFaults(lab)].flatMap((one) => one ?? []);
  return candidates.sort((a, b) => a.at - b.at)[0];
}

function nextOfQueues(lab: Lab): NextDue | undefined {
  let first: { readonly at: number; readonly name: string } | undefined;
  for (const [name, { host }] of lab.hosts) {
    const at = host?.queue.nextDueAt();
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, name };
  }
  if (first === undefined) return undefined;
  const { at, name } = first;
  const list = lab.hosts.get(name)?.host?.queue.list() ?? [];
  const message = list.find(({ nextDueAt }) => nextDueAt === at);
  // Due now and in line to be worked on: it has no time of its own any more.
  if (message === undefined) return { at, what: "what is due now", host: name, queueId: undefined };
  return { at, what: whatHappens(message, at), host: name, queueId: message.id };
}

function whatHappens({ envelope, recipients, expiresAt }: QueueView, at: number): string {
  const tried = recipients.filter(({ state, until }) => state === "waiting" && until <= at);
  const [one] = tried;
  if (one === undefined) return `notice of delay to ${envelope.reversePath}`;
  const names = tried.slice(0, NAMES_MAX).map(({ recipient }) => recipient.address);
  const more = tried.length > NAMES_MAX ? ` and ${tried.length - NAMES_MAX} more` : "";
  const attempt = at >= expiresAt ? "last attempt" : `attempt ${one.attemptCount + 1}`;
  return `${attempt} to ${names.join(", ")}${more}`;
}

function nextOfFaults(lab: Lab): NextDue | undefined {
  const ends = lab.fault
    .list()
    .flatMap(({ id, at: place, endsAt: at, isOver }) =>
      at === undefined || isOver
        ? []
        : [{ at, what: `fault "${id}" at ${place} ends`, host: hostOf(place), queueId: undefined }],
    );
  return ends.sort((a, b) => a.at - b.at)[0];
}

function hostOf(place: string): string | undefined {
  return place.includes("->") ? undefined : place.split(".")[0];
}
