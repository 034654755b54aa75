/** Carrying out a route: the job a delivery agent is handed, and what it answers for each recipient. Types only. */
import type { Reason } from "../../base/reason.ts";
import type { Envelope, EnvelopeRecipient } from "../envelope.ts";
import type { RouteTarget } from "../routing/route.ts";

export type DeliveryJob = {
  readonly queueId: string;
  /** From 1, for each recipient group. */
  readonly attempt: number;
  /** The journal event of this attempt. */
  readonly cause: number | undefined;
  readonly envelope: Envelope;
  /** Those of the envelope's recipients that share this target. */
  readonly recipients: readonly EnvelopeRecipient[];
  readonly target: RouteTarget;
  readonly sizeBytes: number;
  /** When the message was accepted, ms since 1970 UTC. */
  readonly receivedAt: number;
  /** The message as it is to be sent: our trace header, then the bytes as received. */
  content(): Promise<Uint8Array>;
};

export type Outcome = {
  readonly recipient: EnvelopeRecipient;
  /** "delivered": its journey ended here. "relayed": the next hop took it. */
  readonly result: "delivered" | "relayed" | "deferred" | "failed";
  readonly status: string; // RFC 3463
  /** The remote's words (`550 5.1.1 no such user`), or ours. */
  readonly reply: string;
  /** Whom we spoke to: `kerio.nemesis.test [10.66.0.31]:25`, `INBOX of ann@arch.test`. */
  readonly to: string;
  /** The host name of the remote, when it was one that answered: goes to Remote-MTA in a report. */
  readonly remoteMta?: string | undefined;
  /** False when the next hop will not send reports itself (no DSN extension), so that we must (RFC 3461 §5.2.2). */
  readonly remoteReports?: boolean | undefined;
  /** The connection it went over, in the journal. */
  readonly connection?: string | undefined;
  readonly reason: Reason;
};

/** One agent for each kind of target. Resolves with one outcome for each recipient of the job; never rejects. */
export type Deliver = (job: DeliveryJob) => Promise<readonly Outcome[]>;
