/** Who is told what: the rules of RFC 3461 §5.2 and RFC 5321 §4.5.5 on when a delivery report may be sent. Pure. */
import type { Reason } from "../../base/reason.ts";
import type { DsnAction } from "../../message/dsn/report.ts";
import type { DsnNotify } from "../envelope.ts";
import type { DeliveryReport, ReportedRecipient } from "./report.ts";

/** Gravest first. */
const GRAVITY: readonly DsnAction[] = ["failed", "delayed", "expanded", "relayed", "delivered"];

const NEEDED: Record<DsnAction, DsnNotify> = {
  failed: "FAILURE",
  delayed: "DELAY",
  delivered: "SUCCESS",
  relayed: "SUCCESS",
  expanded: "SUCCESS",
};

/** The recipients to report on, or why there are none. */
export function recipientsToReport(report: DeliveryReport): {
  readonly recipients: readonly ReportedRecipient[];
  readonly reason: Reason;
} {
  if (report.envelope.reversePath === "") {
    return {
      recipients: [],
      reason: {
        rule: "never a bounce for a bounce",
        rfc: "RFC 5321 §4.5.5",
        detail: "The message has the null reverse path.",
      },
    };
  }
  const recipients = report.recipients.filter((recipient) => wants(recipient.notify, recipient.action));
  if (recipients.length > 0) {
    const asked = recipients.some((recipient) => recipient.notify !== undefined);
    const detail = asked ? "The sender asked for it with NOTIFY." : "The sender gave no NOTIFY.";
    return { recipients, reason: { rule: "the sender is told", rfc: "RFC 3461 §5.2", detail } };
  }
  return {
    recipients,
    reason: {
      rule: "NOTIFY does not ask for this report",
      rfc: "RFC 3461 §4.1",
      change: "Send with NOTIFY=FAILURE, DELAY or SUCCESS as wanted.",
    },
  };
}

/** Without NOTIFY failures and delays are told, successes are not (RFC 3461 §4.1). */
export function wants(notify: readonly DsnNotify[] | undefined, action: DsnAction): boolean {
  const needed = NEEDED[action];
  if (notify === undefined) return needed !== "SUCCESS";
  return notify.includes(needed) && !notify.includes("NEVER");
}

export function gravestAction(recipients: readonly ReportedRecipient[]): DsnAction {
  return GRAVITY.find((action) => recipients.some((recipient) => recipient.action === action)) ?? "failed";
}
