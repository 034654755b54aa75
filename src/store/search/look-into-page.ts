/** Looks a text up in a page of the index, reading no more of it than it takes. A damaged page says nothing. */
import { asBuffer } from "../../base/bytes.ts";
import {
  COLUMNS_A_PART,
  INDEX_VERSION,
  INDEXED_FIELDS,
  OCTETS_A_COLUMN,
  type IndexPage,
} from "./index-page.ts";
import { setBit, SPAN_EMAILS, type IndexAnswer, type IndexedField } from "./search-index.ts";
import { columnsOf } from "./trigrams.ts";

/** A page as it is kept: read piece by piece. */
export type PageReader = Pick<IndexPage, "version" | "columnBits" | "known"> & {
  field(index: number): Uint8Array | undefined;
  part(index: number): Uint8Array | undefined;
};

const BEGINS_AT = OCTETS_A_COLUMN;
const TEXTS_AT = BEGINS_AT + (SPAN_EMAILS + 1) * 4;

export function lookIntoPage(page: PageReader, field: IndexedField, folded: string): IndexAnswer | undefined {
  if (page.version !== INDEX_VERSION) return undefined;
  if (field !== "text") {
    const bytes = page.field(INDEXED_FIELDS.indexOf(field));
    return bytes === undefined || bytes.length < TEXTS_AT ? undefined : inField(bytes, Buffer.from(folded));
  }
  const columns = columnsOf(folded, page.columnBits);
  if (columns === undefined) return undefined;
  const maybe = Uint8Array.from(page.known);
  for (const column of columns) {
    const at = (column % COLUMNS_A_PART) * OCTETS_A_COLUMN;
    const part = page.part(Math.floor(column / COLUMNS_A_PART));
    if (part === undefined || part.length < at + OCTETS_A_COLUMN) return undefined;
    let left = 0;
    for (let octet = 0; octet < OCTETS_A_COLUMN; octet++)
      left |= maybe[octet] = (maybe[octet] as number) & (part[at + octet] as number);
    if (left === 0) break;
  }
  return { known: page.known, maybe, isExact: false };
}

/** A text is found within one e-mail's only. */
function inField(bytes: Uint8Array, needle: Buffer): IndexAnswer {
  const field = asBuffer(bytes);
  const maybe = new Uint8Array(OCTETS_A_COLUMN);
  const begin = (row: number): number => TEXTS_AT + field.readUInt32LE(BEGINS_AT + row * 4);
  let row = 0;
  for (let at = field.indexOf(needle, TEXTS_AT); at >= 0; at = field.indexOf(needle, at)) {
    while (row < SPAN_EMAILS && begin(row + 1) <= at) row++;
    if (row === SPAN_EMAILS) break;
    if (at + needle.length <= begin(row + 1)) {
      setBit(maybe, row);
      at = begin(row + 1);
    } else at++;
  }
  return { known: field.subarray(0, OCTETS_A_COLUMN), maybe, isExact: true };
}
