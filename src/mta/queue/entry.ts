/** A message in the queue as it lives in memory: small, without its content, one part for each recipient. */
import type { Envelope, EnvelopeRecipient } from "../envelope.ts";
import type { RecipientState } from "./states.ts";

/** Limit: attempts remembered for each recipient; two days at the longest wait of the default schedule. */
export const ATTEMPTS_MAX = 20;
/** Limit: a remote's words in an attempt's record; the whole of it is in the journal. */
export const REPLY_LENGTH_MAX = 300;

export type Attempt = {
  readonly at: number;
  readonly result: "delivered" | "relayed" | "deferred" | "failed" | "expired";
  readonly to: string;
  readonly status: string;
  readonly reply: string;
  readonly connection: string | undefined;
};

export type RecipientPart = {
  readonly recipient: EnvelopeRecipient;
  state: RecipientState;
  /** When it is due, while waiting. */
  until: number;
  attemptCount: number;
  /** The latest, oldest first. */
  attempts: readonly Attempt[];
};

export type QueueEntry = {
  readonly id: string;
  readonly envelope: Envelope;
  readonly sizeBytes: number;
  readonly receivedAt: number;
  /** The address it came from; undefined for one of our own. */
  readonly client: string | undefined;
  readonly connection: string | undefined;
  readonly parts: readonly RecipientPart[];
  isDelayReported: boolean;
  /** The journal event that what happens next follows from; not kept over a restart. */
  cause: number | undefined;
  /** When the queue looks at it next; undefined while it need not. */
  dueAt: number | undefined;
  /** Groups of recipients under way. */
  activeCount: number;
  /** Asked for during an attempt, done after it. */
  wish: "hold" | "drop" | undefined;
};

/** Nothing of it was ever tried: its sender may take it back. */
export function isUntried({ activeCount, parts }: QueueEntry): boolean {
  return activeCount === 0 && areUntried(parts);
}

export function areUntried(parts: readonly Readonly<RecipientPart>[]): boolean {
  return parts.every(
    ({ state, attemptCount }) => (state === "waiting" || state === "held") && attemptCount === 0,
  );
}

/** Each recipient's beginning: waiting until its first attempt. */
export function waitingParts(
  recipients: QueueEntry["envelope"]["recipients"],
  until: number,
): RecipientPart[] {
  return recipients.map((recipient) => {
    return { recipient, state: "waiting", until, attemptCount: 0, attempts: [] };
  });
}

export function newEntry(
  facts: Omit<QueueEntry, "isDelayReported" | "dueAt" | "activeCount" | "wish">,
): QueueEntry {
  return { ...facts, isDelayReported: false, dueAt: undefined, activeCount: 0, wish: undefined };
}

/** What a person is shown of a message in the queue. */
export type QueueView = Pick<
  QueueEntry,
  "id" | "envelope" | "sizeBytes" | "receivedAt" | "client" | "connection"
> & {
  readonly nextDueAt: number | undefined;
  readonly expiresAt: number;
  readonly recipients: readonly Readonly<RecipientPart>[];
};

export function viewEntry(entry: QueueEntry, expireMs: number): QueueView {
  const { id, envelope, sizeBytes, receivedAt, client, connection, dueAt, parts } = entry;
  const recipients = parts.map((part) => Object.assign({}, part));
  const expiresAt = receivedAt + expireMs;
  return { id, envelope, sizeBytes, receivedAt, client, connection, nextDueAt: dueAt, expiresAt, recipients };
}
