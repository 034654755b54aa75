/**
 * The one thread that writes a mail store: takes a batch of calls at a time, and answers all of them together. Between
 * batches, and rarely while they come, it makes the search index.
 */
import { parentPort, workerData } from "node:worker_threads";
import { toSqliteFault } from "./database.ts";
import { createMailReader } from "./mail-reader.ts";
import { createSearchBuilder, type SearchBuilder } from "./search-builder.ts";
import { openStoreCalls, type StoreCall, type StoreCalls, type StoreReply } from "./store-calls.ts";

const port = parentPort;
if (port === null) throw new Error("store-worker.ts is a worker's file");

const { file } = workerData as { file: string };
/** After a batch there is rest for so long before the index goes on; with many batches it goes on this often. */
const INDEX_AFTER_MS = 50;

let store: StoreCalls | undefined;
let builder: SearchBuilder | undefined;
let isWaiting = false;
let answered = 0;
const say = (replies: readonly StoreReply[]): void => port.postMessage(replies);
try {
  store = openStoreCalls(file);
  builder = createSearchBuilder(store.database, createMailReader(store.database));
  say([{ ok: true, value: undefined }]);
  indexLater();
} catch (error) {
  const { kind, message } = toSqliteFault(error, `open ${file}`);
  say([{ ok: false, kind, message }]);
}

port.on("message", (calls: readonly StoreCall[]) => {
  if (store === undefined) return;
  const replies = store.answerAll(calls);
  say(replies);
  answered++;
  if (calls.some(({ method }) => method === "close")) builder = undefined;
  calls.forEach((call, index) => {
    if (call.method === "write" && replies[index]?.ok === true) builder?.written(call.write);
  });
  indexLater();
});

function indexLater(): void {
  if (isWaiting || builder === undefined) return;
  isWaiting = true;
  setTimeout(indexNow, INDEX_AFTER_MS, answered);
}

/** One step, and then the next if nobody came in between. */
function indexNow(before: number): void {
  isWaiting = false;
  if (builder?.step() !== true) return;
  if (answered !== before) return indexLater();
  isWaiting = true;
  setImmediate(indexNow, before);
}
