/**
 * The one thread that writes the mail store. Takes a batch of calls at a time, puts the deliveries of a batch into one
 * transaction, and answers all of them together. A batch that fails is answered with its Fault, and nothing of it is kept.
 */
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase, toSqliteFault } from "./database.ts";
import { createMailTables, type MailTables } from "./mail-tables.ts";
import { MAIL_STORE_MIGRATIONS } from "./schema.ts";
import type { DeliverRequest } from "../../store/mail-store.ts";

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

const port = parentPort;
if (port === null) throw new Error("store-worker.ts is a worker's file");

const { file } = workerData as { file: string };
let database: ReturnType<typeof openDatabase> | undefined;
let tables: MailTables | undefined;
try {
  database = openDatabase(file, MAIL_STORE_MIGRATIONS);
  tables = createMailTables(database);
  port.postMessage([{ ok: true, value: undefined }]);
} catch (error) {
  port.postMessage([failure(error)]);
}

port.on("message", (calls: readonly StoreCall[]) => port.postMessage(answerAll(calls)));

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
    return (tables as MailTables).deliverAll(requests).map((value) => ({ ok: true, value }));
  } catch (error) {
    return requests.map(() => failure(error));
  }
}

function answerCall(call: Exclude<StoreCall, { method: "deliver" }>): StoreReply {
  try {
    if (call.method === "close") {
      database?.close();
      return { ok: true, value: undefined };
    }
    const run = (tables as MailTables)[call.method] as (...args: readonly unknown[]) => unknown;
    return { ok: true, value: run(...call.args) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): StoreReply {
  const { kind, message } = toSqliteFault(error, `use ${file}`);
  return { ok: false, kind, message };
}
