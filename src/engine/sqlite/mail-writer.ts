/** Where batches of store jobs run: a thread of its own, or the caller's turn. Rejects with a Fault, all jobs together. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Fault } from "../../base/fault.ts";
import type { FaultKind } from "../../base/fault.ts";
import { MAIL_MIGRATIONS } from "./mail-migrations.ts";
import { createMailTables } from "./mail-tables.ts";
import type { MailJob, MailJobAnswer } from "./mail-tables.ts";
import type { WriterReply } from "./mail-writer-thread.ts";
import { openDatabase } from "./open-database.ts";

export type MailWriter = {
  /** One batch at a time. */
  run(jobs: readonly MailJob[]): Promise<readonly MailJobAnswer[]>;
  close(): Promise<void>;
};

/** For a lab with many hosts: a sync stops the loop for a moment, a thread would cost each host some 10 MB. */
export function openInlineWriter(path: string): MailWriter {
  const database = openDatabase({ path, migrations: MAIL_MIGRATIONS });
  const tables = createMailTables(database);
  return {
    run: async (jobs) => tables.run(jobs),
    close: async () => database.close(),
  };
}

export function openThreadWriter(path: string): MailWriter {
  const worker = new Worker(new URL("./mail-writer-thread.ts", import.meta.url), { workerData: { path } });
  let broken: Fault | undefined;
  let waiting: { resolve(answers: readonly MailJobAnswer[]): void; reject(fault: Fault): void } | undefined;
  worker.on("message", (reply: WriterReply) => {
    const current = waiting;
    waiting = undefined;
    if (reply.ok) current?.resolve(reply.answers);
    else current?.reject(new Fault(reply.kind as FaultKind, reply.message));
  });
  worker.on("error", (error) => {
    broken = new Fault(
      "io",
      `the mailbox store's writer ended: ${error instanceof Error ? error.message : String(error)}`,
    );
    waiting?.reject(broken);
  });
  return {
    run: (jobs) =>
      new Promise((resolve, reject) => {
        if (broken !== undefined) return reject(broken);
        waiting = { resolve, reject };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(jobs);
      }),
    async close() {
      if (broken !== undefined) return;
      const ended = once(worker, "exit");
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage("close");
      await ended;
    },
  };
}
