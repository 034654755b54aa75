/**
 * Building blocks of a message we write: a MIME entity is its header fields and its encoded body. The encoding is
 * chosen by content, and no body can be mistaken for a boundary. Deterministic: boundaries come from the caller.
 */
import { asBuffer, concatBytes, fromLatin1, fromUtf8 } from "../../base/bytes.ts";
import { formatField, LINE_OCTETS_MAX } from "../header/format.ts";
import { encodeBase64, encodeQuotedPrintable } from "./transfer-encoding.ts";

export type Entity = {
  /** Whole fields with their CRLF. */
  readonly fields: string;
  readonly body: Uint8Array;
  /** What the transport must be able to carry. */
  readonly transport: "7BIT" | "8BITMIME";
};

/** Neither base64 nor quoted-printable ever yields this (RFC 2045 §6.7: `=` is followed by hex), so neither does a boundary in them. */
const BOUNDARY_PREFIX = "=_";

export function textEntity(text: string, subtype = "plain", extraFields = ""): Entity {
  const bytes = fromUtf8(text.toWellFormed().replaceAll(/\r\n|\r|\n/g, "\r\n"));
  const ascii = isPlainAscii(bytes);
  const charset = ascii ? "us-ascii" : "utf-8";
  const type = formatField("Content-Type", `text/${subtype}; charset=${charset}`);
  if (ascii && hasShortLines(bytes) && !text.includes(BOUNDARY_PREFIX)) {
    return { fields: `${type}${extraFields}${encodingField("7bit")}`, body: bytes, transport: "7BIT" };
  }
  const quoted = encodeQuotedPrintable(bytes);
  const base64 = encodeBase64(bytes);
  const [encoding, body] =
    quoted.length <= base64.length * 1.2 ? ["quoted-printable", quoted] : ["base64", base64];
  return {
    fields: `${type}${extraFields}${encodingField(encoding as string)}`,
    body: fromLatin1(body as string),
    transport: "7BIT",
  };
}

/** Any bytes, in base64. `contentType` is the whole value of the field. */
export function binaryEntity(contentType: string, content: Uint8Array, extraFields = ""): Entity {
  return {
    fields: `${formatField("Content-Type", contentType)}${extraFields}${encodingField("base64")}`,
    body: fromLatin1(encodeBase64(content)),
    transport: "7BIT",
  };
}

/** Bytes that stand as they are, as message/rfc822 must (RFC 2046 §5.2.1): the caller saw to their lines. */
export function verbatimEntity(contentType: string, content: Uint8Array, extraFields = ""): Entity {
  const transport = isSevenBit(content) ? "7BIT" : "8BITMIME";
  const encoding = transport === "7BIT" ? "7bit" : "8bit";
  return {
    fields: `${formatField("Content-Type", contentType)}${extraFields}${encodingField(encoding)}`,
    body: content,
    transport,
  };
}

/** `parameters` are further ones, `; type="x"`. The boundary's first part is ours, its rest the caller's chance. */
export function multipartEntity(
  subtype: string,
  unique: string,
  entities: readonly Entity[],
  parameters = "",
): Entity {
  const boundary = freeBoundary(
    `${BOUNDARY_PREFIX}${unique.replaceAll(/[^\w.-]/g, "").slice(0, 50)}`,
    entities,
  );
  const transport = entities.some((entity) => entity.transport === "8BITMIME") ? "8BITMIME" : "7BIT";
  const pieces: Uint8Array[] = [];
  for (const entity of entities) {
    pieces.push(fromUtf8(`--${boundary}\r\n${entity.fields}\r\n`), entity.body, fromUtf8("\r\n"));
  }
  pieces.push(fromUtf8(`--${boundary}--\r\n`));
  const encoding = transport === "8BITMIME" ? encodingField("8bit") : "";
  return {
    fields: `${formatField("Content-Type", `multipart/${subtype}${parameters}; boundary="${boundary}"`)}${encoding}`,
    body: concatBytes(pieces),
    transport,
  };
}

/** A verbatim body may hold any line, even on purpose: counts up until none holds the boundary. */
function freeBoundary(first: string, entities: readonly Entity[]): string {
  let boundary = first;
  for (let count = 1; entities.some((entity) => asBuffer(entity.body).includes(`--${boundary}`)); count++) {
    boundary = `${first}.${count}`;
  }
  return boundary;
}

/** The message: its own fields, then the entity's. */
export function entityMessage(fields: string, entity: Entity): Uint8Array {
  return concatBytes([fromUtf8(`${fields}MIME-Version: 1.0\r\n${entity.fields}\r\n`), entity.body]);
}

export function hasShortLines(bytes: Uint8Array): boolean {
  const buffer = asBuffer(bytes);
  let start = 0;
  for (;;) {
    const end = buffer.indexOf(0x0a, start);
    if ((end < 0 ? buffer.length + 1 : end) - 1 - start > LINE_OCTETS_MAX) return false;
    if (end < 0) return true;
    start = end + 1;
  }
}

function isSevenBit(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}

function isPlainAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  }
  return true;
}

function encodingField(encoding: string): string {
  return `Content-Transfer-Encoding: ${encoding}\r\n`;
}
