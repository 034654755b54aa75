/**
 * A client's command as octets. A command is parts; text that cannot stand in quotes becomes a literal, and where the
 * server does not take literals unasked (LITERAL+, LITERAL-: RFC 7888) the octets come in pieces, each behind a "+".
 */
import { formatRanges, type NumberRanges } from "../../../base/number-ranges.ts";
import { formatDateTime } from "../date-time.ts";
import { encodeModifiedUtf7 } from "../modified-utf7.ts";

/** A plain string stands as it is: `FETCH 1:* (FLAGS)`. */
export type CommandPart =
  | string
  | { readonly string: string }
  | { readonly mailbox: string }
  | { readonly uids: NumberRanges }
  | { readonly flags: readonly string[] }
  /** INTERNALDATE, ms since 1970 UTC. */
  | { readonly dateTime: number }
  | { readonly literal: Uint8Array; readonly binary?: boolean };

export type CommandOptions = {
  readonly literals: "synchronizing" | "LITERAL-" | "LITERAL+";
  /** IMAP4rev2 or UTF8=ACCEPT is enabled. */
  readonly utf8: boolean;
};

/** RFC 7888 §5: larger literals wait also with LITERAL-. */
const LITERAL_MINUS_MAX = 4_096;
const QUOTABLE = /^[\x20-\x7e]*$/;
const QUOTABLE_UTF8 = /^[^\0-\x1f\x7f]*$/;

/** The pieces of a command with its tag and CRLF: each but the first may be sent when the server has said "+". */
export function commandBytes(
  tag: string,
  parts: readonly CommandPart[],
  { literals, utf8 }: CommandOptions,
): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let piece: Uint8Array[] = [];
  let text = `${tag} `;
  const literal = (bytes: Uint8Array, binary: boolean): void => {
    const unasked = literals === "LITERAL+" || (literals === "LITERAL-" && bytes.length <= LITERAL_MINUS_MAX);
    piece.push(Buffer.from(`${text}${binary ? "~" : ""}{${bytes.length}${unasked ? "+" : ""}}\r\n`, "utf8"));
    text = "";
    if (!unasked) {
      pieces.push(Buffer.concat(piece));
      piece = [];
    }
    piece.push(bytes);
  };
  const string = (value: string): void => {
    if (value.length <= 1_000 && (utf8 ? QUOTABLE_UTF8 : QUOTABLE).test(value))
      text += `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
    else literal(Buffer.from(value, "utf8"), false);
  };
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else if ("string" in part) string(part.string);
    else if ("mailbox" in part) string(utf8 ? part.mailbox : encodeModifiedUtf7(part.mailbox));
    else if ("uids" in part) text += formatRanges(part.uids);
    else if ("flags" in part) text += `(${part.flags.join(" ")})`;
    else if ("dateTime" in part) text += `"${formatDateTime(part.dateTime)}"`;
    else literal(part.literal, part.binary === true);
  }
  piece.push(Buffer.from(`${text}\r\n`, "utf8"));
  pieces.push(piece.length === 1 ? (piece[0] as Uint8Array) : Buffer.concat(piece));
  return pieces;
}
