/**
 * Bytes in a named character set to text. An unknown name or broken bytes never throw: the text is then read as
 * UTF-8 where it is that, else as Windows 1252, in which every byte is a character.
 */

/** Neither keeps anything between two texts. */
const UTF8 = new TextDecoder("utf-8");
const WINDOWS_1252 = new TextDecoder("windows-1252");

export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  const label = (charset ?? "").trim().toLowerCase().replace(/\*.*$/, ""); // RFC 2231 §5 language suffix
  // Lenient: mail marked US-ASCII, or not at all, is often UTF-8.
  if (label === "" || label === "us-ascii" || label === "ascii" || label === "utf-8" || label === "utf8") {
    return decodeGuess(bytes, label.startsWith("utf"));
  }
  try {
    return new TextDecoder(label, { ignoreBOM: false }).decode(bytes);
  } catch {
    return decodeGuess(bytes, false);
  }
}

function decodeGuess(bytes: Uint8Array, surelyUtf8: boolean): string {
  const text = UTF8.decode(bytes);
  if (surelyUtf8 || !text.includes("\u{fffd}")) return text;
  return WINDOWS_1252.decode(bytes);
}
