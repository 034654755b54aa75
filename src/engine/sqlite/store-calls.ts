/**
 * Calls on the mail store's tables, answered in order: neighbouring deliveries share a transaction, and one that fails
 * is answered with its Fault, with nothing of it kept. Runs in the store's thread, or in the caller's turn.
 */
import type { DeliverRequest } from "../../store/mail-store.ts";
import { openDatabase, toSqliteFault } from "./database.ts";
import { createMailTables, type MailTables } from "./mail-tables.ts";
import { MAIL_STORE_MIGRATIONS } from "./schema.ts";

/** A method of the tables and its arguments. */
export type StoreCall =
  | { readonly method: "deliver"; readonly request: DeliverRequest }
  | {
      [M in Exclude<keyof MailTables, "deliverAll">]: {
        readonly method: M;
        readonly args: Parameters<MailTables[M]>;
      };
    }[Exclude<keyof MailTables, "deliverAll">]
  | { readonly method: "close" };

export type StoreReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: string; readonly message: string };

export type StoreCalls = { answerAll(calls: readonly StoreCall[]): StoreReply[] };

/** Throws the Fault of opening. */
export function openStoreCalls(file: string): StoreCalls {
  const database = openDatabase(file, MAIL_STORE_MIGRATIONS);
  const tables = createMailTables(database);

  /** In order: neighbouring deliveries share a transaction, whatever stands between them is done in its place. */
  function answerAll(calls: readonly StoreCall[]): StoreReply[] {
    const replies: StoreReply[] = [];
    let deliveries: DeliverRequest[] = [];
    const deliver = (): void => {
      if (deliveries.length > 0) replies.push(...answerDeliveries(deliveries));
      deliveries = [];
    };
    for (const call of calls) {
      if (call.method === "deliver") {
        deliveries.push(call.request);
        continue;
      }
      deliver();
      replies.push(answerCall(call));
    }
    deliver();
    return replies;
  }

  function answerDeliveries(requests: readonly DeliverRequest[]): StoreReply[] {
    try {
      return tables.deliverAll(requests).map((value) => ({ ok: true, value }));
    } catch (error) {
      return requests.map(() => failure(error));
    }
  }

  function answerCall(call: Exclude<StoreCall, { method: "deliver" }>): StoreReply {
    try {
      if (call.method === "close") {
        database.close();
        return { ok: true, value: undefined };
      }
      const run = tables[call.method] as (...args: readonly unknown[]) => unknown;
      return { ok: true, value: run(...call.args) };
    } catch (error) {
      return failure(error);
    }
  }

  function failure(error: unknown): StoreReply {
    const { kind, message } = toSqliteFault(error, `use ${file}`);
    return { ok: false, kind, message };
  }

  return { answerAll };
}
