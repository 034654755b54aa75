/**
 * Greylisting (RFC 6647): a stranger's first attempt is put off; who comes back after the wait is known from then on.
 * What is remembered is bounded and lost on a restart, which costs a sender one more retry and no mail.
 */
import type { Clock } from "../../base/clock.ts";
import { parseIpv4 } from "../../base/ip.ts";

/** Limit: triplets remembered; the oldest goes first. */
const TRIPLETS_MAX = 50_000;
/** A first attempt not followed up within this time is forgotten; a known sender is remembered this long. */
const REMEMBER_MS = 36 * 86_400_000;

export type Greylist = {
  /** Milliseconds this triplet still has to wait; 0 when it may pass. */
  waitMs(address: string, reversePath: string, recipient: string, delayMs: number): number;
};

export function createGreylist(clock: Clock): Greylist {
  const firstSeen = new Map<string, number>();
  return {
    waitMs(address, reversePath, recipient, delayMs) {
      const key = `${networkOf(address)} ${reversePath.toLowerCase()} ${recipient.toLowerCase()}`;
      const now = clock.now();
      const first = firstSeen.get(key);
      if (first !== undefined && now - first < REMEMBER_MS) return Math.max(0, first + delayMs - now);
      firstSeen.set(key, now);
      if (firstSeen.size > TRIPLETS_MAX) firstSeen.delete(firstSeen.keys().next().value ?? "");
      return delayMs;
    },
  };
}

/** Large senders retry from a neighbouring address: a /24 counts as one (RFC 6647 §4.1). */
function networkOf(address: string): string {
  return parseIpv4(address) === undefined
    ? address.split(":").slice(0, 4).join(":")
    : address.split(".").slice(0, 3).join(".");
}
