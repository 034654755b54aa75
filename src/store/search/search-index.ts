/**
 * What an index may know of an account's e-mails, as a port: for a text it names those of a span that may hold it. It
 * may err on one side only: a "no" is sure, a "maybe" is looked at. What it does not cover is looked at as well.
 */

/** "text" is headers and bodies together. */
export type IndexedField = "from" | "to" | "cc" | "bcc" | "subject" | "text";

/** E-mails of a span: those whose id divided by it is the span's number. */
export const SPAN_EMAILS = 512;

/** A bit for each e-mail of the span, the lowest bit of the first octet for the first. */
export type IndexAnswer = {
  /** Those it knows: of the others it says nothing. */
  readonly known: Uint8Array;
  readonly maybe: Uint8Array;
  /** A "maybe" is a yes. */
  readonly isExact: boolean;
};

export type SearchIndex = {
  /** `folded`: well-formed text as foldText makes it. Undefined when it cannot tell, or not yet. */
  look(span: number, field: IndexedField, folded: string): IndexAnswer | undefined;
};

export const NO_INDEX: SearchIndex = { look: () => undefined };

export function hasBit(bits: Uint8Array, bit: number): boolean {
  return (((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}

export function setBit(bits: Uint8Array, bit: number): void {
  bits[bit >> 3] = (bits[bit >> 3] as number) | (1 << (bit & 7));
}
