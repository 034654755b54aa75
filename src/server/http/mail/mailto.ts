/**
 * A mailto address as the beginning of a letter (RFC 6068): recipients, subject, words and what it answers. Whatever else a
 * page would put into somebody's letter, such as files or fields, is passed over. Never throws.
 */
import { parseAddressList } from "../../../message/address/address-list.ts";
import { parseMessageIds } from "../../../message/header/message-id.ts";
import type { AddressView, LetterView } from "./views.ts";

/** Limit: recipients a link may name. */
const ADDRESSES_MAX = 100;

export type MailtoLetter = Pick<LetterView, "to" | "cc" | "bcc" | "subject" | "text" | "inReplyTo">;

export function readMailto(link: string): MailtoLetter {
  const rest = link.replace(/^mailto:/i, "");
  const mark = rest.indexOf("?");
  const fields = new Map<string, string[]>();
  const add = (name: string, value: string): void =>
    void fields.set(name, [...(fields.get(name) ?? []), value]);
  for (const piece of (mark < 0 ? "" : rest.slice(mark + 1)).split("&")) {
    const equals = piece.indexOf("=");
    if (equals > 0) add(decode(piece.slice(0, equals)).toLowerCase(), decode(piece.slice(equals + 1)));
  }
  add("to", decode(mark < 0 ? rest : rest.slice(0, mark)));
  const addresses = (name: string): AddressView[] =>
    (fields.get(name) ?? [])
      .flatMap((value) => parseAddressList(value).addresses)
      .slice(0, ADDRESSES_MAX)
      .map(({ name: display, address }) => ({ name: display, address }));
  const text = (name: string): string => (fields.get(name) ?? []).join("\n");
  return {
    to: addresses("to"),
    cc: addresses("cc"),
    bcc: addresses("bcc"),
    subject: text("subject").replaceAll(/\s+/g, " ").slice(0, 2_000),
    text: text("body").replaceAll("\r\n", "\n"),
    inReplyTo: parseMessageIds(text("in-reply-to"))[0] ?? null,
  };
}

/** A plus sign is a plus sign (RFC 6068 §5). */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
