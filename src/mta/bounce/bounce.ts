/**
 * From a message's fate to the report its sender gets, or the reason why they get none: decides, then writes the
 * delivery status notification with its envelope. Pure: time, ids and names come with the question.
 */
import { buildDsn } from "../../message/dsn/build-dsn.ts";
import type { DsnRecipient } from "../../message/dsn/report.ts";
import { parseTypedAddress } from "../../message/dsn/xtext.ts";
import { isAscii } from "../../base/domain-name.ts";
import { decodeWords } from "../../message/header/encoded-word.ts";
import { headerValue, parseHeader } from "../../message/header/fields.ts";
import { formatMessageId, parseMessageId } from "../../message/header/message-id.ts";
import type { Envelope } from "../envelope.ts";
import { gravestAction, recipientsToReport } from "./decide.ts";
import { letterSubject, writeLetter } from "./letter.ts";
import type { BounceDecision, DeliveryReport, ReportedRecipient } from "./report.ts";

export function bounceFor(report: DeliveryReport): BounceDecision {
  const { recipients, reason } = recipientsToReport(report);
  if (recipients.length === 0) return { kind: "none", reason };
  const action = gravestAction(recipients);
  const header = parseHeader(report.original);
  const id = headerValue(header, "message-id");
  const subject = headerValue(header, "subject");
  const messageId = formatMessageId(report.id, report.hostname);
  const smtputf8 = needsUtf8(report, recipients, header.bytes.subarray(0, header.bodyStart));
  const { content, transport } = buildDsn({
    report: {
      reportingMta: report.hostname,
      envelopeId: report.envelope.envid,
      arrivalAt: report.arrivalAt,
      recipients: recipients.map(toDsnRecipient),
    },
    from: { name: "Mail Delivery System", address: `MAILER-DAEMON@${report.hostname}` },
    to: report.envelope.reversePath,
    subject: letterSubject(action, recipients),
    text: writeLetter(report, recipients, subject === undefined ? undefined : decodeWords(subject)),
    date: report.now,
    messageId,
    boundary: report.id,
    original: report.original,
    // RFC 3461 §4.3: RET counts only when something failed; without it the header is enough.
    full: action === "failed" && report.envelope.ret === "FULL",
    smtputf8,
    originalMessageId: id === undefined ? undefined : parseMessageId(id),
  });
  return {
    kind: "send",
    envelope: bounceEnvelope(report.envelope.reversePath, transport, smtputf8),
    content,
    messageId,
    action,
    recipients: recipients.map((recipient) => recipient.address),
    reason,
  };
}

/** RFC 3461 §6.1: from the null reverse path, to the original's reverse path, asking for no report itself. */
function bounceEnvelope(reversePath: string, body: Envelope["body"], smtputf8: boolean): Envelope {
  return {
    reversePath: "",
    recipients: [{ index: 0, address: reversePath, notify: ["NEVER"] }],
    body,
    smtputf8,
  };
}

/** RFC 6533: the international forms, only when the original used them and something needs them. */
function needsUtf8(
  report: DeliveryReport,
  recipients: readonly ReportedRecipient[],
  header: Uint8Array,
): boolean {
  if (!report.envelope.smtputf8) return false;
  const texts = [report.envelope.reversePath, ...recipients.flatMap((one) => [one.address, one.orcpt ?? ""])];
  return texts.some((text) => !isAscii(text)) || header.some((byte) => byte > 0x7f);
}

function toDsnRecipient(recipient: ReportedRecipient): DsnRecipient {
  return {
    originalRecipient: recipient.orcpt === undefined ? undefined : parseTypedAddress(recipient.orcpt),
    finalRecipient: { type: "rfc822", address: recipient.address },
    action: recipient.action,
    status: recipient.status,
    remoteMta: recipient.remoteMta,
    diagnostic: recipient.diagnostic,
    lastAttemptAt: recipient.lastAttemptAt,
    willRetryUntil: recipient.willRetryUntil,
  };
}
