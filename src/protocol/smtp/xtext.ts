/**
 * xtext, the armour for parameter values (RFC 3461 §4).
 *
 *     xtext   = *( xchar / hexchar )        xchar   = %x21-2A / %x2C-3C / %x3E-7E      ; no "+", no "="
 *     hexchar = "+" 2( %x30-39 / %x41-46 )
 */

/** The text meant, or undefined when this is not xtext. Bytes above 0x7F come out as UTF-8. */
export function parseXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  if (!text.includes("+")) return text;
  const latin1 = text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(latin1, "latin1").toString("utf8");
}

export function formatXtext(text: string): string {
  return Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(
      /[^!-*,-<>-~]/g,
      (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}
