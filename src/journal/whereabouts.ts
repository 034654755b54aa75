/** "Where is the mail from X to Y?": what became of one journey, in sentences for a person. Pure. */
import type { Hop, RecipientResult, Trace } from "./journey.ts";

/** One for each recipient. Times are ISO 8601 to the second: the page writes them as its reader likes. */
export function whereabouts(trace: Trace): string[] {
  return trace.results.map((result) => sentence(trace, result));
}

function sentence(trace: Trace, result: RecipientResult): string {
  const { recipient, host, reply, status, nextAttemptAt } = result;
  const at = trace.hops.findLast((hop) => hop.host === host);
  const tries = attemptsFor(at, recipient);
  const said = reply === undefined || reply === "" ? "" : `: “${reply}”`;
  switch (result.result) {
    case "delivered":
      return `${recipient} has it: ${host} delivered it at ${time(endOf(at, recipient) ?? trace.endedAt)}${stored(at)}.`;
    case "relayed":
      return `${host} handed it on for ${recipient}, and the next server took it${said}. What became of it there, only that server knows.`;
    case "deferred":
      return `It waits at ${host} for ${recipient} after ${count(tries, "attempt")}${said}. ${next(nextAttemptAt)}`;
    case "queued":
      return `It is in the queue of ${host} for ${recipient}; no attempt has ended yet.`;
    case "held":
      return `It is held at ${host} for ${recipient}: somebody stopped it there, and it goes on when it is released.`;
    case "failed":
      return `It did not get to ${recipient}: ${host} gave up after ${count(tries, "attempt")}${status === undefined ? "" : ` (${status})`}${said}.${reported(trace)}`;
    case "expired":
      return `It did not get to ${recipient}: its time in the queue of ${host} ran out${said}.${reported(trace)}`;
    case "dropped":
      return `Somebody took it out of the queue of ${host}; ${recipient} does not get it, and nobody was told.`;
    case "refused":
      return `${host} refused it for ${recipient}${said}. It never was in a queue; the sender’s server knows.`;
    case "released":
      return `It was released at ${host} and goes on to ${recipient}.`;
  }
}

function attemptsFor(hop: Hop | undefined, recipient: string): number {
  return (hop?.attempts ?? []).filter(({ recipients }) => recipients.includes(recipient)).length;
}

function endOf(hop: Hop | undefined, recipient: string): number | undefined {
  const outcomes = (hop?.attempts ?? []).flatMap((attempt) => attempt.outcomes);
  return outcomes.findLast((outcome) => outcome.recipient === recipient)?.at;
}

function stored(hop: Hop | undefined): string {
  const end = hop?.ends.at(-1);
  if (end?.kind === "store") return ` into ${end.mailbox} of ${end.account}`;
  if (end?.kind === "drop") return ` into the file ${end.file}`;
  return end?.kind === "webhook" ? ` to ${end.url}` : "";
}

function next(at: number | undefined): string {
  return at === undefined ? "It is tried again." : `It is tried again at ${time(at)}.`;
}

function reported({ related }: Trace): string {
  return related.reports.length > 0 ? " The sender was told." : "";
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
