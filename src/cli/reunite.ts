/** A journey as it came over HTTP, made whole again. Pure. */
import type { Conversation } from "../journal/conversation.ts";
import type { Trace } from "../journal/trace.ts";

/**
 * A journey that came as JSON has each conversation twice: where it was sent from and where it arrived. Printing shows
 * each once, so equal ones become one again.
 */
export function reunite(trace: Trace): Trace {
  const seen = new Map<string, Conversation>();
  const one = (talk: Conversation): Conversation => {
    const key = `${talk.connection} ${talk.earlier} ${talk.items.map(({ event }) => event.id).join()}`;
    const known = seen.get(key) ?? talk;
    seen.set(key, known);
    return known;
  };
  return {
    ...trace,
    hops: trace.hops.map((hop) => ({
      ...hop,
      arrival: hop.arrival === undefined ? undefined : one(hop.arrival),
      attempts: hop.attempts.map((attempt) => ({
        ...attempt,
        conversations: attempt.conversations.map(one),
      })),
    })),
  };
}
