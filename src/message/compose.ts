/**
 * Builds a well-formed message from its parts. Deterministic: date, identifier and boundary come from the caller.
 * No value can write a header line of its own, and a Bcc field is never written (RFC 5322 §3.6.3, RFC 5321 §7.2).
 */
import { latin1 } from "../base/bytes.ts";
import { formatHeaderAddress } from "./address/address-list.ts";
import { formatDate } from "./header/date.ts";
import { formatField, formatTextField } from "./header/format.ts";
import { formatParameter } from "./header/parameters.ts";
import type { Entity } from "./mime/entity.ts";
import {
  binaryEntity,
  entityMessage,
  hasShortLines,
  multipartEntity,
  textEntity,
  verbatimEntity,
} from "./mime/entity.ts";

export type ComposeAddress = { readonly name?: string; readonly address: string };

export type ComposeAttachment = {
  readonly filename: string;
  readonly contentType: string; // "image/png"
  readonly content: Uint8Array;
  /** For `cid:` links from the HTML; such a part is shown inline. */
  readonly contentId?: string;
};

export type ComposeParts = {
  readonly from: ComposeAddress;
  readonly sender?: ComposeAddress;
  readonly replyTo?: readonly ComposeAddress[];
  readonly to?: readonly ComposeAddress[];
  readonly cc?: readonly ComposeAddress[];
  readonly subject?: string;
  readonly date: number; // ms since 1970 UTC
  readonly offsetMinutes?: number; // east of UTC
  readonly messageId: string; // with its brackets
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: readonly ComposeAttachment[];
  /** Further fields, as text. Those this module writes itself are refused with a RangeError, as is a bad name. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Unique to this message; letters, digits, dots. */
  readonly boundary: string;
  /** Write UTF-8 as it is in the header (RFC 6532) instead of encoding it. */
  readonly smtputf8?: boolean;
};

/** What only composing itself may write, once. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "subject",
  "date",
  "message-id",
  "in-reply-to",
  "references",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
]);

export function composeMessage(parts: ComposeParts): Uint8Array {
  return entityMessage(composeFields(parts), composeBody(parts));
}

function composeFields(parts: ComposeParts): string {
  const utf8 = parts.smtputf8 ?? false;
  const list = (name: string, addresses: readonly ComposeAddress[] | undefined): string =>
    addresses === undefined || addresses.length === 0
      ? ""
      : formatField(
          name,
          addresses.map((one) => formatHeaderAddress(one.name ?? "", one.address, utf8)).join(", "),
        );
  const one = (name: string, value: string | undefined): string =>
    value === undefined ? "" : formatField(name, value);
  let fields =
    list("From", [parts.from]) +
    list("Sender", parts.sender === undefined ? undefined : [parts.sender]) +
    list("Reply-To", parts.replyTo) +
    list("To", parts.to) +
    list("Cc", parts.cc) +
    (parts.subject === undefined ? "" : formatTextField("Subject", parts.subject, utf8)) +
    formatField("Date", formatDate(parts.date, parts.offsetMinutes ?? 0)) +
    formatField("Message-ID", parts.messageId) +
    one("In-Reply-To", parts.inReplyTo) +
    one("References", parts.references?.join(" "));
  for (const [name, value] of parts.headers ?? []) {
    if (OWN_FIELDS.has(name.toLowerCase())) throw new RangeError(`"${name}" has a part of its own`);
    fields += formatTextField(name, value, utf8);
  }
  return fields;
}

/** mixed( alternative( text, related( html, inline… ) ), attachment… ), each layer only when needed. */
function composeBody(parts: ComposeParts): Entity {
  const attachments = parts.attachments ?? [];
  const inline = parts.html === undefined ? [] : attachments.filter((one) => one.contentId !== undefined);
  const apart = attachments.filter((one) => !inline.includes(one));
  const texts: Entity[] = [];
  if (parts.text !== undefined || parts.html === undefined) texts.push(textEntity(parts.text ?? ""));
  if (parts.html !== undefined) {
    const html = textEntity(parts.html, "html");
    const related = [html, ...inline.map(attachmentEntity)];
    texts.push(wrap("related", `${parts.boundary}.r`, related, '; type="text/html"'));
  }
  const body = wrap("alternative", `${parts.boundary}.a`, texts);
  return wrap("mixed", `${parts.boundary}.m`, [body, ...apart.map(attachmentEntity)]);
}

function wrap(subtype: string, boundary: string, entities: readonly Entity[], parameters = ""): Entity {
  const [only] = entities;
  if (entities.length === 1 && only !== undefined) return only;
  return multipartEntity(subtype, boundary, entities, parameters);
}

function attachmentEntity(attachment: ComposeAttachment): Entity {
  const type = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(attachment.contentType)
    ? attachment.contentType
    : "application/octet-stream";
  const kind = attachment.contentId === undefined ? "attachment" : "inline";
  const disposition = formatField(
    "Content-Disposition",
    `${kind}${formatParameter("filename", attachment.filename)}`,
  );
  const id = attachment.contentId?.replaceAll(/[<>\s]/g, "");
  const idField = id === undefined ? "" : formatField("Content-ID", `<${id}>`);
  const fields = disposition + idField;
  if (type.toLowerCase() !== "message/rfc822") return binaryEntity(type, attachment.content, fields);
  // A message inside must stand as it is (RFC 2046 §5.2.1); one whose lines no transport takes goes as a file.
  return isMessageText(attachment.content)
    ? verbatimEntity(type, attachment.content, fields)
    : binaryEntity("application/octet-stream", attachment.content, fields);
}

function isMessageText(content: Uint8Array): boolean {
  return hasShortLines(content) && !content.includes(0) && !/\r(?!\n)|(?:^|[^\r])\n/.test(latin1(content));
}
