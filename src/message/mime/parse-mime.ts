/**
 * Finds the parts of a complete message, with byte offsets, in one pass over its lines: each line that starts with
 * `--` is looked up among the boundaries that are open, however deep. Never throws; past its bounds a part is a leaf.
 *
 *     multipart-body    = [preamble CRLF] dash-boundary transport-padding CRLF body-part *encapsulation
 *                         close-delimiter transport-padding [CRLF epilogue]         ; RFC 2046 §5.1.1
 *     encapsulation     = CRLF "--" boundary transport-padding CRLF body-part
 */
import { asBuffer } from "../../base/bytes.ts";
import { parseHeader } from "../header/fields.ts";
import type { Part } from "./part.ts";
import { describePart } from "./part.ts";

// Limit: deeper nesting is an attack on the reader's stack, not a message.
export const DEPTH_MAX = 100;
// Limit: more parts than any real message (digests of mailing lists reach some hundred).
export const PARTS_MAX = 1_000;
// Limit: RFC 2046 §5.1.1 has 70; some programs write longer ones.
const BOUNDARY_OCTETS_MAX = 250;

type OpenPart = { -readonly [K in keyof Part]: Part[K] } & {
  children: OpenPart[];
  boundary: string | undefined;
};

export function parseMime(bytes: Uint8Array): Part {
  return new MimeWalk(bytes).walk();
}

class MimeWalk {
  readonly #bytes: Buffer;
  /** From the message down to the part that the scan is in. */
  readonly #open: OpenPart[] = [];
  /** Boundary to the depths at which it is open, innermost last. */
  readonly #boundaries = new Map<string, number[]>();
  #parts = 0;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
  }

  walk(): Part {
    const root = this.#begin(0, "text/plain");
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const line = this.#nextDashes();
      if (line < 0) break;
      const newline = bytes.indexOf(0x0a, line);
      const next = newline < 0 ? bytes.length : newline + 1;
      this.#at = next;
      const found = this.#delimiter(line, next);
      if (found === undefined) continue;
      this.#closeBelow(found.depth, line);
      if (found.closes || this.#parts >= PARTS_MAX) this.#forget(found.depth);
      else
        this.#begin(
          next,
          this.#open[found.depth]?.contentType === "multipart/digest" ? "message/rfc822" : "text/plain",
        );
    }
    this.#closeBelow(-1, bytes.length);
    return root;
  }

  /** Starts a part at the offset, and what it holds as far as that begins at once. */
  #begin(start: number, fallback: string): OpenPart {
    this.#parts++;
    const header = parseHeader(
      this.#bytes,
      start,
      this.#bytes.length,
      (line, next) => this.#delimiter(line, next) !== undefined,
    );
    const part: OpenPart = {
      header,
      headerStart: start,
      bodyStart: header.bodyStart,
      bodyEnd: this.#bytes.length,
      ...describePart(header, fallback),
      children: [],
      boundary: undefined,
    };
    this.#open.at(-1)?.children.push(part);
    this.#open.push(part);
    this.#at = header.bodyStart;
    if (this.#open.length >= DEPTH_MAX) return part;
    if (part.contentType.startsWith("multipart/")) this.#watch(part);
    else if (isMessage(part) && this.#parts < PARTS_MAX) this.#begin(header.bodyStart, "text/plain");
    return part;
  }

  #watch(part: OpenPart): void {
    const boundary = part.parameters.get("boundary")?.trimEnd();
    if (boundary === undefined || boundary === "" || boundary.length > BOUNDARY_OCTETS_MAX) return;
    part.boundary = boundary;
    const depths = this.#boundaries.get(boundary);
    if (depths === undefined) this.#boundaries.set(boundary, [this.#open.length - 1]);
    else depths.push(this.#open.length - 1);
  }

  /** The start of the next line that begins with `--`, from where the scan stands, which is a line's start. */
  #nextDashes(): number {
    const bytes = this.#bytes;
    if (bytes[this.#at] === 0x2d && bytes[this.#at + 1] === 0x2d) return this.#at;
    const found = bytes.indexOf("\n--", this.#at, "latin1");
    return found < 0 ? -1 : found + 1;
  }

  /** The multipart whose delimiter this line is. */
  #delimiter(line: number, next: number): { depth: number; closes: boolean } | undefined {
    const bytes = this.#bytes;
    if (bytes[line] !== 0x2d || bytes[line + 1] !== 0x2d || this.#boundaries.size === 0) return undefined;
    if (next - line > BOUNDARY_OCTETS_MAX * 2) return undefined;
    const text = bytes.toString("utf8", line + 2, next).trimEnd();
    const depth = this.#boundaries.get(text)?.at(-1);
    if (depth !== undefined) return { depth, closes: false };
    if (!text.endsWith("--")) return undefined;
    const closing = this.#boundaries.get(text.slice(0, -2).trimEnd())?.at(-1);
    return closing === undefined ? undefined : { depth: closing, closes: true };
  }

  /** Ends every open part deeper than `depth`; the line break before the delimiter at `line` belongs to it. */
  #closeBelow(depth: number, line: number): void {
    const bytes = this.#bytes;
    let end = line;
    if (line < bytes.length) {
      if (bytes[end - 1] === 0x0a) end--;
      if (bytes[end - 1] === 0x0d) end--;
    }
    while (this.#open.length - 1 > depth) {
      this.#forget(this.#open.length - 1);
      const part = this.#open.pop();
      if (part !== undefined) part.bodyEnd = Math.max(end, part.bodyStart);
    }
  }

  /** After its last delimiter a multipart has only an epilogue. */
  #forget(depth: number): void {
    const boundary = this.#open[depth]?.boundary;
    if (boundary === undefined) return;
    const depths = this.#boundaries.get(boundary);
    if (depths?.at(-1) === depth) depths.pop();
    if (depths?.length === 0) this.#boundaries.delete(boundary);
  }
}

/** A message inside a message can be read in place only when nothing encodes it. */
function isMessage(part: Part): boolean {
  const type = part.contentType;
  if (type !== "message/rfc822" && type !== "message/global") return false;
  return part.transferEncoding !== "base64" && part.transferEncoding !== "quoted-printable";
}
