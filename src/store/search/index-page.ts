/**
 * A page of the index: what it takes to rule out e-mails of one span without looking at them. It has the folded texts
 * of five envelope fields one after the other, and for the whole text a column of bits for each trigram, a bit an
 * e-mail. It is made once all of its e-mails are there and never changes; pages of another version are not used.
 *
 *     field   = known(64 octets) begin(u32 LE, one more than e-mails) UTF-8
 *     columns = 64 octets for each, COLUMNS_A_PART to a part
 */
import { readEnvelope } from "../../message/digest/read-envelope.ts";
import { foldText } from "../../message/fold-text.ts";
import { envelopeText, type IndexedEnvelopeField } from "./envelope-text.ts";
import { eachSearchableText } from "./message-text.ts";
import { setBit, SPAN_EMAILS } from "./search-index.ts";
import { COLUMN_BITS_MAX, markTrigrams } from "./trigrams.ts";

/** Raised with every change of foldText, of what a search looks at, or of this format. */
export const INDEX_VERSION = 1;
export const INDEXED_FIELDS: readonly IndexedEnvelopeField[] = ["subject", "from", "to", "cc", "bcc"];
export const OCTETS_A_COLUMN = SPAN_EMAILS / 8;
/** 2,560 octets: three rows fill a page of the database. */
export const COLUMNS_A_PART = 40;
const COLUMN_BITS_MIN = 9;
/** So that about a quarter of an average e-mail's bits are set: six trigrams then rule out all but one of 4,096. */
const COLUMNS_A_TRIGRAM = 4;
/** Limit: octets of a field's text that are kept; longer ones are looked at. */
const FIELD_OCTETS_MAX = 8_192;
/** Limit: octets of a message; a longer one would set most bits, and is looked at. */
const INDEXED_OCTETS_MAX = 4 * 1_048_576;

export type IndexPage = {
  readonly version: number;
  /** Of columns there are two to the power of this. */
  readonly columnBits: number;
  /** E-mails whose whole text is indexed. */
  readonly known: Uint8Array;
  /** In the order of INDEXED_FIELDS. */
  readonly fields: readonly Uint8Array[];
  readonly columns: Uint8Array;
};

/** Two MiB while it is at work. */
export class IndexPageBuilder {
  readonly #known = new Uint8Array(OCTETS_A_COLUMN);
  readonly #columns = new Uint8Array(OCTETS_A_COLUMN << COLUMN_BITS_MAX);
  readonly #texts = INDEXED_FIELDS.map((): Uint8Array[] => []);
  #emails = 0;

  /** `row`: the e-mail's place in its span. `envelope` as its digest has it. */
  add(row: number, envelope: Uint8Array, content: Uint8Array): void {
    const values = readEnvelope(envelope);
    INDEXED_FIELDS.forEach((field, index) => {
      (this.#texts[index] as Uint8Array[])[row] = Buffer.from(foldText(envelopeText(values, field) ?? ""));
    });
    if (content.length > INDEXED_OCTETS_MAX) return;
    eachSearchableText(content, (text) => markTrigrams(text, this.#columns, OCTETS_A_COLUMN, row));
    setBit(this.#known, row);
    this.#emails++;
  }

  /** `columnBits`: chosen by what it holds when absent. */
  finish(columnBits?: number): IndexPage {
    const bits = columnBits ?? widthFor(countBits(this.#columns) / Math.max(1, this.#emails));
    return {
      version: INDEX_VERSION,
      columnBits: bits,
      known: this.#known,
      fields: this.#texts.map(packTexts),
      columns: narrow(this.#columns, COLUMN_BITS_MAX - bits),
    };
  }
}

function widthFor(trigrams: number): number {
  const wanted = Math.ceil(Math.log2(Math.max(1, trigrams * COLUMNS_A_TRIGRAM)));
  return Math.min(COLUMN_BITS_MAX, Math.max(COLUMN_BITS_MIN, wanted));
}

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const word of new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** Neighbours become one, `times` times. In place: the result is a part of what was given. */
function narrow(columns: Uint8Array, times: number): Uint8Array {
  const words = new Uint32Array(columns.buffer, columns.byteOffset, columns.length >> 2);
  const wordsAColumn = OCTETS_A_COLUMN >> 2;
  const merged = 1 << times;
  const count = words.length / wordsAColumn / merged;
  for (let column = 0; column < count && times > 0; column++) {
    for (let word = 0; word < wordsAColumn; word++) {
      let all = 0;
      for (let one = 0; one < merged; one++)
        all |= words[(column * merged + one) * wordsAColumn + word] as number;
      words[column * wordsAColumn + word] = all;
    }
  }
  return columns.subarray(0, count * OCTETS_A_COLUMN);
}

function packTexts(texts: readonly (Uint8Array | undefined)[]): Uint8Array {
  const known = new Uint8Array(OCTETS_A_COLUMN);
  const begins = Buffer.alloc((SPAN_EMAILS + 1) * 4);
  const kept: Uint8Array[] = [];
  let length = 0;
  for (let row = 0; row < SPAN_EMAILS; row++) {
    const text = texts[row];
    if (text !== undefined && text.length <= FIELD_OCTETS_MAX) {
      setBit(known, row);
      kept.push(text);
      length += text.length;
    }
    begins.writeUInt32LE(length, (row + 1) * 4);
  }
  return Buffer.concat([known, begins, ...kept]);
}
