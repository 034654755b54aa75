/** A line as it went over the wire, for those who want to see every byte. Pure. */

/** With its end, which a record leaves out, and with what cannot be seen made visible. */
export function withControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const visible = text.replace(/[\u0000-\u001f\u007f]/g, (one) =>
    one === "\u007f" ? "␡" : String.fromCodePoint(0x2400 + (one.codePointAt(0) ?? 0)),
  );
  return `${visible}␍␊`;
}

/** "4d 41 49 4c": its bytes in UTF-8, the line end included. */
export function toHex(text: string): string {
  const bytes = new TextEncoder().encode(`${text}\r\n`);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
