/**
 * Three neighbouring octets of a text, as a number of a column: a message that lacks one trigram of a text does not
 * hold the text. Texts are folded and in UTF-8, on both sides alike. Two trigrams may share a column: then one is
 * found too often, never too rarely. Columns of half as many are the same numbers without their lowest bit.
 */

/** Columns when a page is made: a power of two; fewer are kept when its messages are short. */
export const COLUMN_BITS_MAX = 15;
/** Limit: of a text's trigrams looked for; more rule out hardly more. */
const TRIGRAMS_MAX = 24;

const LOWER = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 32 : octet,
);

function columnOf(trigram: number): number {
  return Math.imul(trigram, 0x9e3779b1) >>> (32 - COLUMN_BITS_MAX);
}

/** Sets e-mail `row`'s bit in the column of each trigram; ASCII letters are lowered on the way. */
export function markTrigrams(
  text: Uint8Array,
  columns: Uint8Array,
  octetsAColumn: number,
  row: number,
): void {
  const octet = row >> 3;
  const bit = 1 << (row & 7);
  let trigram = ((LOWER[text[0] ?? 0] as number) << 8) | (LOWER[text[1] ?? 0] as number);
  for (let at = 2; at < text.length; at++) {
    trigram = ((trigram << 8) | (LOWER[text[at] as number] as number)) & 0xffffff;
    const place = columnOf(trigram) * octetsAColumn + octet;
    columns[place] = (columns[place] as number) | bit;
  }
}

/** Columns of which all must hold it, of 2 ** `columnBits`; undefined for a text too short to tell. */
export function columnsOf(folded: string, columnBits: number): number[] | undefined {
  const text = Buffer.from(folded);
  if (text.length < 3) return undefined;
  const found = new Set<number>();
  const step = Math.max(1, Math.ceil((text.length - 2) / TRIGRAMS_MAX));
  for (let at = 0; at + 2 < text.length; at += step)
    found.add(columnOf(text.readUIntBE(at, 3)) >> (COLUMN_BITS_MAX - columnBits));
  return [...found];
}
