/** MailHog's message, field by field as its API gives it: the envelope's paths, the header as it stands, nothing decoded. */
import { utf8 } from "../../../base/bytes.ts";
import { fieldValue, type Header } from "../../../message/header/fields.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import type { Part } from "../../../message/mime/part.ts";
import type { CaughtMail } from "../all-mail.ts";

export type MailHogPath = {
  readonly Relays: null;
  readonly Mailbox: string;
  readonly Domain: string;
  readonly Params: string;
};

export type MailHogContent = {
  /** By name as written; folded lines joined, encoded words as they are. */
  readonly Headers: Readonly<Record<string, readonly string[]>>;
  readonly Body: string;
  readonly Size: number;
  readonly MIME: MailHogMime | null;
};

export type MailHogMime = { readonly Parts: readonly MailHogContent[] };

export type MailHogMessage = {
  readonly ID: string;
  readonly From: MailHogPath;
  readonly To: readonly MailHogPath[];
  readonly Content: MailHogContent;
  readonly Created: string;
  readonly MIME: MailHogMime | null;
  readonly Raw: {
    readonly From: string;
    readonly To: readonly string[];
    readonly Data: string;
    readonly Helo: string;
  };
};

const ID_DOMAIN = "mailhog.posthorn";

export function messageView(mail: CaughtMail, bytes: Uint8Array): MailHogMessage {
  const root = parseMime(bytes);
  const { MIME, ...content } = contentView(root);
  return {
    ID: idView(mail),
    From: pathView(mail.reversePath),
    To: mail.recipients.map(pathView),
    Content: { ...content, MIME: null },
    Created: new Date(mail.receivedAt).toISOString(),
    MIME,
    Raw: { From: mail.reversePath, To: mail.recipients, Data: utf8(bytes), Helo: heloIn(root.header) },
  };
}

export function idView({ id }: CaughtMail): string {
  return `${id}@${ID_DOMAIN}`;
}

export function pathView(address: string): MailHogPath {
  const at = address.lastIndexOf("@");
  const [mailbox, domain] = at < 0 ? [address, ""] : [address.slice(0, at), address.slice(at + 1)];
  return { Relays: null, Mailbox: mailbox, Domain: domain, Params: "" };
}

function contentView(part: Part): MailHogContent {
  const { header, headerStart, bodyStart, bodyEnd, contentType, children } = part;
  const isMultipart = contentType.startsWith("multipart/") && children.length > 0;
  return {
    Headers: headersView(header),
    Body: utf8(header.bytes.subarray(bodyStart, bodyEnd)),
    Size: bodyEnd - headerStart,
    MIME: isMultipart ? { Parts: children.map(contentView) } : null,
  };
}

function headersView(header: Header): Record<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const field of header.fields) {
    const value = fieldValue(field);
    values.set(field.name, [...(values.get(field.name) ?? []), value]);
  }
  return Object.fromEntries(values);
}

/** What the sender called itself: in the Received line of the first host, which is the last one. */
function heloIn(header: Header): string {
  const first = header.fields.findLast(({ key }) => key === "received");
  const value = first === undefined ? "" : fieldValue(first);
  return /^\s*from\s+(\S{1,255})/i.exec(value)?.[1] ?? "";
}
