/**
 * Version 3 had an index of all bytes' hashes, as a constraint of their table. SQLite takes no constraint away but by
 * copying the table, which is nearly all of a store. So the schema's text is changed instead: the same index becomes
 * one with a name, and that is dropped (sqlite.org/lang_altertable.html §7: what changes no content may be done so).
 */
import type { DatabaseSync } from "node:sqlite";

/** Inside the migration's transaction. */
export function dropHashIndex(database: DatabaseSync): void {
  database.enableDefensive(false);
  try {
    database.exec(`
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, ' UNIQUE', '') WHERE type = 'table' AND name = 'blob';
      UPDATE sqlite_schema SET name = 'blobByHash', sql = 'CREATE INDEX blobByHash ON blob (sha256)'
        WHERE name = 'sqlite_autoindex_blob_1';
      PRAGMA writable_schema = RESET;
      DROP INDEX blobByHash;`);
  } finally {
    database.enableDefensive(true);
  }
}
