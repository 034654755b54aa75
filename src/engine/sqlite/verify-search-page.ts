/**
 * Whether a page of the search index says of each e-mail that is there what making it anew says. Marks of e-mails that
 * are gone do no harm; a mark that is missing would hide a message. Throws what SQLite throws.
 */
import {
  INDEX_VERSION,
  INDEXED_FIELDS,
  IndexPageBuilder,
  OCTETS_A_COLUMN,
  type IndexPage,
} from "../../store/search/index-page.ts";
import { hasBit, SPAN_EMAILS } from "../../store/search/search-index.ts";
import type { StoreView } from "./look-into-store.ts";
import { readSearchPage } from "./search-pages.ts";

/** E-mails read between two looks at other work. */
const EMAILS_A_TURN = 64;
const TEXTS_AT = OCTETS_A_COLUMN + (SPAN_EMAILS + 1) * 4;

/** Sentences, none when all is well. A page of another version is nobody's: it is not looked at. */
export function* verifySearchPage(
  { database, reader }: StoreView,
  accountId: number,
  page: number,
): Generator<string> {
  const head = database
    .prepare("SELECT version, columnBits, known FROM searchPage WHERE accountId = ? AND page = ?")
    .get(accountId, page);
  if (head === undefined || Number(head["version"]) !== INDEX_VERSION) return;
  const columnBits = Number(head["columnBits"]);
  const known = head["known"] as Uint8Array;
  const kept = readSearchPage(database, accountId, page, columnBits);
  if (kept === undefined || known.length !== OCTETS_A_COLUMN) return yield "parts of it are missing";
  const builder = new IndexPageBuilder();
  const rows: number[] = [];
  for (let at = 0; at < SPAN_EMAILS; at += EMAILS_A_TURN) {
    const from = page * SPAN_EMAILS + at;
    const envelopes = new Map<number, Uint8Array>();
    reader.digests(accountId, from, from + EMAILS_A_TURN - 1, (id, { envelope }) =>
      envelopes.set(id, envelope),
    );
    reader.contents(accountId, from, from + EMAILS_A_TURN - 1, (id, content) => {
      const envelope = envelopes.get(id);
      if (envelope === undefined) return;
      builder.add(id % SPAN_EMAILS, envelope, content);
      rows.push(id % SPAN_EMAILS);
    });
    yield "turn";
  }
  const made = builder.finish(columnBits);
  for (const row of rows) {
    const why = compareRow(row, { ...kept, known }, made);
    if (why !== undefined) yield `e-mail ${page * SPAN_EMAILS + row} ${why}`;
  }
}

type Contents = Pick<IndexPage, "known" | "fields" | "columns">;

function compareRow(row: number, kept: Contents, made: Contents): string | undefined {
  for (const [index, field] of INDEXED_FIELDS.entries()) {
    const text = fieldText(kept.fields[index], row);
    if (text !== undefined && fieldText(made.fields[index], row)?.equals(text) !== true)
      return `has another ${field} there`;
  }
  if (!hasBit(kept.known, row)) return undefined;
  const octet = row >> 3;
  const bit = 1 << (row & 7);
  for (let at = octet; at < made.columns.length; at += OCTETS_A_COLUMN)
    if (((made.columns[at] as number) & ~(kept.columns[at] as number) & bit) !== 0)
      return "holds text that would not be found";
  return undefined;
}

/** Undefined: the page says nothing of it. */
function fieldText(field: Uint8Array | undefined, row: number): Buffer | undefined {
  if (field === undefined || field.length < TEXTS_AT || !hasBit(field, row)) return undefined;
  const bytes = Buffer.from(field.buffer, field.byteOffset, field.length);
  const at = (index: number): number => TEXTS_AT + bytes.readUInt32LE(OCTETS_A_COLUMN + index * 4);
  return bytes.subarray(at(row), at(row + 1));
}
