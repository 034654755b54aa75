/** Mailpit's answers, field by field as its API documents them. */
import { createHash } from "node:crypto";
import { fieldValue, headerValue } from "../../../message/header/fields.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { partContent } from "../../../message/mime/part.ts";
import { readMessage } from "../../../message/read-message.ts";
import type { CaughtMail } from "../all-mail.ts";
import { type Digest, type NumberedPart, partsOf } from "./digest.ts";

export function summaryView(mail: CaughtMail, digest: Digest) {
  return {
    ID: mail.id,
    MessageID: digest.messageId,
    Read: mail.isRead,
    From: digest.from,
    To: digest.to,
    Cc: digest.cc,
    Bcc: digest.bcc,
    ReplyTo: digest.replyTo,
    Subject: digest.subject,
    Created: new Date(mail.receivedAt).toISOString(),
    Username: "",
    Tags: digest.tags,
    Size: mail.sizeBytes,
    Attachments: digest.attachments,
    Snippet: digest.snippet,
  };
}

export function messageView(mail: CaughtMail, digest: Digest, bytes: Uint8Array) {
  const message = readMessage(bytes);
  const root = parseMime(bytes);
  const { attached, inline } = partsOf(root);
  return {
    ID: mail.id,
    MessageID: digest.messageId,
    From: digest.from,
    To: digest.to,
    Cc: digest.cc,
    Bcc: digest.bcc,
    ReplyTo: digest.replyTo,
    ReturnPath: mail.reversePath,
    Subject: digest.subject,
    ListUnsubscribe: unsubscribeView(
      headerValue(root.header, "list-unsubscribe"),
      headerValue(root.header, "list-unsubscribe-post"),
    ),
    Date: new Date(message.date ?? mail.receivedAt).toISOString(),
    Tags: digest.tags,
    Username: "",
    Text: message.text,
    HTML: message.html ?? "",
    Size: mail.sizeBytes,
    Inline: inline.map(attachmentView),
    Attachments: attached.map(attachmentView),
  };
}

function attachmentView({ id, part }: NumberedPart) {
  const content = partContent(part);
  const digest = (how: string): string => createHash(how).update(content).digest("hex");
  return {
    PartID: id,
    FileName: part.filename ?? "",
    ContentType: part.contentType,
    ContentID: part.contentId ?? "",
    Size: content.length,
    Checksums: { MD5: digest("md5"), SHA1: digest("sha1"), SHA256: digest("sha256") },
  };
}

/** RFC 2369 §3.2: links in angle brackets; Mailpit gives at most one to write to and one to open. */
function unsubscribeView(header: string | undefined, post: string | undefined) {
  const found = [...(header ?? "").matchAll(/<\s*((?:mailto|https?):[^>]{1,2000}?)\s*>/gi)];
  const links = found.map(([, link = ""]) => link);
  const chosen = [links.find((link) => /^mailto:/i.test(link)), links.find((link) => /^https?:/i.test(link))];
  const isBroken = header !== undefined && links.length === 0;
  return {
    Header: header ?? "",
    Links: chosen.flatMap((link) => link ?? []),
    Errors: isBroken ? "no link in angle brackets (RFC 2369 §3.2)" : "",
    HeaderPost: post ?? "",
  };
}

/** By name, each with all its values, in the spelling of Go's net/textproto, sorted. */
export function headersView(bytes: Uint8Array): Record<string, string[]> {
  const { header } = parseMime(bytes);
  const values = new Map<string, string[]>();
  for (const field of header.fields) {
    const name = field.key.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    values.set(name, [...(values.get(name) ?? []), fieldValue(field)]);
  }
  return Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
