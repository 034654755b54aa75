/**
 * The BODYSTRUCTURE of a message, as IMAP sends it, from its tree of parts: sizes in octets of the part as it stands,
 * lines as line ends. Broken MIME gives the structure that can be read. Never throws.
 *
 *     body-type-1part = (media-basic / media-message / media-text) SP body-fields … [SP body-ext-1part]
 *     body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]              ; RFC 9051 §9
 */
import type { Header } from "../header/fields.ts";
import type { Part } from "../mime/part.ts";
import { formatEnvelope, rawField } from "./envelope.ts";
import { nstring, imapString } from "./imap-text.ts";
import { rawParameters } from "./raw-parameters.ts";

/** `extended`: BODYSTRUCTURE, else BODY. As latin1 text. */
export function formatStructure(part: Part, extended: boolean): string {
  return part.contentType.startsWith("multipart/") ? multipart(part, extended) : singlePart(part, extended);
}

function multipart(part: Part, extended: boolean): string {
  const children = part.children.map((child) => formatStructure(child, extended)).join("");
  const some = children === "" ? EMPTY_PART[extended ? 1 : 0] : children;
  const subtype = imapString(part.contentType.slice("multipart/".length));
  if (!extended) return `(${some} ${subtype})`;
  return `(${some} ${subtype} ${parameters(part.header, "content-type")} ${trailer(part.header)})`;
}

/** A multipart has at least one body in the grammar; one without parts is shown with an empty text. */
const EMPTY_PART = [
  '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)',
  '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)',
] as const;

function singlePart(part: Part, extended: boolean): string {
  const { header } = part;
  const [message] = part.children;
  const isMessage = isMessageType(part.contentType);
  // Encoded against RFC 2046 §5.2.1: nothing inside can be addressed, so it is shown as what it is.
  const type = isMessage && message === undefined ? "application/octet-stream" : part.contentType;
  const slash = type.indexOf("/");
  const hasType = rawField(header, "content-type") !== undefined;
  const fields = [
    imapString(type.slice(0, slash)),
    imapString(type.slice(slash + 1)),
    hasType || !type.startsWith("text/") ? parameters(header, "content-type") : '("charset" "us-ascii")',
    nstring(rawField(header, "content-id")),
    nstring(rawField(header, "content-description")),
    imapString(part.transferEncoding),
    String(part.bodyEnd - part.bodyStart),
  ];
  if (isMessage && message !== undefined) {
    fields.push(formatEnvelope(message.header), formatStructure(message, extended), String(countLines(part)));
  } else if (type.startsWith("text/")) fields.push(String(countLines(part)));
  if (extended) fields.push(nstring(rawField(header, "content-md5")), trailer(header));
  return `(${fields.join(" ")})`;
}

function isMessageType(type: string): boolean {
  return type === "message/rfc822" || type === "message/global";
}

/** Disposition, language, location: what both forms end with. */
function trailer(header: Header): string {
  const value = rawField(header, "content-disposition");
  const kind = value === undefined ? "" : (/^[^;]*/.exec(value)?.[0] ?? "").trim().toLowerCase();
  const disposition =
    kind === "" ? "NIL" : `(${imapString(kind)} ${parameters(header, "content-disposition")})`;
  return `${disposition} ${languages(header)} ${nstring(rawField(header, "content-location"))}`;
}

function languages(header: Header): string {
  const tags = (rawField(header, "content-language") ?? "")
    .split(/[\s,]+/)
    .filter((tag) => /^[\w*-]{1,64}$/.test(tag));
  if (tags.length === 0) return "NIL";
  return tags.length === 1
    ? imapString(tags[0] as string)
    : `(${tags.slice(0, 20).map(imapString).join(" ")})`;
}

function parameters(header: Header, key: string): string {
  const value = rawField(header, key);
  if (value === undefined || !value.includes(";")) return "NIL";
  const pairs = rawParameters(value).map(([name, text]) => `${imapString(name)} ${imapString(text)}`);
  return pairs.length === 0 ? "NIL" : `(${pairs.join(" ")})`;
}

function countLines({ header: { bytes }, bodyStart, bodyEnd }: Part): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a, bodyStart); at >= 0 && at < bodyEnd; at = bytes.indexOf(0x0a, at + 1))
    lines++;
  return lines;
}
