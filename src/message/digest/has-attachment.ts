/**
 * Whether a message has something beside its words, told from its ready-made structure: for lists and searches, which
 * cannot parse every message. A part that says it is an attachment, or is of a kind nobody reads as text. Linear.
 */
import { latin1 } from "../../base/bytes.ts";

const SAYS_SO = /\("attachment" (?:\(|NIL)/i;
/** Signatures and keys belong to the letter itself. */
const IS_NO_TEXT =
  /\("(?:(?:audio|video|model|font)" "|message" "rfc822"|application" "(?!(?:x-)?pkcs7-|pgp-))/i;

/** `structure`: RFC 9051 §7.5.2 `body`, as digestMessage makes it. */
export function hasAttachment(structure: Uint8Array): boolean {
  const text = latin1(structure);
  return SAYS_SO.test(text) || IS_NO_TEXT.test(text);
}
