/**
 * Clients that err again and again: first slowed, then turned away for a while. Counts are kept for each address,
 * halve every half hour, and are bounded; the least recently seen address is forgotten first.
 */
import type { Clock } from "../../base/clock.ts";
import type { PolicySettings } from "../../settings/host-settings.ts";

/** Limit: addresses remembered; each takes some 100 bytes. */
const ADDRESSES_MAX = 10_000;
const HALF_LIFE_MS = 30 * 60_000;
/** Each error past the threshold adds a second, up to this: longer only ties up our own sockets. */
const DELAY_MS_MAX = 10_000;

export type Misbehaviour = {
  /** Counts one error. */
  erred(address: string): void;
  /** How long the next refusal to this address is held back. */
  delayMs(address: string): number;
  /** The time until which it is turned away; undefined when it is not. */
  bannedUntil(address: string): number | undefined;
  /** All that are turned away now. */
  banned(): readonly Ban[];
  /** Forgets what this address did, or all of them. False when there was nothing. */
  forgive(address?: string): boolean;
};

/** `until`: ms since 1970 UTC. */
export type Ban = { readonly address: string; readonly until: number };

type Record = { errors: number; at: number; bannedUntil: number };

export function createMisbehaviour(
  clock: Clock,
  settings: () => PolicySettings["misbehaviour"],
): Misbehaviour {
  const records = new Map<string, Record>();

  function recordOf(address: string): Record | undefined {
    const record = records.get(address);
    if (record === undefined) return undefined;
    const now = clock.now();
    record.errors *= 0.5 ** ((now - record.at) / HALF_LIFE_MS);
    record.at = now;
    return record;
  }

  return {
    erred(address) {
      const record = recordOf(address) ?? { errors: 0, at: clock.now(), bannedUntil: 0 };
      record.errors += 1;
      const { banAfter, banFor } = settings();
      if (Math.ceil(record.errors) >= banAfter) {
        record.bannedUntil = clock.now() + banFor;
        record.errors = 0;
      }
      records.delete(address);
      records.set(address, record);
      if (records.size > ADDRESSES_MAX) records.delete(records.keys().next().value ?? "");
    },
    delayMs(address) {
      const record = records.size === 0 ? undefined : recordOf(address);
      // Rounded up, as for a ban: an error of this moment counts whole, though a little of it is forgotten already.
      const excess = Math.ceil(record?.errors ?? 0) - settings().slowAfter;
      return excess <= 0 ? 0 : Math.min(DELAY_MS_MAX, excess * 1_000);
    },
    bannedUntil(address) {
      const until = records.get(address)?.bannedUntil ?? 0;
      return until > clock.now() ? until : undefined;
    },
    banned() {
      const now = clock.now();
      return [...records].flatMap(([address, { bannedUntil: until }]) =>
        until > now ? [{ address, until }] : [],
      );
    },
    forgive(address) {
      if (address !== undefined) return records.delete(address);
      const hadAny = records.size > 0;
      records.clear();
      return hadAny;
    },
  };
}
