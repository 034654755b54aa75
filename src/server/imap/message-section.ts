/**
 * Parts of a message as FETCH names them (RFC 9051 §6.4.5.1, RFC 3516): slices of its bytes wherever that can be, made
 * anew only for picked header fields and decoded parts. Never throws: what is not there is undefined.
 */
import { asBuffer, concatBytes, EMPTY_BYTES } from "../../base/bytes.ts";
import { parseMime } from "../../message/mime/parse-mime.ts";
import type { Part } from "../../message/mime/part.ts";
import { decodeTransfer } from "../../message/mime/transfer-encoding.ts";
import type { Partial, Section } from "../../protocol/imap/fetch-command.ts";

/** A message whose structure is looked for once, when somebody asks. */
export class SectionedMessage {
  readonly bytes: Uint8Array;
  #root: Part | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  section({ part, text, names }: Section): Uint8Array | undefined {
    if (part.length === 0) {
      if (text === "all") return this.bytes;
      const bodyStart = headerEnd(this.bytes);
      return within(this.bytes, 0, bodyStart, this.bytes.length, text, names);
    }
    const found = this.#part(part);
    if (found === undefined) return undefined;
    const { bodyStart, bodyEnd, headerStart, contentType, children } = found;
    if (text === "all") return this.bytes.subarray(bodyStart, bodyEnd);
    if (text === "mime") return this.bytes.subarray(headerStart, bodyStart);
    const [inner] = children;
    // Only a message has a header of its own.
    if (contentType !== "message/rfc822" || inner === undefined) return EMPTY_BYTES;
    return within(this.bytes, inner.headerStart, inner.bodyStart, bodyEnd, text, names);
  }

  /** With the transfer encoding undone; "unknown" when we do not know it. */
  decoded(part: readonly number[]): Uint8Array | "unknown" | undefined {
    if (part.length === 0) return this.bytes;
    const found = this.#part(part);
    if (found === undefined) return undefined;
    const { bodyStart, bodyEnd, transferEncoding } = found;
    const isKnown = ["7bit", "8bit", "binary", "base64", "quoted-printable"].includes(transferEncoding);
    return isKnown ? decodeTransfer(this.bytes.subarray(bodyStart, bodyEnd), transferEncoding) : "unknown";
  }

  #part(numbers: readonly number[]): Part | undefined {
    this.#root ??= parseMime(this.bytes);
    let message: Part | undefined = this.#root;
    let found: Part | undefined;
    for (const number of numbers) {
      // A message that is no multipart has one part, which is its own body.
      if (message === undefined) return undefined;
      const isMultipart: boolean =
        message.contentType.startsWith("multipart/") && message.children.length > 0;
      found = isMultipart ? message.children[number - 1] : number === 1 ? message : undefined;
      if (found === undefined) return undefined;
      const [inner]: readonly Part[] = found.children;
      if (found.contentType === "message/rfc822") message = inner;
      else message = found.contentType.startsWith("multipart/") && found !== message ? found : undefined;
    }
    return found;
  }
}

function within(
  bytes: Uint8Array,
  headerStart: number,
  bodyStart: number,
  bodyEnd: number,
  text: Section["text"],
  names: readonly string[],
): Uint8Array {
  if (text === "text") return bytes.subarray(bodyStart, bodyEnd);
  const header = bytes.subarray(headerStart, bodyStart);
  return text === "header" ? header : pickFields(header, names, text === "fields");
}

export function partOf(bytes: Uint8Array, partial: Partial | undefined): Uint8Array {
  return partial === undefined ? bytes : bytes.subarray(partial.from, partial.from + partial.count);
}

/** After the empty line; the message's end when there is none. */
function headerEnd(bytes: Uint8Array): number {
  if (bytes[0] === 13 && bytes[1] === 10) return 2;
  if (bytes[0] === 10) return 1;
  const buffer = asBuffer(bytes);
  const crlf = buffer.indexOf("\r\n\r\n", 0, "latin1");
  const lf = buffer.indexOf("\n\n", 0, "latin1");
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 4;
  return lf >= 0 ? lf + 2 : bytes.length;
}

/** The fields of these names, or all but them, in their order, and the empty line. */
function pickFields(header: Uint8Array, names: readonly string[], wanted: boolean): Uint8Array {
  const keys = new Set(names.map((name) => name.toLowerCase()));
  const buffer = asBuffer(header);
  const pieces: Uint8Array[] = [];
  let isPicked = false;
  for (let at = 0; at < buffer.length;) {
    const newline = buffer.indexOf(10, at);
    const next = newline < 0 ? buffer.length : newline + 1;
    const first = buffer[at];
    if (first === 13 || first === 10) break;
    if (first !== 32 && first !== 9) {
      const colon = buffer.indexOf(58, at);
      const name = colon < 0 || colon >= next ? "" : buffer.toString("latin1", at, colon).trimEnd();
      isPicked = keys.has(name.toLowerCase()) === wanted;
    }
    if (isPicked) pieces.push(buffer.subarray(at, next));
    at = next;
  }
  pieces.push(Buffer.from("\r\n"));
  return concatBytes(pieces);
}
