/**
 * A mail store's file as somebody looks at it who is not its server: read only, one moment in time, beside a server
 * that goes on writing. Changes nothing. Throws the Fault of opening; a file of an older version is not for it.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../base/fault.ts";
import { toSqliteFault } from "./database.ts";
import { createMailReader, type MailReader } from "./mail-reader.ts";
import { MAIL_STORE_MIGRATIONS } from "./schema.ts";

export const STORE_FILE = "mail.sqlite";

export type StoreView = { readonly database: DatabaseSync; readonly reader: MailReader; close(): void };

/** `folder` holds `mail.sqlite`; a server that runs there may run on. */
export function lookIntoStore(folder: string): StoreView {
  const file = join(folder, STORE_FILE);
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  } catch (error) {
    throw toSqliteFault(error, `open ${file}`);
  }
  try {
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version !== MAIL_STORE_MIGRATIONS.length) {
      throw new Fault(
        "io",
        `${file} has schema version ${version}, this program reads ${MAIL_STORE_MIGRATIONS.length}: start the server on it once`,
      );
    }
    // One moment for all that follows: a transaction's snapshot begins with its first reading.
    database.exec("BEGIN");
    database.prepare("SELECT count(*) FROM account").get();
    return { database, reader: createMailReader(database), close: () => database.close() };
  } catch (error) {
    database.close();
    throw toSqliteFault(error, `open ${file}`);
  }
}
