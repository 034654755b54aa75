/** Whether a message holds a text: in its header, in its words. Looks at the bytes as they are first, and decodes only when it must. */
import { isAscii } from "node:buffer";
import { asBuffer } from "../../base/bytes.ts";
import { foldText } from "../../message/fold-text.ts";
import { decodeWords } from "../../message/header/encoded-word.ts";
import { fieldValue, parseHeader } from "../../message/header/fields.ts";
import { readHtml } from "../../message/mime/html-text.ts";
import { parseMime } from "../../message/mime/parse-mime.ts";
import { type Part, partText, walkParts } from "../../message/mime/part.ts";

/** A text to find, made ready once. */
export type Needle = {
  readonly folded: string;
  /** Ways it is most often written, in bytes: found, they spare the decoding. Empty when it is not ASCII. */
  readonly spellings: readonly Buffer[];
};

export function needleOf(text: string): Needle {
  const folded = foldText(text);
  if (!/^[\x20-\x7e]+$/.test(folded)) return { folded, spellings: [] };
  const title = folded.charAt(0).toUpperCase() + folded.slice(1);
  // Only what folds to the same in any charset: `text` may have other letters than `folded`.
  const spellings = new Set([folded, title, folded.toUpperCase()]);
  if (text.toLowerCase() === folded) spellings.add(text);
  return { folded, spellings: [...spellings].map((one) => Buffer.from(one)) };
}

const CODED =
  /\r?\ncontent-transfer-encoding:[ \t]*(?:base64|quoted-printable)|\r?\ncontent-type:[ \t]*(?!text\/)/i;

/** `where`: "body" is the words of its text parts; "text" is the header as well. */
export function holdsText(content: Uint8Array, needle: Needle, where: "body" | "text"): boolean {
  const bytes = asBuffer(content);
  const { bodyStart, isPlain, isHtml } = shapeOf(bytes);
  const from = where === "text" ? 0 : bodyStart;
  if (isPlain && needle.spellings.some((spelling) => bytes.indexOf(spelling, from) >= 0)) return true;
  if (where === "text" && holdsHeader(bytes, needle)) return true;
  if (isPlain && !isHtml && isAscii(bytes.subarray(bodyStart))) {
    return (
      needle.spellings.length > 0 && bytes.toString("latin1", bodyStart).toLowerCase().includes(needle.folded)
    );
  }
  for (const part of textParts(content)) if (partHolds(part, needle)) return true;
  return false;
}

/** Charsets in which an ASCII octet is that letter and nothing else. */
const ASCII_AND_MORE = /^(?:us-ascii|utf-8|iso-8859-\d+|windows-125\d)$/i;

function partHolds(part: Part, needle: Needle): boolean {
  if (needle.spellings.length > 0 && isAsItStands(part)) {
    const bytes = asBuffer(part.header.bytes).subarray(part.bodyStart, part.bodyEnd);
    if (needle.spellings.some((spelling) => bytes.includes(spelling))) return true;
    if (isAscii(bytes)) return bytes.toString("latin1").toLowerCase().includes(needle.folded);
  }
  return foldText(textOf(part)).includes(needle.folded);
}

function isAsItStands({ contentType, transferEncoding, charset = "us-ascii" }: Part): boolean {
  return contentType === "text/plain" && /^[78]bit$/.test(transferEncoding) && ASCII_AND_MORE.test(charset);
}

/**
 * Every text in which holdsText and holdsField may find something, in UTF-8: folded but for the case of ASCII letters.
 * A message's octets themselves where they are looked at as they are.
 */
export function eachSearchableText(content: Uint8Array, each: (text: Uint8Array) => void): void {
  const bytes = asBuffer(content);
  const { bodyStart, isPlain, isHtml } = shapeOf(bytes);
  if (isPlain) each(bytes);
  each(Buffer.from(foldText(headerText(bytes))));
  if (isPlain && !isHtml && isAscii(bytes.subarray(bodyStart))) return;
  for (const text of wordsOf(content)) each(Buffer.from(foldText(text)));
}

/** `isPlain`: of one plain text, its bytes are its words, as far as they are ASCII. */
function shapeOf(bytes: Buffer): {
  readonly bodyStart: number;
  readonly isPlain: boolean;
  readonly isHtml: boolean;
} {
  const bodyStart = endOfHeader(bytes);
  const head = bytes.toString("latin1", 0, bodyStart);
  return {
    bodyStart,
    isPlain: !CODED.test(`\n${head}`),
    isHtml: /content-type:[ \t]*text\/html/i.test(head),
  };
}

/** The decoded texts of a message, part by part; HTML as its words. Attached messages' too. */
export function* wordsOf(content: Uint8Array): Generator<string> {
  for (const part of textParts(content)) yield textOf(part);
}

function* textParts(content: Uint8Array): Generator<Part> {
  for (const part of walkParts(parseMime(content)))
    if (part.children.length === 0 && part.contentType.startsWith("text/")) yield part;
}

/** The whole header, decoded, a field a line. */
export function headerText(content: Uint8Array): string {
  const header = parseHeader(content);
  return header.fields.map((field) => `${field.name}: ${decodeWords(fieldValue(field))}`).join("\n");
}

/** Whether any field of that name holds it; an empty text asks only for the field. `key` is lower case. */
export function holdsField(content: Uint8Array, key: string, needle: Needle): boolean {
  const header = parseHeader(content);
  return header.fields.some((field) => {
    return field.key === key && foldText(decodeWords(fieldValue(field))).includes(needle.folded);
  });
}

function holdsHeader(bytes: Buffer, needle: Needle): boolean {
  return foldText(headerText(bytes)).includes(needle.folded);
}

function textOf(part: Part): string {
  const text = partText(part);
  return part.contentType === "text/html" ? readHtml(text).text : text;
}

function endOfHeader(bytes: Buffer): number {
  const crlf = bytes.indexOf("\r\n\r\n");
  if (crlf >= 0) return crlf + 4;
  const lf = bytes.indexOf("\n\n");
  return lf < 0 ? bytes.length : lf + 2;
}
