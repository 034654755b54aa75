/**
 * Opens a SQLite file the way a mail server needs it: WAL, every commit synced, the schema brought up to date. Throws
 * a Fault "io" for a file of a newer version, and for a SQLite whose WAL is known to lose data.
 */
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../base/fault.ts";

/** 3.51.3 mends a race in which a WAL reset could corrupt the database. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;
/** How long a statement waits for another process that has the file. */
const BUSY_TIMEOUT_MS = 5_000;

export type OpenDatabase = {
  readonly path: string;
  readonly migrations: readonly string[];
  readonly readOnly?: boolean;
};

export function openDatabase({ path, migrations, readOnly = false }: OpenDatabase): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly });
    refuseOldSqlite(database);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (readOnly) return database;
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    throw toSqliteFault(error, `open ${path}`);
  }
}

/** Each migration runs once, in its own transaction; `user_version` counts them. */
function migrate(database: DatabaseSync, path: string, migrations: readonly string[]): void {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw new Fault(
      "io",
      `${path} has version ${row.user_version}; this program knows ${migrations.length}: it is too old for this file`,
    );
  }
  for (let version = row.user_version; version < migrations.length; version++) {
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[version] ?? ""}; PRAGMA user_version = ${version + 1}; COMMIT`,
    );
  }
}

function refuseOldSqlite(database: DatabaseSync): void {
  const { version } = database.prepare("SELECT sqlite_version() AS version").get() as { version: string };
  const parts = version.split(".").map(Number);
  for (const [i, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[i] ?? 0;
    if (part > least) return;
    if (part < least)
      throw new Fault(
        "io",
        `this Node has SQLite ${version}; ${SQLITE_VERSION_MIN.join(".")} or newer is needed`,
      );
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const SQLITE_READONLY = 8;
const SQLITE_FULL = 13;

export function toSqliteFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  const code = (error as { errcode?: number }).errcode ?? 0;
  const kind =
    (code & 0xff) === SQLITE_FULL ? "diskFull" : (code & 0xff) === SQLITE_READONLY ? "readOnly" : "io";
  return new Fault(kind, `cannot ${doing}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
