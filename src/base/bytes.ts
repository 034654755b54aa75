/** Bytes as values: joining, comparing, and the two ways mail turns them into text. */

const utf8Decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

export const EMPTY_BYTES = new Uint8Array(0);

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const all = Buffer.allocUnsafe(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** One character for each byte, none ever lost: for text that must go back to the same bytes. */
export function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1");
}

export function fromLatin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Bytes that are not UTF-8 become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return utf8Decoder.decode(bytes);
}

export function fromUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && asBuffer(a).equals(b);
}

/** The same memory seen as a Buffer, whose methods are quicker. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
