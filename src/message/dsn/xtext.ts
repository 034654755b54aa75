/**
 * xtext (RFC 3461 §4) and the typed addresses of ORCPT, Original-Recipient and Final-Recipient, both ways; with the
 * `utf-8` address type of RFC 6533 §3. Text that is not well formed gives undefined.
 *
 *     xtext  = *( xchar / hexchar )
 *     xchar  = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "="
 *     hexchar = ASCII "+" immediately followed by two upper case hexadecimal digits
 */
import { utf8 } from "../../base/bytes.ts";
import { isAscii } from "../../base/domain-name.ts";

export type TypedAddress = {
  /** Lower case: `rfc822`, `utf-8`, `x400`. */
  readonly type: string;
  readonly address: string;
};

/** Bytes beyond ASCII are written as those of UTF-8. */
export function encodeXtext(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text, "utf8")) {
    if (byte >= 33 && byte <= 126 && byte !== 0x2b && byte !== 0x3d) encoded += String.fromCharCode(byte);
    else encoded += `+${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

export function decodeXtext(text: string): string | undefined {
  const source = Buffer.from(text, "utf8");
  const bytes = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] as number;
    if (byte === 0x2b) {
      const hex = source.toString("latin1", at + 1, at + 3);
      // Lenient: lower-case digits, which some senders write.
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return undefined;
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else if (byte < 33 || byte === 0x3d || byte === 127) return undefined;
    else bytes[length++] = byte;
  }
  return utf8(bytes.subarray(0, length));
}

/**
 * `rfc822;bob@nemesis.test`, already decoded from xtext.
 *
 *     original-recipient-address = addr-type ";" xtext
 */
export function parseTypedAddress(text: string): TypedAddress | undefined {
  const semicolon = text.indexOf(";");
  if (semicolon < 1) return undefined;
  const type = text.slice(0, semicolon).trim().toLowerCase();
  const address = text.slice(semicolon + 1).trim();
  if (!/^[a-z0-9-]{1,40}$/.test(type) || address === "" || /[\0-\x1f\x7f]/.test(address)) return undefined;
  return { type, address: type === "utf-8" ? decodeUnitext(address) : address };
}

/** For a field of a delivery status. With `utf8` the field may hold UTF-8 (message/global-delivery-status). */
export function formatTypedAddress({ type, address }: TypedAddress, utf8Allowed = false): string {
  const clean = address.replaceAll(/[\0-\x1f\x7f]/g, "");
  if (isAscii(clean)) return `${type}; ${clean}`;
  return `utf-8; ${utf8Allowed ? clean : encodeUnitext(clean)}`;
}

//  utf-8-addr-xtext: ASCII but for "\" "+" "=", else `\x{HEX}`            ; RFC 6533 §3
function encodeUnitext(text: string): string {
  let encoded = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const plain = code > 32 && code < 127 && character !== "\\" && character !== "+" && character !== "=";
    encoded += plain ? character : `\\x{${code.toString(16).toUpperCase()}}`;
  }
  return encoded;
}

function decodeUnitext(text: string): string {
  return text.replaceAll(/\\x\{([0-9A-Fa-f]{1,6})\}/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : String.fromCodePoint(code);
  });
}
