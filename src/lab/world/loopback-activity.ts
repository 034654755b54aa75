/**
 * How busy the lab's sockets are, and when they have come to rest: before the lab's clock jumps, what is on its way
 * must have arrived. Counts only; it sees no bytes.
 */
import type { Clock } from "../../base/clock.ts";

export type LoopbackActivity = {
  /** Grows with each connection, chunk and datagram. */
  count: number;
  /** Connects and handshakes inside the lab that have begun and not ended. */
  pending: number;
};

/** Turns of the loop without anything happening: each looks at every socket once. */
const QUIET_TURNS = 4;
/** Real time without anything happening: room for a disk that is syncing. */
const QUIET_MS = 2;
/** Limit: a lab under endless traffic is never at rest; after this the clock moves on all the same. */
const SETTLE_MS_MAX = 5_000;

export type SettleOptions = {
  readonly activity: LoopbackActivity;
  /** The machine's own. */
  readonly clock: Clock;
  /** What the sockets cannot know: a queue at work, a write not yet synced. */
  readonly busy?: (() => boolean) | undefined;
  readonly quietMs?: number | undefined;
  readonly settleMsMax?: number | undefined;
};

/** The returned promise resolves once the lab is at rest; true, or false when the limit was reached first. */
export function createSettled(options: SettleOptions): () => Promise<boolean> {
  const { activity, clock, busy, quietMs = QUIET_MS, settleMsMax = SETTLE_MS_MAX } = options;
  return async () => {
    const startedAt = clock.now();
    let seen = activity.count;
    let quietSince = startedAt;
    let turns = 0;
    for (;;) {
      await nextTurn();
      const now = clock.now();
      if (activity.count !== seen || activity.pending > 0 || busy?.() === true) {
        seen = activity.count;
        quietSince = now;
        turns = 0;
      } else if (++turns >= QUIET_TURNS && now - quietSince >= quietMs) {
        return true;
      }
      if (now - startedAt >= settleMsMax) return false;
    }
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
