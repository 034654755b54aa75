/** Messages of one client address within an hour, as a bucket that refills evenly. Bounded. */
import type { Clock } from "../../base/clock.ts";

const HOUR_MS = 3_600_000;
/** Limit: addresses remembered; the one longest unheard goes first, and starts afresh. */
const ADDRESSES_MAX = 10_000;

export type RateLimit = {
  /** Takes one message from the address's allowance; false when there is none left. */
  take(address: string, perHour: number): boolean;
};

export function createRateLimit(clock: Clock): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(address, perHour) {
      const now = clock.now();
      const bucket = buckets.get(address) ?? { tokens: perHour, at: now };
      const refilled = Math.min(perHour, bucket.tokens + ((now - bucket.at) / HOUR_MS) * perHour);
      const allowed = refilled >= 1;
      buckets.delete(address);
      buckets.set(address, { tokens: allowed ? refilled - 1 : refilled, at: now });
      if (buckets.size > ADDRESSES_MAX) buckets.delete(buckets.keys().next().value ?? "");
      return allowed;
    },
  };
}
