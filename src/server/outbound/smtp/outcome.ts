/** What became of a recipient, as the queue wants to hear it: from the remote's reply, or from why there was none. */
import type { Reason } from "../../../base/reason.ts";
import type { Outcome } from "../../../mta/delivery/delivery.ts";
import type { EnvelopeRecipient } from "../../../mta/envelope.ts";
import { isPermanent, isPositive, reply, replyText, type SmtpReply } from "../../../protocol/smtp/reply.ts";
import type { Dialed } from "./dial.ts";
import type { LinkFailure } from "./link.ts";

export type Spoken = {
  readonly to: string;
  readonly remoteMta: string | undefined;
  readonly connection: string | undefined;
  readonly remoteReports: boolean | undefined;
  readonly lmtp: boolean;
};

export function outcomeOf(
  recipient: EnvelopeRecipient,
  answer: SmtpReply,
  spoken: Spoken,
  reason?: Reason,
): Outcome {
  const result = isPositive(answer)
    ? spoken.lmtp
      ? "delivered"
      : "relayed"
    : isPermanent(answer)
      ? "failed"
      : "deferred";
  return {
    recipient,
    result,
    status: answer.status ?? `${Math.floor(answer.code / 100)}.0.0`,
    reply: replyText(answer),
    to: spoken.to,
    remoteMta: spoken.remoteMta,
    remoteReports: isPositive(answer) ? spoken.remoteReports : undefined,
    connection: spoken.connection,
    reason: reason ?? { rule: `the next hop said ${answer.code}`, rfc: "RFC 5321 §4.2.1" },
  };
}

/** When nobody would take the message: a reply in our own words, or the remote's, and why. */
export function dialOutcome(failed: Extract<Dialed, { ok: false }>): {
  answer: SmtpReply;
  spoken: Spoken;
  reason: Reason;
} {
  const { answer, reason, answered } = explain(failed.failure);
  const spoken: Spoken = {
    to: failed.to,
    remoteMta: answered ? failed.hop.host : undefined,
    connection: failed.connection,
    remoteReports: undefined,
    lmtp: false,
  };
  return { answer, spoken, reason };
}

function explain(failure: LinkFailure): { answer: SmtpReply; reason: Reason; answered: boolean } {
  switch (failure.why) {
    case "refused":
      return {
        answer: failure.reply,
        reason: { rule: "the next hop refused the conversation", rfc: "RFC 5321 §3.1" },
        answered: true,
      };
    case "noTls":
      return {
        answer:
          failure.reply ?? reply(451, "4.7.4", "the next hop does not offer STARTTLS, and TLS is required"),
        reason: {
          rule: "TLS required",
          setting: "tls",
          rfc: "RFC 3207 §4",
          change: "offer STARTTLS there, or set tls: may",
        },
        answered: true,
      };
    case "noAuth":
      return {
        answer:
          failure.reply ??
          reply(451, "4.7.0", "the next hop offers no authentication that may be used on this link"),
        reason: {
          rule: failure.reply === undefined ? "no password in the clear" : "authentication failed",
          setting: "credentials",
          rfc: "RFC 4954 §4",
          change:
            failure.reply === undefined
              ? "offer STARTTLS or SCRAM-SHA-256 there"
              : "correct user name and password",
        },
        answered: true,
      };
    case "broken":
      return {
        answer: reply(451, "4.5.0", failure.text),
        reason: { rule: "the next hop does not speak SMTP" },
        answered: false,
      };
    case "tlsFailed":
      return {
        answer: reply(451, "4.7.5", `TLS failed: ${failure.fault.message}`),
        reason: { rule: "TLS required", setting: "tls", rfc: "RFC 3207 §4.1" },
        answered: false,
      };
    case "lost":
      return {
        answer: reply(
          451,
          failure.fault.kind === "closed" || failure.fault.kind === "reset" ? "4.4.2" : "4.4.1",
          failure.fault.message,
        ),
        reason: { rule: `connection failed: ${failure.fault.kind}`, rfc: "RFC 5321 §4.5.4.1" },
        answered: false,
      };
  }
}
