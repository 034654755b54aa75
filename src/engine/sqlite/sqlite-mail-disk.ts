/**
 * The mail disk as a SQLite file. Writes go to one worker thread, so that no sync ever stops the event loop: while it
 * is busy writes gather; they go over together and share one transaction. Reading is a second connection, in the
 * caller's turn, which sees what is committed. Rejects with the disk's Fault; then nothing was kept.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { Fault, type FaultKind } from "../../base/fault.ts";
import type { AccountContents, AccountRow, Appended, DiskStep, MailDisk } from "../../store/mail-disk.ts";
import { realDisk } from "../files/disk.ts";
import { type FolderLock, lockFolder } from "../files/folder-lock.ts";
import { toSqliteFault } from "./database.ts";
import { STORE_FILE } from "./look-into-store.ts";
import { createMailReader, type MailReader } from "./mail-reader.ts";
import { openStoreCalls, type StoreCall, type StoreReply } from "./store-calls.ts";

/** Limit: calls that go over together; as many as share a transaction. */
const BATCH_CALLS_MAX = 128;
/** Limit: what the thread allocates before it is swept; more is only held, for its garbage is short-lived. */
const YOUNG_MB = 4;
/** Limit: of the file that is mapped for reading, in octets; the rest is read. */
const MAPPED_BYTES_MAX = 2 ** 36;

type Waiting = { readonly call: StoreCall; resolve(value: unknown): void; reject(fault: Fault): void };

/** Where the calls run. */
type Runner = {
  post(calls: readonly StoreCall[]): void;
  /** Keeps the process alive, or no longer. */
  busy(isBusy: boolean): void;
  end(): Promise<unknown>;
};

export type SqliteMailDiskOptions = {
  readonly folder: string;
  /** False: in the caller's turn. For a lab of many hosts, where a thread for each would cost 10 MB apiece. */
  readonly thread: boolean;
};

