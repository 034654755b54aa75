/** The one thread that writes a mail store: takes a batch of calls at a time, and answers all of them together. */
import { parentPort, workerData } from "node:worker_threads";
import { toSqliteFault } from "./database.ts";
import { openStoreCalls, type StoreCall, type StoreCalls, type StoreReply } from "./store-calls.ts";

const port = parentPort;
if (port === null) throw new Error("store-worker.ts is a worker's file");

const { file } = workerData as { file: string };
let store: StoreCalls | undefined;
const say = (replies: readonly StoreReply[]): void => port.postMessage(replies);
try {
  store = openStoreCalls(file);
  say([{ ok: true, value: undefined }]);
} catch (error) {
  const { kind, message } = toSqliteFault(error, `open ${file}`);
  say([{ ok: false, kind, message }]);
}

port.on("message", (calls: readonly StoreCall[]) => {
  if (store !== undefined) say(store.answerAll(calls));
});
