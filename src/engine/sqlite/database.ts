/**
 * A thin driver over node:sqlite: opens a file so that a commit is on disk (WAL, synchronous=FULL), brings its schema
 * up to date, and says what went wrong as a Fault. Everything here blocks: it is for a worker thread.
 */
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../base/fault.ts";
import { toFault } from "../files/errno.ts";

/** SQLite before 3.51.3 can lose a commit when a WAL is reset while a checkpoint runs beside it. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;
/** Limit: another process that writes is waited for this long. */
const BUSY_TIMEOUT_MS = 5_000;

/** What leads from version i to i + 1: SQL, or work in the same transaction. Never changed once released; only added to. */
export type Migrations = readonly (string | ((database: DatabaseSync) => void))[];

/** `pageBytes` counts for a new file only. */
export function openDatabase(
  file: string,
  migrations: Migrations,
  { pageBytes = 4_096 }: { readonly pageBytes?: number } = {},
): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw toSqliteFault(error, `open ${file}`);
  }
  try {
    checkSqliteVersion(String(database.prepare("SELECT sqlite_version() AS v").get()?.["v"]));
    database.exec(`PRAGMA page_size = ${pageBytes}`);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(database, file, migrations);
    return database;
  } catch (error) {
    database.close();
    throw toSqliteFault(error, `open ${file}`);
  }
}

export function checkSqliteVersion(version: string): void {
  const have = version.split(".").map(Number);
  for (const [index, need] of SQLITE_VERSION_MIN.entries()) {
    const part = have[index] ?? 0;
    if (part > need) return;
    if (part < need) {
      throw new Fault(
        "io",
        `SQLite ${SQLITE_VERSION_MIN.join(".")} or newer is needed, this Node.js brings ${version}`,
      );
    }
  }
}

/** Each step is a transaction of its own; a crash between two is taken up at the next opening. */
function migrate(database: DatabaseSync, file: string, migrations: Migrations): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > migrations.length) {
    throw new Fault(
      "io",
      `${file} has schema version ${version}; this program knows ${migrations.length} at most`,
    );
  }
  for (let next = version; next < migrations.length; next++) {
    inTransaction(database, () => {
      const step = migrations[next];
      if (typeof step === "string") database.exec(step);
      else step?.(database);
      database.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
}

/** All of `run`, or nothing. */
export function inTransaction<T>(database: DatabaseSync, run: () => T): T {
  return transactionsOf(database)(run);
}

/** The same for one database, its statements prepared once. */
export function transactionsOf(database: DatabaseSync): <T>(run: () => T) => T {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  return (run) => {
    begin.run();
    try {
      const result = run();
      commit.run();
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
}

/** All that `read` reads is of one moment, whatever others write meanwhile. */
export function inOneMoment<T>(database: DatabaseSync, read: () => T): T {
  if (database.isTransaction) return read();
  database.exec("BEGIN");
  try {
    return read();
  } finally {
    database.exec("COMMIT");
  }
}

const KINDS: Readonly<Record<number, ConstructorParameters<typeof Fault>[0]>> = {
  5: "timeout", // SQLITE_BUSY
  8: "readOnly",
  13: "diskFull",
  14: "permission", // SQLITE_CANTOPEN
};

export function toSqliteFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  const errcode = (error as { errcode?: unknown }).errcode;
  const kind = typeof errcode === "number" ? KINDS[errcode & 0xff] : undefined;
  if (kind === undefined) return toFault(error, doing);
  return new Fault(kind, `cannot ${doing}: ${(error as Error).message}`, { cause: error });
}
