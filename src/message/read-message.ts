/**
 * A message as a person or a program wants it: decoded header values, words, links, code, attachments. For webhooks,
 * the test kit and previews; what needs offsets takes mime/parse-mime.ts. Any bytes give some reading, never an error.
 */
import type { HeaderAddress } from "./address/address-list.ts";
import { parseAddressList } from "./address/address-list.ts";
import { decodeWords } from "./header/encoded-word.ts";
import type { Header } from "./header/fields.ts";
import { fieldValue, headerValue, headerValues } from "./header/fields.ts";
import { parseDate } from "./header/date.ts";
import { parseMessageId } from "./header/message-id.ts";
import { findCode, linksInText } from "./mime/extract.ts";
import type { HtmlLink } from "./mime/html-text.ts";
import { LINKS_MAX, readHtml } from "./mime/html-text.ts";
import { parseMime } from "./mime/parse-mime.ts";
import type { Part } from "./mime/part.ts";
import { partContent, partText } from "./mime/part.ts";

export type Attachment = {
  /** Undefined when the part names none. */
  readonly filename: string | undefined;
  readonly contentType: string;
  readonly contentId: string | undefined;
  /** Of the decoded content. */
  readonly sizeBytes: number;
  readonly content: Uint8Array;
};

export type ReadMessage = {
  /** In order, unfolded, encoded words decoded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly subject: string | undefined;
  readonly from: readonly HeaderAddress[];
  readonly to: readonly HeaderAddress[];
  readonly cc: readonly HeaderAddress[];
  readonly date: number | undefined; // ms since 1970 UTC
  readonly messageId: string | undefined; // with its brackets
  /** The plain text; of a message that has only HTML, its words. Lines end in LF. */
  readonly text: string;
  readonly html: string | undefined;
  readonly links: readonly HtmlLink[];
  /** A one-time code, if the words show one. */
  readonly code: string | undefined;
  readonly attachments: readonly Attachment[];
};

export function readMessage(bytes: Uint8Array): ReadMessage {
  const root = parseMime(bytes);
  const { header } = root;
  const leaves = readLeaves(root);
  const html = leaves.html.length === 0 ? undefined : leaves.html.join("\n");
  const reading = html === undefined ? undefined : readHtml(html);
  const text = leaves.text.length === 0 ? (reading?.text ?? "") : leaves.text.join("\n");
  const subject = headerValue(header, "subject");
  const date = headerValue(header, "date");
  const id = headerValue(header, "message-id");
  const decodedSubject = subject === undefined ? undefined : decodeWords(subject);
  return {
    headers: header.fields.map((field) => ({
      name: field.name,
      value: decodeWords(fieldValue(field)),
    })),
    subject: decodedSubject,
    from: addresses(header, "from"),
    to: addresses(header, "to"),
    cc: addresses(header, "cc"),
    date: date === undefined ? undefined : parseDate(date),
    messageId: id === undefined ? undefined : parseMessageId(id),
    text,
    html,
    links: mergeLinks(reading?.links ?? [], linksInText(text)),
    code: findCode(text) ?? findCode(reading?.text ?? "") ?? findCode(decodedSubject ?? ""),
    attachments: leaves.attachments,
  };
}

type Leaves = { readonly text: string[]; readonly html: string[]; readonly attachments: Attachment[] };

/** Sorts the leaves into words and attachments; a message inside a message is an attachment as a whole. */
function readLeaves(root: Part): Leaves {
  const leaves: Leaves = { text: [], html: [], attachments: [] };
  const waiting: Part[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.contentType.startsWith("multipart/") && part.children.length > 0) {
      for (let i = part.children.length - 1; i >= 0; i--) waiting.push(part.children[i] as Part);
    } else if (isWords(part)) {
      const words = partText(part);
      (part.contentType === "text/html" ? leaves.html : leaves.text).push(words);
    } else leaves.attachments.push(toAttachment(part));
  }
  return leaves;
}

function isWords(part: Part): boolean {
  const isText = part.contentType === "text/plain" || part.contentType === "text/html";
  return (
    (isText && part.disposition !== "attachment") ||
    (part.contentType.startsWith("multipart/") && !part.disposition)
  );
}

function toAttachment(part: Part): Attachment {
  const content = partContent(part);
  const { filename, contentType, contentId } = part;
  return { filename, contentType, contentId, sizeBytes: content.length, content };
}

function addresses(header: Header, name: string): HeaderAddress[] {
  return headerValues(header, name).flatMap((value) => parseAddressList(value).addresses);
}

/** The HTML's links first: they have words. A link of both stands once. */
function mergeLinks(first: readonly HtmlLink[], second: readonly HtmlLink[]): HtmlLink[] {
  const seen = new Set<string>();
  const merged = [...first, ...second].filter((link) => !seen.has(link.href) && seen.add(link.href));
  return merged.slice(0, LINKS_MAX);
}
