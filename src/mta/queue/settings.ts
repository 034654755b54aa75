/** What the queue can be told, with the defaults and why they are so. Durations in milliseconds. */

export type QueueSettings = {
  /** Waits after the 1st, 2nd … failed attempt; the last one repeats (RFC 5321 §4.5.4.1). Never empty. */
  readonly retryMs: readonly number[];
  /** A sender is told once when a message is this old and still waits; undefined: never. */
  readonly delayWarningMs: number | undefined;
  /** A message this old is given up (RFC 5321 §4.5.4.1: at least 4 to 5 days). */
  readonly expireMs: number;
  /** Deliveries to one destination at a time. */
  readonly perDestinationMax: number;
  /** Messages being routed or delivered at a time. */
  readonly activeMax: number;
  readonly messagesMax: number;
  readonly bytesMax: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const QUEUE_DEFAULTS: QueueSettings = {
  retryMs: [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS],
  delayWarningMs: 4 * HOUR_MS,
  expireMs: 5 * 24 * HOUR_MS,
  perDestinationMax: 20, // Limit: as many connections as other servers take from one client
  activeMax: 500, // Limit: contents in memory at a time, so that a flood of due messages is worked off in order
  messagesMax: 1_000_000, // Limit: about 1 GB of memory
  bytesMax: 64 * 1024 ** 3, // Limit: disk
};
