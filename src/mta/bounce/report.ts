/** What the queue tells the bounce room of a message's fate, and what it gets back. Plain values. */
import type { Reason } from "../../base/reason.ts";
import type { DsnAction } from "../../message/dsn/report.ts";
import type { DsnNotify, Envelope } from "../envelope.ts";

export type ReportedRecipient = {
  readonly address: string;
  readonly orcpt?: string | undefined; // decoded from xtext
  readonly notify: readonly DsnNotify[] | undefined;
  readonly action: DsnAction;
  readonly status: string; // RFC 3463
  /** The other server's words, or ours: `550 5.1.1 no such user`. */
  readonly diagnostic: string | undefined;
  /** The host name of the server that said so; undefined when none was reached. */
  readonly remoteMta: string | undefined;
  readonly lastAttemptAt: number | undefined; // ms since 1970 UTC
  readonly willRetryUntil?: number | undefined;
};

export type DeliveryReport = {
  /** Of the message it is about. */
  readonly queueId: string;
  readonly envelope: {
    readonly reversePath: string;
    readonly ret: Envelope["ret"];
    readonly envid: string | undefined;
    readonly smtputf8: boolean;
  };
  readonly recipients: readonly ReportedRecipient[];
  /** The message, or at least its header. */
  readonly original: Uint8Array;
  readonly arrivalAt: number;
  readonly now: number;
  /** Our own. */
  readonly hostname: string;
  /** Of the new message: its Message-ID and boundary are made of it. */
  readonly id: string;
};

export type BounceDecision =
  | {
      readonly kind: "send";
      readonly envelope: Envelope;
      readonly content: Uint8Array;
      readonly messageId: string;
      /** The gravest of what it reports. */
      readonly action: DsnAction;
      /** Whom it reports on. */
      readonly recipients: readonly string[];
      readonly reason: Reason;
    }
  | { readonly kind: "none"; readonly reason: Reason };