export function createSqliteMailDisk({ folder, thread }: SqliteMailDiskOptions): MailDisk {
  let runner: Runner | undefined;
  let reader: MailReader | undefined;
  let readerDatabase: DatabaseSync | undefined;
  let lock: FolderLock | undefined;
  let waiting: Waiting[] = [];
  let asked: readonly Waiting[] = [];
  let wasKilled = false;
  const file = join(folder, STORE_FILE);

  function ask<T>(call: StoreCall): Promise<T> {
    if (runner === undefined) return Promise.reject(new Fault("closed", "the mail store is not open"));
    return new Promise((resolve, reject) => {
      waiting.push({ call, resolve: resolve as (value: unknown) => void, reject });
      if (asked.length === 0 && waiting.length === 1) setImmediate(post); // all of this turn go over together
    });
  }

  function post(): void {
    if (asked.length > 0) return;
    if (waiting.length === 0) return runner?.busy(false); // an idle thread keeps nobody alive
    runner?.busy(true);
    asked = waiting.slice(0, BATCH_CALLS_MAX);
    waiting = waiting.slice(BATCH_CALLS_MAX);
    runner?.post(asked.map(({ call }) => call));
  }

  function answered(replies: readonly StoreReply[]): void {
    const done = asked;
    asked = [];
    replies.forEach((reply, index) => {
      if (reply.ok) done[index]?.resolve(reply.value);
      else done[index]?.reject(new Fault(reply.kind as FaultKind, reply.message));
    });
    post();
  }

  function failAll(fault: Fault): void {
    runner = undefined;
    for (const { reject } of [...asked, ...waiting]) reject(fault);
    asked = [];
    waiting = [];
  }

  async function startThread(): Promise<void> {
    const worker = new Worker(new URL("store-worker.ts", import.meta.url), {
      workerData: { file },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    runner = {
      post(calls) {
        const { owned, given } = ownBytes(calls);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(owned, [given]);
      },
      busy: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
      end: () => worker.terminate(),
    };
    worker.on("message", answered);
    worker.on("error", (error) =>
      failAll(new Fault("io", `the mail store's thread broke: ${error.message}`)),
    );
    worker.on("exit", () => failAll(new Fault("closed", "the mail store is closed")));
    // Its first message, unasked, says how opening went.
    await new Promise<void>((resolve, reject) => {
      asked = [{ call: { method: "close" }, resolve: () => resolve(), reject }];
    });
  }

  function startInline(): void {
    const store = openStoreCalls(file);
    runner = {
      post: (calls) => answered(store.answerAll(calls)),
      busy() {},
      end: async () => failAll(new Fault("closed", "the mail store is closed")),
    };
  }

  function openReader(): void {
    readerDatabase = new DatabaseSync(file, { readOnly: true });
    readerDatabase.exec(`PRAGMA mmap_size = ${MAPPED_BYTES_MAX}`);
    reader = createMailReader(readerDatabase);
  }

  function read<T>(run: (open: MailReader) => T): T {
    if (reader === undefined) throw new Fault("closed", "the mail store is not open");
    try {
      return run(reader);
    } catch (error) {
      throw toSqliteFault(error, `read ${file}`);
    }
  }

  return {
    async open() {
      await realDisk().makeFolder(folder);
      lock = lockFolder(folder);
      try {
        wasKilled = existsSync(`${file}-wal`); // who closes a database last takes its log away
        if (thread) await startThread();
        else startInline();
        openReader();
        return await ask<AccountContents[]>({ method: "load", args: [] });
      } catch (error) {
        await runner?.end();
        lock.release();
        throw error;
      }
    },
    get wasKilled() {
      return wasKilled;
    },
    emailIds: (accountId) => read((open) => open.emailIds(accountId)),
    write: (write) => ask<Appended[]>({ method: "write", write }),
    putAccount: (account) => ask<AccountRow>({ method: "putAccount", args: [account] }),
    putAppPassword: (id, appPassword) => ask<void>({ method: "putAppPassword", args: [id, appPassword] }),
    removeAppPassword: (accountId, id) => ask<void>({ method: "removeAppPassword", args: [accountId, id] }),
    removeAccount: (id) => ask<void>({ method: "removeAccount", args: [id] }),
    readMailbox: (accountId, mailboxId) => read((open) => open.readMailbox(accountId, mailboxId)),
    digest: (accountId, emailId) => read((open) => open.digest(accountId, emailId)),
    digests: (accountId, from, to, each) => read((open) => open.digests(accountId, from, to, each)),
    content: (accountId, emailId) => read((open) => open.content(accountId, emailId)),
    contents: (accountId, from, to, each) => read((open) => open.contents(accountId, from, to, each)),
    delivery: (accountId, emailId) => read((open) => open.delivery(accountId, emailId)),
    wasDelivered: (accountId, id) => read((open) => open.wasDelivered(accountId, id)),
    index: (accountId) => ({
      look: (span, field, folded) => read((open) => open.index(accountId).look(span, field, folded)),
    }),
    async close() {
      if (runner === undefined) return;
      readerDatabase?.close();
      reader = readerDatabase = undefined;
      await ask({ method: "close" });
      await runner?.end();
      lock?.release();
      lock = undefined;
    },
  };
}

/**
 * The calls with the bytes of their new messages in one buffer, given away: a view would take its whole buffer along,
 * and a buffer for each costs more than the copying.
 */
function ownBytes(calls: readonly StoreCall[]): { readonly owned: readonly StoreCall[]; given: ArrayBuffer } {
  const steps = calls.flatMap((call) => (call.method === "write" ? call.write.steps : []));
  const messages = steps.flatMap((step) => (step.kind === "append" ? step.messages : []));
  const all = new Uint8Array(messages.reduce((sum, one) => sum + one.added.length + one.content.length, 0));
  let at = 0;
  const own = (bytes: Uint8Array): Uint8Array => {
    all.set(bytes, at);
    return all.subarray(at, (at += bytes.length));
  };
  const ownStep = (step: DiskStep): DiskStep => {
    if (step.kind !== "append") return step;
    const owned = step.messages.map((one) => {
      return { ...one, added: own(one.added), content: own(one.content) };
    });
    return { ...step, messages: owned };
  };
  const owned = calls.map((call): StoreCall => {
    if (call.method !== "write") return call;
    return { method: "write", write: { ...call.write, steps: call.write.steps.map(ownStep) } };
  });
  return { owned, given: all.buffer };
}
