/** A delivery status notification as a value (RFC 3464 §2): what build-dsn.ts writes and parse-dsn.ts reads. */
import type { TypedAddress } from "./xtext.ts";

export type DsnAction = "failed" | "delayed" | "delivered" | "relayed" | "expanded";

export type DsnRecipient = {
  readonly originalRecipient?: TypedAddress | undefined;
  readonly finalRecipient: TypedAddress;
  readonly action: DsnAction;
  readonly status: string; // RFC 3463
  /** The host that said so. */
  readonly remoteMta?: string | undefined;
  /** Its words, with the reply code: `550 5.1.1 no such user`. */
  readonly diagnostic?: string | undefined;
  readonly lastAttemptAt?: number | undefined; // ms since 1970 UTC
  readonly willRetryUntil?: number | undefined;
};

export type DsnReport = {
  readonly reportingMta: string;
  /** ENVID of the original's MAIL command, decoded (RFC 3461 §4.4). */
  readonly envelopeId?: string | undefined;
  readonly arrivalAt?: number | undefined;
  readonly recipients: readonly DsnRecipient[];
};
