/**
 * The legal states of a recipient, and what leads from one to the next: the one table that the queue's code and
 * README.md follow. A move that is not in it is a bug, and throws.
 */

export type RecipientState =
  | "waiting" // until a time
  | "attempting" // on disk it still says "waiting"
  | "held" // until somebody releases it
  | "delivered"
  | "relayed"
  | "failed"
  | "expired"
  | "dropped";

export type QueueEvent =
  | "attempt"
  | "delivered"
  | "relayed"
  | "deferred"
  | "failed"
  | "expired"
  | "hold"
  | "release"
  | "drop";

export const TRANSITIONS: Readonly<
  Record<RecipientState, Readonly<Partial<Record<QueueEvent, RecipientState>>>>
> = {
  waiting: { attempt: "attempting", hold: "held", drop: "dropped" },
  attempting: {
    delivered: "delivered",
    relayed: "relayed",
    deferred: "waiting",
    failed: "failed",
    expired: "expired",
  },
  held: { release: "waiting", drop: "dropped" },
  delivered: {},
  relayed: {},
  failed: {},
  expired: {},
  dropped: {},
};

export function nextState(state: RecipientState, event: QueueEvent): RecipientState {
  const next = TRANSITIONS[state][event];
  if (next === undefined) throw new Error(`a recipient that is ${state} cannot take "${event}"`);
  return next;
}

/** Nothing leads out of it: its part of the message is done. */
export function isFinal(state: RecipientState): boolean {
  return state !== "waiting" && state !== "attempting" && state !== "held";
}
