/** What the queue asks of those who write delivery status notifications (RFC 3464). Types, and who is told what. */
import type { Envelope, EnvelopeRecipient } from "../envelope.ts";

export type ReportAction = "failed" | "delayed" | "delivered" | "relayed";

export type ReportedRecipient = {
  readonly recipient: EnvelopeRecipient;
  readonly action: ReportAction;
  readonly status: string; // RFC 3463
  /** The remote's last words, or ours. */
  readonly reply: string;
  readonly remoteMta: string | undefined;
  readonly to: string;
  readonly connection: string | undefined;
  readonly attemptCount: number;
  readonly lastAttemptAt: number;
  /** "delayed" only: how long it goes on trying, ms since 1970 UTC. */
  readonly willRetryUntil: number | undefined;
};

export type ReportRequest = {
  readonly hostname: string;
  /** The queue id the report itself will have. */
  readonly reportId: string;
  /** The queue id of the message it is about. */
  readonly queueId: string;
  readonly at: number;
  readonly envelope: Envelope;
  readonly receivedAt: number;
  readonly client: string | undefined;
  readonly recipients: readonly ReportedRecipient[];
  /** The message as it was accepted. */
  content(): Promise<Uint8Array>;
};

/** Writes the report, or undefined when there is to be none. Its reverse path must be null (RFC 3461 §6.1). */
export type ReportComposer = (
  request: ReportRequest,
) => Promise<{ readonly envelope: Envelope; readonly content: readonly Uint8Array[] } | undefined>;

/** Whether the sender wants to hear of this (RFC 3461 §4.1); by default of failures and delays. */
export function wantsReport(recipient: EnvelopeRecipient, action: ReportAction): boolean {
  const { notify } = recipient;
  if (action === "failed") return notify === undefined || notify.includes("FAILURE");
  if (action === "delayed") return notify === undefined || notify.includes("DELAY");
  return notify?.includes("SUCCESS") === true;
}
