/**
 * A MIME part as a value: where it stands in the message's bytes, and what its header says of it (RFC 2045, 2183).
 * The tree is made by parse-mime.ts; nothing is decoded until asked.
 */
import { decodeCharset } from "../header/charset.ts";
import type { Header } from "../header/fields.ts";
import { headerValue } from "../header/fields.ts";
import type { ParameterizedValue } from "../header/parameters.ts";
import { parseParameters } from "../header/parameters.ts";
import { withoutComments } from "../header/date.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

export type Part = {
  readonly header: Header;
  /** Offsets into the message: first byte of the header, of the body, and after the body's last. */
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Lower case, `text/plain` when missing or broken (RFC 2045 §5.2). */
  readonly contentType: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Lower case; undefined when there is none. */
  readonly disposition: string | undefined;
  readonly filename: string | undefined;
  /** Lower case, `7bit` when missing. */
  readonly transferEncoding: string;
  readonly charset: string | undefined;
  /** Without its brackets. */
  readonly contentId: string | undefined;
  /** Parts of a multipart, or the one message of a message/rfc822. */
  readonly children: readonly Part[];
};

export type PartDescription = Omit<Part, "header" | "headerStart" | "bodyStart" | "bodyEnd" | "children">;

/** `fallback`: the type of a part that names none; message/rfc822 inside multipart/digest (RFC 2046 §5.1.5). */
export function describePart(header: Header, fallback: string): PartDescription {
  const { value, parameters } = contentType(header, fallback);
  const dispositionText = headerValue(header, "content-disposition");
  const disposition = dispositionText === undefined ? undefined : parseParameters(dispositionText);
  const encoding = withoutComments(headerValue(header, "content-transfer-encoding") ?? "")
    .trim()
    .toLowerCase();
  return {
    contentType: value,
    parameters,
    disposition: disposition?.value,
    filename: disposition?.parameters.get("filename") ?? parameters.get("name"),
    transferEncoding: encoding === "" ? "7bit" : encoding,
    charset: parameters.get("charset"),
    contentId: headerValue(header, "content-id")?.replaceAll(/[<>\s]/g, ""),
  };
}

/** The part's content with its transfer encoding undone. */
export function partContent(part: Part): Uint8Array {
  return decodeTransfer(part.header.bytes.subarray(part.bodyStart, part.bodyEnd), part.transferEncoding);
}

/** The content as text, by the part's character set, lines ending in LF. */
export function partText(part: Part): string {
  return decodeCharset(partContent(part), part.charset).replaceAll("\r\n", "\n");
}

/** The part and all below it, in the message's order. */
export function* walkParts(part: Part): Generator<Part> {
  const waiting = [part];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (let i = next.children.length - 1; i >= 0; i--) waiting.push(next.children[i] as Part);
  }
}

function contentType(header: Header, fallback: string): ParameterizedValue {
  const text = headerValue(header, "content-type");
  if (text === undefined) return { value: fallback, parameters: new Map() };
  const read = parseParameters(text);
  return /^[^\s/;]+\/[^\s/;]+$/.test(read.value)
    ? read
    : { value: "text/plain", parameters: read.parameters };
}
