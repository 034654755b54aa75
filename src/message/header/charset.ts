/**
 * Bytes in a named character set to text. An unknown name or broken bytes never throw: the text is then read as
 * UTF-8 where it is that, else as Windows 1252, in which every byte is a character.
 */

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
  const text = new TextDecoder("utf-8").decode(bytes);
  if (surelyUtf8 || !text.includes("\u{fffd}")) return text;
  return new TextDecoder("windows-1252").decode(bytes);
}
