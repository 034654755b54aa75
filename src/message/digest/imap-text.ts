/**
 * Text as IMAP writes it in the ready-made ENVELOPE and BODYSTRUCTURE: quoted when it is plain ASCII, else a literal,
 * which any session may be sent. Strings here are latin1: one character for each byte of the message.
 *
 *     nstring = string / "NIL"        string = quoted / literal           ; RFC 9051 §9
 */

export function nstring(text: string | undefined): string {
  return text === undefined ? "NIL" : imapString(text);
}

export function imapString(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  // No string may hold NUL (RFC 9051 §4.3.1).
  const clean = text.replaceAll("\0", "");
  return `{${clean.length}}\r\n${clean}`;
}
