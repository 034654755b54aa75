/**
 * A whole message for a page to show. Its HTML is given as it came and is hostile: the page shows it sanitised, in a
 * sandboxed frame. Names of files are made harmless here; what is too long is cut and says so.
 */
import { type HeaderAddress, parseAddressList } from "../../../message/address/address-list.ts";
import { decodeWords } from "../../../message/header/encoded-word.ts";
import { fieldValue, type Header, headerValue, headerValues } from "../../../message/header/fields.ts";
import { parseMessageId, parseMessageIds } from "../../../message/header/message-id.ts";
import { readHtml } from "../../../message/mime/html-text.ts";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { type Part, partContent, partText } from "../../../message/mime/part.ts";
import { type BodyParts, bodyPartsOf, type NumberedPart } from "./body-parts.ts";
import { safeFileName } from "./file-name.ts";
import { messageProblems } from "./message-problems.ts";
import { pictureType } from "./picture-type.ts";
import type { AddressView, MessageRowView, MessageView, PartView } from "./views.ts";

/** Limit: characters a browser is given of each; what is longer is a file, not a letter. */
const TEXT_CHARACTERS_MAX = 500_000;
const HTML_CHARACTERS_MAX = 2_000_000;
/** Limit: fields, and characters of each. */
const HEADERS_MAX = 500;
const VALUE_CHARACTERS_MAX = 10_000;
/** Limit: addresses of one field. */
const ADDRESSES_MAX = 1_000;

export type Where = {
  readonly mailboxName: string;
  readonly state: string;
  /** `/mail/v1/messages/3-1041` */
  readonly url: string;
};

export function messageView(content: Uint8Array, row: MessageRowView, where: Where): MessageView {
  const root = parseMime(content);
  const { header } = root;
  const parts = bodyPartsOf(root);
  const words = wordsOf(parts);
  const from = addressesOf(header, "from");
  const sender = addressesOf(header, "sender");
  const isOther = sender.some(({ address }) => !from.some((one) => sameAddress(one.address, address)));
  const id = headerValue(header, "message-id");
  return {
    ...row,
    from,
    to: addressesOf(header, "to"),
    mailboxName: where.mailboxName,
    state: where.state,
    cc: addressesOf(header, "cc"),
    bcc: addressesOf(header, "bcc"),
    replyTo: addressesOf(header, "reply-to"),
    sender: isOther ? sender : [],
    messageId: (id === undefined ? undefined : parseMessageId(id)) ?? null,
    inReplyTo: headerValues(header, "in-reply-to").flatMap(parseMessageIds).slice(0, 100),
    references: headerValues(header, "references").flatMap(parseMessageIds).slice(-100),
    headers: header.fields.slice(0, HEADERS_MAX).map((field) => ({
      name: field.name,
      value: decodeWords(fieldValue(field)).slice(0, VALUE_CHARACTERS_MAX),
    })),
    ...words,
    attachments: parts.attachments.map((one) => partView(one, words.html, where.url)),
    problems: messageProblems(content, root),
    listUnsubscribe: unsubscribeOf(header),
    sourceUrl: `${where.url}/source`,
  };
}

type Words = Pick<
  MessageView,
  "text" | "textIsDerived" | "textTruncated" | "html" | "htmlTruncated" | "remoteImages"
>;

function wordsOf({ text, html }: BodyParts): Words {
  const hasHtml = html.some(({ part }) => part.contentType === "text/html");
  const markup = hasHtml ? html.map(({ part }) => asHtml(part)).join("\n") : null;
  const hasText = text.some(({ part }) => part.contentType !== "text/html");
  const plain = text
    .map(({ part }) => (part.contentType === "text/html" ? readHtml(partText(part)).text : partText(part)))
    .join("\n");
  return {
    text: plain.slice(0, TEXT_CHARACTERS_MAX),
    textIsDerived: !hasText && plain !== "",
    textTruncated: plain.length > TEXT_CHARACTERS_MAX,
    html: markup === null ? null : markup.slice(0, HTML_CHARACTERS_MAX),
    htmlTruncated: (markup?.length ?? 0) > HTML_CHARACTERS_MAX,
    remoteImages: markup !== null && namesRemoteImages(markup),
  };
}

/** Plain text between HTML parts, such as a list's footer, is shown as it is. */
function asHtml(part: Part): string {
  const text = partText(part);
  if (part.contentType === "text/html") return text;
  return `<pre>${escapeHtml(text)}</pre>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function namesRemoteImages(html: string): boolean {
  return /(?:\b(?:src|srcset|background|poster)\s{0,9}=\s{0,9}["']?\s{0,9}|\burl\(\s{0,9}["']?\s{0,9})(?:https?:)?\/\//i.test(
    html,
  );
}

export function partView({ number, part }: NumberedPart, html: string | null, url: string): PartView {
  const content = partContent(part);
  const { contentType, contentId, disposition } = part;
  const cid = contentId === undefined || contentId === "" ? null : contentId;
  const isText = contentType.startsWith("text/") || contentType === "message/rfc822";
  return {
    part: number,
    name: safeFileName(part.filename, contentType),
    contentType: contentType.slice(0, 255),
    sizeBytes: content.length,
    cid,
    inline: (cid !== null && html?.includes(cid) === true) || disposition === "inline",
    url: `${url}/parts/${number}`,
    imageUrl: pictureType(content) === undefined ? null : `${url}/images/${number}`,
    textUrl: isText ? `${url}/texts/${number}` : null,
  };
}

export function addressesOf(header: Header, name: string): AddressView[] {
  return headerValues(header, name)
    .flatMap((value) => parseAddressList(value).addresses)
    .slice(0, ADDRESSES_MAX)
    .map(({ name: display, address }: HeaderAddress) => ({ name: display, address }));
}

export function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** RFC 2369 §3.2, RFC 8058. */
function unsubscribeOf(header: Header): MessageView["listUnsubscribe"] {
  const value = headerValue(header, "list-unsubscribe");
  if (value === undefined) return null;
  const links = [...value.matchAll(/<\s{0,9}([^<>\s]{1,2000})\s{0,9}>/g)].map(([, link = ""]) => link);
  const mail = links.find((link) => /^mailto:/i.test(link)) ?? null;
  const web = links.find((link) => /^https:\/\//i.test(link)) ?? null;
  if (mail === null && web === null) return null;
  const post = headerValue(header, "list-unsubscribe-post") ?? "";
  return { mail, web, oneClick: web !== null && /^List-Unsubscribe=One-Click$/i.test(post.trim()) };
}
