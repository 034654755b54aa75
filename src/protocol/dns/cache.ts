/**
 * The resolver's memory: answers, "no such name" and "no such type" (RFC 2308), each until its time is over, the
 * longest unused going first when it is full. Has no clock: every call says what time it is. Never throws.
 */
import type { Interpretation } from "./interpret.ts";
import { canonicalName } from "./name.ts";
import type { RecordTypeName } from "./record.ts";

export type CacheOptions = {
  readonly entriesMax?: number;
  readonly ttlSecondsMax?: number;
  readonly negativeTtlSecondsMax?: number;
};

/** Limit: about 10 MB of records. */
const ENTRIES_MAX = 10_000;
/** Limit: RFC 8767 §4 advises a week at most. */
const TTL_SECONDS_MAX = 604_800;
/** Limit: RFC 2308 §5 advises one to three hours. */
const NEGATIVE_TTL_SECONDS_MAX = 10_800;

/** `rcode` is wider here: `TIMEOUT` and the like are no response codes, and are remembered too. */
export type CachedAnswer = Omit<Interpretation, "rcode"> & {
  readonly rcode: string;
  readonly server: string | undefined;
};

export type DnsCache = {
  /** What is known, its times to live counted down; undefined when nothing is. */
  get(name: string, type: RecordTypeName, nowMs: number): CachedAnswer | undefined;
  /** Keeps it for as long as it says, within the limits; one of 0 seconds is not kept. */
  put(name: string, type: RecordTypeName, answer: CachedAnswer, nowMs: number): void;
  clear(): void;
  readonly size: number;
};

type Entry = { readonly answer: CachedAnswer; readonly storedAtMs: number; readonly expiresAtMs: number };

export function createDnsCache(options: CacheOptions = {}): DnsCache {
  const { entriesMax = ENTRIES_MAX, ttlSecondsMax = TTL_SECONDS_MAX } = options;
  const { negativeTtlSecondsMax = NEGATIVE_TTL_SECONDS_MAX } = options;
  /** In order of use, the latest last. */
  const entries = new Map<string, Entry>();

  function take(key: string, nowMs: number): CachedAnswer | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    if (entry.expiresAtMs <= nowMs) return undefined;
    entries.set(key, entry);
    return agedBy(entry, nowMs);
  }

  return {
    get(name, type, nowMs) {
      const canonical = canonicalName(name);
      return take(`${canonical} ${type}`, nowMs) ?? take(`${canonical} *`, nowMs);
    },
    put(name, type, answer, nowMs) {
      const max = answer.kind === "answer" || answer.kind === "alias" ? ttlSecondsMax : negativeTtlSecondsMax;
      const ttlSeconds = Math.min(answer.ttlSeconds, max);
      if (!(ttlSeconds > 0)) return;
      // RFC 2308 §5: that a name does not exist holds for all its types.
      const wide = answer.kind === "nxdomain" && answer.cnames.length === 0;
      const key = `${canonicalName(name)} ${wide ? "*" : type}`;
      entries.delete(key);
      entries.set(key, {
        answer: { ...answer, ttlSeconds },
        storedAtMs: nowMs,
        expiresAtMs: nowMs + ttlSeconds * 1000,
      });
      if (entries.size > entriesMax) {
        const oldest = entries.keys().next();
        if (oldest.done !== true) entries.delete(oldest.value);
      }
    },
    clear: () => entries.clear(),
    get size() {
      return entries.size;
    },
  };
}

function agedBy({ answer, storedAtMs, expiresAtMs }: Entry, nowMs: number): CachedAnswer {
  const ageSeconds = Math.floor((nowMs - storedAtMs) / 1000);
  const ttlSeconds = Math.ceil((expiresAtMs - nowMs) / 1000);
  const records = answer.records.map((record) => {
    return { ...record, ttlSeconds: Math.max(0, record.ttlSeconds - ageSeconds) };
  });
  return { ...answer, ttlSeconds, records };
}
