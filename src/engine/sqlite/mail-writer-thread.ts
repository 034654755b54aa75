/** The writer thread of one mailbox store: takes batches of jobs, answers when they are on disk. */
import { parentPort, workerData } from "node:worker_threads";
import { MAIL_MIGRATIONS } from "./mail-migrations.ts";
import { createMailTables } from "./mail-tables.ts";
import type { MailJob, MailJobAnswer } from "./mail-tables.ts";
import { openDatabase, toSqliteFault } from "./open-database.ts";

export type WriterReply =
  | { readonly ok: true; readonly answers: readonly MailJobAnswer[] }
  | { readonly ok: false; readonly kind: string; readonly message: string };

const port = parentPort;
if (port === null) throw new Error("the mail writer runs as a thread");
const database = openDatabase({ path: (workerData as { path: string }).path, migrations: MAIL_MIGRATIONS });
const tables = createMailTables(database);

port.on("message", (jobs: readonly MailJob[] | "close") => {
  if (jobs === "close") {
    database.close();
    port.close();
    return;
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage(runBatch(jobs));
});

function runBatch(jobs: readonly MailJob[]): WriterReply {
  try {
    return { ok: true, answers: tables.run(jobs) };
  } catch (error) {
    const { kind, message } = toSqliteFault(error, "write to the mailbox store");
    return { ok: false, kind, message };
  }
}
