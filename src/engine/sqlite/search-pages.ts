/**
 * The pages of the search index in the store's file: written whole, taken away whole, and read piece by piece, so that
 * a search of a large mailbox holds none of them in memory. Throws what SQLite throws.
 */
import type { DatabaseSync } from "node:sqlite";
import {
  COLUMNS_A_PART,
  INDEX_VERSION,
  INDEXED_FIELDS,
  OCTETS_A_COLUMN,
  type IndexPage,
} from "../../store/search/index-page.ts";
import { lookIntoPage } from "../../store/search/look-into-page.ts";
import { SPAN_EMAILS, type SearchIndex } from "../../store/search/search-index.ts";
import { ACCOUNT_EMAILS, SOME_EMAILS } from "./email-key.ts";
import { inOneMoment, inTransaction } from "./database.ts";

/** Parts below are fields, in the order of INDEXED_FIELDS; from it on they are columns. */
export const FIRST_COLUMN_PART = 16;
const OCTETS_A_PART = COLUMNS_A_PART * OCTETS_A_COLUMN;

export function searchIndexOf(database: DatabaseSync): (accountId: number) => SearchIndex {
  const head = database.prepare(
    "SELECT version, columnBits, known FROM searchPage WHERE accountId = ? AND page = ?",
  );
  const piece = database.prepare(
    "SELECT bytes FROM searchPart WHERE accountId = ? AND page = ? AND part = ?",
  );
  return (accountId) => ({
    look: (page, field, folded) =>
      inOneMoment(database, () => {
        const row = head.get(accountId, page);
        if (row === undefined) return undefined;
        const read = (part: number): Uint8Array | undefined =>
          piece.get(accountId, page, part)?.["bytes"] as Uint8Array | undefined;
        const reader = {
          version: Number(row["version"]),
          columnBits: Number(row["columnBits"]),
          known: row["known"] as Uint8Array,
          field: read,
          part: (index: number) => read(FIRST_COLUMN_PART + index),
        };
        return lookIntoPage(reader, field, folded);
      }),
  });
}

export type SearchPages = {
  /** Of the account's e-mails up to `lastEmailId`: spans that are full and have no page of this version, ascending. */
  missing(accountId: number, lastEmailId: number): number[];
  /** Instead of the one that is there; not when the account is gone. */
  write(accountId: number, page: number, made: IndexPage): void;
  /** When none of its e-mails is there any more. */
  removeIfEmpty(accountId: number, page: number): void;
};

export function createSearchPages(database: DatabaseSync): SearchPages {
  const made = database.prepare("SELECT page FROM searchPage WHERE accountId = ? AND version = ?");
  const held = database.prepare(
    `SELECT DISTINCT id / ${SPAN_EMAILS} AS page FROM email WHERE ${ACCOUNT_EMAILS} ORDER BY page`,
  );
  const account = database.prepare("SELECT 1 FROM account WHERE id = ?");
  const someEmail = database.prepare(`SELECT 1 FROM email WHERE ${SOME_EMAILS} LIMIT 1`);
  const addPage = database.prepare("INSERT INTO searchPage VALUES (?, ?, ?, ?, ?)");
  const addPart = database.prepare("INSERT INTO searchPart VALUES (?, ?, ?, ?)");
  const removePage = database.prepare("DELETE FROM searchPage WHERE accountId = ? AND page = ?");

  return {
    missing(accountId, lastEmailId) {
      const there = new Set(made.all(accountId, INDEX_VERSION).map((row) => Number(row["page"])));
      // Of a span whose e-mails are gone, or never were (a restored store steps far ahead), there is nothing to make.
      const full = Math.floor((lastEmailId + 1) / SPAN_EMAILS);
      return held
        .all(accountId)
        .map((row) => Number(row["page"]))
        .filter((page) => page < full && !there.has(page));
    },
    write(accountId, page, { version, columnBits, known, fields, columns }) {
      inTransaction(database, () => {
        removePage.run(accountId, page);
        if (account.get(accountId) === undefined) return;
        addPage.run(accountId, page, version, columnBits, known);
        fields.forEach((bytes, part) => addPart.run(accountId, page, part, bytes));
        for (let at = 0, part = FIRST_COLUMN_PART; at < columns.length; at += OCTETS_A_PART, part++)
          addPart.run(accountId, page, part, columns.subarray(at, at + OCTETS_A_PART));
      });
    },
    removeIfEmpty(accountId, page) {
      const from = page * SPAN_EMAILS;
      if (someEmail.get(accountId, from, from + SPAN_EMAILS - 1) !== undefined) return;
      removePage.run(accountId, page);
    },
  };
}

/** A page as it is kept, in one piece; undefined where parts are missing. */
export function readSearchPage(
  database: DatabaseSync,
  accountId: number,
  page: number,
  columnBits: number,
): Pick<IndexPage, "fields" | "columns"> | undefined {
  const rows = database
    .prepare("SELECT part, bytes FROM searchPart WHERE accountId = ? AND page = ? ORDER BY part")
    .all(accountId, page);
  const fields: Uint8Array[] = [];
  const columns: Uint8Array[] = [];
  for (const { part, bytes } of rows)
    (Number(part) < FIRST_COLUMN_PART ? fields : columns).push(bytes as Uint8Array);
  const whole = Buffer.concat(columns);
  const isWhole = fields.length === INDEXED_FIELDS.length && whole.length === OCTETS_A_COLUMN << columnBits;
  return isWhole ? { fields, columns: whole } : undefined;
}
