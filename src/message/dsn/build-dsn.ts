/**
 * Writes a delivery status notification: multipart/report of a text for people, the delivery status for programs, and
 * the original or its header (RFC 3462/6522, 3464; RFC 6533 when the original was SMTPUTF8). Deterministic. Nothing
 * the other server or the sender said can write a field of its own.
 */
import { asBuffer, concatBytes, fromUtf8 } from "../../base/bytes.ts";
import { formatDate } from "../header/date.ts";
import { findBodyStart } from "../header/fields.ts";
import { formatField, formatTextField, LINE_OCTETS_MAX } from "../header/format.ts";
import type { Entity } from "../mime/entity.ts";
import { entityMessage, hasShortLines, multipartEntity, textEntity, verbatimEntity } from "../mime/entity.ts";
import type { DsnRecipient, DsnReport } from "./report.ts";
import { formatTypedAddress } from "./xtext.ts";

export type DsnParts = {
  readonly report: DsnReport;
  /** The display name and address it comes from. */
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly date: number;
  readonly messageId: string; // with brackets
  readonly boundary: string;
  /** The original, or at least its header. */
  readonly original: Uint8Array;
  /** Whether to return all of it; its header alone goes back when it is larger than ORIGINAL_BYTES_MAX. */
  readonly full: boolean;
  readonly smtputf8: boolean;
  /** Of the original, so that mail programs show the two together. */
  readonly originalMessageId?: string | undefined;
};

// Limit: a bounce must not carry a large message back to one who has it; Postfix returns 50,000 octets at most.
export const ORIGINAL_BYTES_MAX = 50_000;
// Limit: more header than any reader of a bounce needs.
const ORIGINAL_HEADER_BYTES_MAX = 20_000;
// Limit: some servers answer with pages; the rest is in the journal.
const DIAGNOSTIC_CHARACTERS_MAX = 1_000;

export function buildDsn(parts: DsnParts): {
  readonly content: Uint8Array;
  readonly transport: Entity["transport"];
} {
  const body = multipartEntity(
    "report",
    parts.boundary,
    [textEntity(parts.text), statusEntity(parts), originalEntity(parts)],
    "; report-type=delivery-status",
  );
  const related = parts.originalMessageId;
  const fields =
    formatField("From", `${parts.from.name} <${parts.from.address}>`) +
    formatField("To", `<${parts.to}>`) +
    formatTextField("Subject", parts.subject) +
    formatField("Date", formatDate(parts.date)) +
    formatField("Message-ID", parts.messageId) +
    (related === undefined ? "" : formatField("In-Reply-To", related) + formatField("References", related)) +
    // RFC 3834 §5: no vacation program may answer this.
    formatField("Auto-Submitted", "auto-replied");
  return { content: entityMessage(fields, body), transport: body.transport };
}

//  delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields )
function statusEntity({ report, smtputf8 }: DsnParts): Entity {
  const blocks = [
    optional("Original-Envelope-Id", report.envelopeId) +
      formatField("Reporting-MTA", `dns; ${report.reportingMta}`) +
      dateField("Arrival-Date", report.arrivalAt),
    ...report.recipients.map((recipient) => recipientFields(recipient, smtputf8)),
  ];
  const content = fromUtf8(blocks.join("\r\n"));
  return verbatimEntity(smtputf8 ? "message/global-delivery-status" : "message/delivery-status", content);
}

function recipientFields(recipient: DsnRecipient, utf8: boolean): string {
  const { originalRecipient, diagnostic, remoteMta } = recipient;
  return (
    (originalRecipient === undefined
      ? ""
      : formatField("Original-Recipient", formatTypedAddress(originalRecipient, utf8))) +
    formatField("Final-Recipient", formatTypedAddress(recipient.finalRecipient, utf8)) +
    formatField("Action", recipient.action) +
    formatField("Status", recipient.status) +
    optional("Remote-MTA", remoteMta === undefined ? undefined : `dns; ${remoteMta}`) +
    optional(
      "Diagnostic-Code",
      diagnostic === undefined
        ? undefined
        : `smtp; ${plainWords(diagnostic.slice(0, DIAGNOSTIC_CHARACTERS_MAX), utf8)}`,
    ) +
    dateField("Last-Attempt-Date", recipient.lastAttemptAt) +
    (recipient.action === "delayed" ? dateField("Will-Retry-Until", recipient.willRetryUntil) : "")
  );
}

/** RFC 3461 §4.3: a FULL return carries the message itself, else its header. */
function originalEntity(parts: DsnParts): Entity {
  const { original, smtputf8 } = parts;
  if (parts.full && original.length <= ORIGINAL_BYTES_MAX && isSendable(original)) {
    return verbatimEntity(smtputf8 ? "message/global" : "message/rfc822", original);
  }
  const type = smtputf8 ? "message/global-headers" : "text/rfc822-headers";
  return verbatimEntity(type, headerLines(original.subarray(0, findBodyStart(original))));
}

/** The header made fit to travel: whole lines, ending in CRLF, none too long, no NUL. */
function headerLines(header: Uint8Array): Uint8Array {
  const buffer = asBuffer(header);
  const lines: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; at < buffer.length && size < ORIGINAL_HEADER_BYTES_MAX;) {
    const newline = buffer.indexOf(0x0a, at);
    const next = newline < 0 ? buffer.length : newline + 1;
    const text = buffer
      .toString("latin1", at, Math.min(next, at + LINE_OCTETS_MAX))
      .replaceAll(/[\r\n\0]+/g, "");
    if (text !== "") lines.push(Buffer.from(`${text}\r\n`, "latin1"));
    size += next - at;
    at = next;
  }
  return lines.length === 0 ? fromUtf8("\r\n") : concatBytes(lines);
}

/** May go back as it is: every line ends in CRLF and is short, and no byte is NUL. */
function isSendable(message: Uint8Array): boolean {
  const buffer = asBuffer(message);
  if (buffer.includes(0) || !hasShortLines(buffer)) return false;
  for (let i = 0; i < buffer.length; i++) {
    const byte = buffer[i];
    if (byte === 0x0a && buffer[i - 1] !== 0x0d) return false;
    if (byte === 0x0d && buffer[i + 1] !== 0x0a) return false;
  }
  return true;
}

function optional(name: string, value: string | undefined): string {
  return value === undefined || value === "" ? "" : formatField(name, value);
}

function dateField(name: string, at: number | undefined): string {
  return at === undefined ? "" : formatField(name, formatDate(at));
}

/** message/delivery-status is ASCII (RFC 3464 §2.1): what is not becomes `?`. */
function plainWords(text: string, utf8: boolean): string {
  return utf8 ? text : text.replaceAll(/[^\0-\x7f]/gu, "?");
}
