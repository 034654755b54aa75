/**
 * Reads a delivery status notification whoever wrote it (Postfix, Exim, Exchange, ourselves), or a bounce in
 * qmail's free text (QSBMF), and finds which message it is about. Lenient; anything else gives undefined. Never throws.
 */
import { withoutComments, parseDate } from "../header/date.ts";
import { fieldValue, headerValue, parseHeader } from "../header/fields.ts";
import { parseMessageId } from "../header/message-id.ts";
import { parseMime } from "../mime/parse-mime.ts";
import type { Part } from "../mime/part.ts";
import { partContent, partText, walkParts } from "../mime/part.ts";
import { readQmailBounce } from "./qmail-bounce.ts";
import type { DsnAction, DsnRecipient, DsnReport } from "./report.ts";
import { findStatus } from "./status.ts";
import type { TypedAddress } from "./xtext.ts";
import { parseTypedAddress } from "./xtext.ts";

export type ParsedDsn = DsnReport & {
  /** "rfc3464", or the free text it was read from. */
  readonly format: "rfc3464" | "qmail";
  /** Message-ID of the message it is about, with brackets. */
  readonly originalMessageId: string | undefined;
  readonly originalSubject: string | undefined;
  /** The part for people. */
  readonly text: string;
};

// Limit: recipients in one report; an original has at most as many as SMTP gives (RFC 5321 §4.5.3.1.8: 100, often 1,000).
const RECIPIENTS_MAX = 10_000;
// Limit: the text is shown, not processed.
const TEXT_CHARACTERS_MAX = 20_000;

const ACTIONS: ReadonlySet<string> = new Set(["failed", "delayed", "delivered", "relayed", "expanded"]);

export function parseDsn(bytes: Uint8Array): ParsedDsn | undefined {
  const message = parseMime(bytes);
  let status: Part | undefined;
  let original: Part | undefined;
  let text = "";
  for (const part of walkParts(message)) {
    if (isStatusType(part.contentType)) status ??= part;
    else if (status !== undefined && original === undefined && isOriginalType(part.contentType))
      original = part;
    else if (text === "" && part.contentType === "text/plain")
      text = partText(part).slice(0, TEXT_CHARACTERS_MAX);
  }
  if (status === undefined) return readQmail(message);
  return { format: "rfc3464", ...readReport(partContent(status)), ...readOriginal(original), text };
}

/** Blocks of fields parted by empty lines; the first is about the message, each other about a recipient. */
function readReport(content: Uint8Array): DsnReport {
  const blocks: Map<string, string>[] = [];
  for (let at = 0; at < content.length && blocks.length <= RECIPIENTS_MAX;) {
    const header = parseHeader(content, at);
    const fields = new Map<string, string>();
    for (const field of header.fields) {
      if (!fields.has(field.key)) fields.set(field.key, fieldValue(field));
    }
    if (fields.size > 0) blocks.push(fields);
    at = Math.max(header.bodyStart, at + 1);
  }
  // Lenient: some programs leave out the empty line after the fields of the message.
  const [first] = blocks;
  const perRecipient = first?.has("final-recipient") === true ? blocks : blocks.slice(1);
  return {
    reportingMta: untyped(first?.get("reporting-mta")) ?? "",
    envelopeId: first?.get("original-envelope-id"),
    arrivalAt: date(first?.get("arrival-date")),
    recipients: perRecipient.flatMap(readRecipient),
  };
}

function readRecipient(fields: ReadonlyMap<string, string>): DsnRecipient[] {
  const original = typed(fields.get("original-recipient"));
  const finalRecipient = typed(fields.get("final-recipient")) ?? original;
  if (finalRecipient === undefined) return [];
  const action = withoutComments(fields.get("action") ?? "")
    .trim()
    .toLowerCase();
  const diagnostic = untyped(fields.get("diagnostic-code"));
  const status = findStatus(withoutComments(fields.get("status") ?? "")) ?? findStatus(diagnostic ?? "");
  return [
    {
      originalRecipient: original,
      finalRecipient,
      action: ACTIONS.has(action) ? (action as DsnAction) : actionOf(status),
      status: status ?? "5.0.0",
      remoteMta: untyped(fields.get("remote-mta")),
      diagnostic,
      lastAttemptAt: date(fields.get("last-attempt-date")),
      willRetryUntil: date(fields.get("will-retry-until")),
    },
  ];
}

function readOriginal(part: Part | undefined): Pick<ParsedDsn, "originalMessageId" | "originalSubject"> {
  if (part === undefined) return { originalMessageId: undefined, originalSubject: undefined };
  const header = parseHeader(partContent(part));
  const id = headerValue(header, "message-id");
  return {
    originalMessageId: id === undefined ? undefined : parseMessageId(id),
    originalSubject: headerValue(header, "subject"),
  };
}

function readQmail(message: Part): ParsedDsn | undefined {
  if (message.children.length > 0) return undefined;
  const bounce = readQmailBounce(partText(message));
  if (bounce === undefined) return undefined;
  return {
    format: "qmail",
    reportingMta: bounce.host,
    recipients: bounce.recipients,
    originalMessageId: bounce.originalMessageId,
    originalSubject: bounce.originalSubject,
    text: bounce.text.slice(0, TEXT_CHARACTERS_MAX),
  };
}

function isStatusType(type: string): boolean {
  return type === "message/delivery-status" || type === "message/global-delivery-status";
}

function isOriginalType(type: string): boolean {
  return (
    type === "message/rfc822" ||
    type === "message/global" ||
    type === "message/global-headers" ||
    type === "text/rfc822-headers" ||
    type === "text/rfc822-header" // Lenient: as some old gateways write it
  );
}

/** What stands after the type: `dns; mx.test` to `mx.test`. */
function untyped(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  const semicolon = value.indexOf(";");
  return value.slice(semicolon + 1).trim();
}

function typed(value: string | undefined): TypedAddress | undefined {
  const read = value === undefined ? undefined : parseTypedAddress(value);
  // Lenient: Exim and Exchange may write `rfc822;<bob@nemesis.test>`.
  return read === undefined ? undefined : { type: read.type, address: read.address.replaceAll(/^<|>$/g, "") };
}

function date(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseDate(value);
}

function actionOf(status: string | undefined): DsnAction {
  if (status === undefined || status.startsWith("5")) return "failed";
  return status.startsWith("4") ? "delayed" : "delivered";
}
