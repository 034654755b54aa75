/**
 * The ENVELOPE of a message, as IMAP sends it: values as they stand in the header, unfolded, encoded words still
 * encoded. Any bytes give some envelope; linear, never throws.
 *
 *     envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP
 *                env-bcc SP env-in-reply-to SP env-message-id ")"        ; RFC 9051 §7.5.2
 */
import { type Header, trimBlanks, unfold } from "../header/fields.ts";
import { envelopeAddresses } from "./envelope-address.ts";
import { nstring } from "./imap-text.ts";

/** As latin1 text. */
export function formatEnvelope(header: Header): string {
  const from = addresses(header, "from");
  const orFrom = (name: string): string => {
    const list = addresses(header, name);
    return list === "NIL" ? from : list;
  };
  const fields = [
    nstring(rawField(header, "date")),
    nstring(rawField(header, "subject")),
    from,
    orFrom("sender"),
    orFrom("reply-to"),
    addresses(header, "to"),
    addresses(header, "cc"),
    addresses(header, "bcc"),
    nstring(rawField(header, "in-reply-to")),
    nstring(rawField(header, "message-id")),
  ];
  return `(${fields.join(" ")})`;
}

/** The first field of that name, unfolded and trimmed, a character for each byte. `key` is lower case. */
export function rawField(header: Header, key: string): string | undefined {
  const field = header.fields.find((candidate) => candidate.key === key);
  return field === undefined ? undefined : trimBlanks(unfold(field.raw));
}

/** All fields of the name together: some programs write To more than once. */
function addresses(header: Header, key: string): string {
  let list = "";
  for (const field of header.fields) {
    if (field.key === key) list += envelopeAddresses(unfold(field.raw));
  }
  return list === "" ? "NIL" : `(${list})`;
}
