/**
 * Calls on the mail store's tables, answered in order: neighbouring writes share a transaction, and one that fails is
 * answered with its Fault, with nothing of it kept. Runs in the store's thread, or in the caller's turn.
 */
import type { DatabaseSync } from "node:sqlite";
import type { DiskWrite } from "../../store/mail-disk.ts";
import { openDatabase, toSqliteFault, transactionsOf } from "./database.ts";
import { createMailTables, type MailTables } from "./mail-tables.ts";
import { MAIL_STORE_MIGRATIONS } from "./schema.ts";

type Others = Exclude<keyof MailTables, "write" | "settle" | "rolledBack">;

/** A method of the tables and its arguments. */
export type StoreCall =
  | { readonly method: "write"; readonly write: DiskWrite }
  | { [M in Others]: { readonly method: M; readonly args: Parameters<MailTables[M]> } }[Others]
  | { readonly method: "close" };

export type StoreReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: string; readonly message: string };

export type StoreCalls = {
  readonly database: DatabaseSync;
  answerAll(calls: readonly StoreCall[]): StoreReply[];
};

/** Octets of a page: whole messages of usual size on few of them; the measured best for writing. */
const PAGE_BYTES = 8_192;

/** Throws the Fault of opening. `file` may be `:memory:`. */
export function openStoreCalls(file: string): StoreCalls {
  const database = openDatabase(file, MAIL_STORE_MIGRATIONS, { pageBytes: PAGE_BYTES });
  const tables = createMailTables(database);
  const run = transactionsOf(database);

  function transaction<T>(work: () => T): T {
    try {
      return run(work);
    } catch (error) {
      tables.rolledBack();
      throw error;
    }
  }

  function answerAll(calls: readonly StoreCall[]): StoreReply[] {
    const replies: StoreReply[] = [];
    let writes: DiskWrite[] = [];
    const flush = (): void => {
      if (writes.length > 0) replies.push(...answerWrites(writes));
      writes = [];
    };
    for (const call of calls) {
      if (call.method === "write") {
        writes.push(call.write);
        continue;
      }
      flush();
      replies.push(answerCall(call));
    }
    flush();
    return replies;
  }

  /** All in one transaction: one sync. */
  function answerWrites(writes: readonly DiskWrite[]): StoreReply[] {
    try {
      return transaction(() => writes.map((write) => ({ ok: true, value: tables.write(write) })));
    } catch (error) {
      return writes.map(() => failure(error));
    }
  }

  function answerCall(call: Exclude<StoreCall, { method: "write" }>): StoreReply {
    try {
      if (call.method === "close") {
        close();
        return { ok: true, value: undefined };
      }
      const method = tables[call.method] as (...args: readonly unknown[]) => unknown;
      return { ok: true, value: transaction(() => method(...call.args)) };
    } catch (error) {
      return failure(error);
    }
  }

  function close(): void {
    try {
      transaction(() => tables.settle());
    } catch {
      // What was not written now is found again at the next opening.
    }
    database.close();
  }

  function failure(error: unknown): StoreReply {
    const { kind, message } = toSqliteFault(error, `use ${file}`);
    return { ok: false, kind, message };
  }

  return { database, answerAll };
}
