/**
 * The mail store on disk: a SQLite file behind one worker thread, so that no sync ever stops the event loop. While the
 * worker is busy calls gather; they go over together, and their deliveries share one transaction. Accounts are also
 * kept in memory, because every recipient asks for one. Rejects with the disk's Fault; then nothing was kept.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Fault, type FaultKind } from "../../base/fault.ts";
import type { Account, MailStore, StoredMessage } from "../../store/mail-store.ts";
import { accountKey } from "../../store/memory-mail-store.ts";
import { realDisk } from "../files/disk.ts";
import { type FolderLock, lockFolder } from "../files/folder-lock.ts";
import type { AccountRow, DeliverResult } from "./mail-tables.ts";
import { openStoreCalls, type StoreCall, type StoreReply } from "./store-calls.ts";

/** Limit: calls that go over together; as many as share a transaction. */
const BATCH_CALLS_MAX = 64;

type Waiting = { readonly call: StoreCall; resolve(value: unknown): void; reject(fault: Fault): void };

export type SqliteMailStoreOptions = {
  readonly folder: string;
  /** False: in the caller's turn. For a lab of many hosts, where a thread for each would cost 10 MB apiece. */
  readonly thread?: boolean | undefined;
};

/** Where the calls run. */
type Runner = {
  post(calls: readonly StoreCall[]): void;
  /** Keeps the process alive, or no longer. */
  busy(isBusy: boolean): void;
  end(): Promise<unknown>;
};

export function openSqliteMailStore({ folder, thread = true }: SqliteMailStoreOptions): MailStore {
  const accounts = new Map<string, { -readonly [K in keyof AccountRow]: AccountRow[K] }>();
  let runner: Runner | undefined;
  let lock: FolderLock | undefined;
  let waiting: Waiting[] = [];
  let asked: readonly Waiting[] = [];

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
    const calls = asked.map(({ call }) => call);
    runner?.post(calls);
  }

  function answered(replies: readonly StoreReply[]): void {
    const done = asked;
    asked = [];
    post();
    replies.forEach((reply, index) => {
      if (reply.ok) done[index]?.resolve(reply.value);
      else done[index]?.reject(new Fault(reply.kind as FaultKind, reply.message));
    });
  }

  function failAll(fault: Fault): void {
    runner = undefined;
    for (const { reject } of [...asked, ...waiting]) reject(fault);
    asked = [];
    waiting = [];
  }

  async function startThread(file: string): Promise<void> {
    const worker = new Worker(new URL("store-worker.ts", import.meta.url), { workerData: { file } });
    runner = {
      post(calls) {
        const contents = calls.flatMap((call) =>
          call.method === "deliver" ? [call.request.content.buffer] : [],
        );
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(calls, contents as ArrayBuffer[]);
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

  function startInline(file: string): void {
    const store = openStoreCalls(file);
    runner = {
      post: (calls) => answered(store.answerAll(calls)),
      busy() {},
      end: async () => failAll(new Fault("closed", "the mail store is closed")),
    };
  }

  async function loadAccounts(): Promise<void> {
    const rows = await ask<readonly AccountRow[]>({ method: "accounts", args: [] });
    accounts.clear();
    for (const row of rows) accounts.set(accountKey(row.name), row);
  }

  return {
    async open() {
      await realDisk().makeFolder(folder);
      lock = lockFolder(folder);
      try {
        const file = join(folder, "mail.sqlite");
        if (thread) await startThread(file);
        else startInline(file);
        await loadAccounts();
      } catch (error) {
        await runner?.end();
        lock.release();
        throw error;
      }
    },
    async putAccount(name, credentials, quotaBytes) {
      await ask({ method: "putAccount", args: [name, credentials, quotaBytes] });
      await loadAccounts();
    },
    async removeAccount(name) {
      const isRemoved = await ask<boolean>({ method: "removeAccount", args: [name] });
      accounts.delete(accountKey(name));
      return isRemoved;
    },
    accounts: () => [...accounts.values()].map(publicAccount),
    account(name) {
      const row = accounts.get(accountKey(name));
      return row === undefined ? undefined : publicAccount(row);
    },
    credentials: (name) => accounts.get(accountKey(name))?.credentials,
    async deliver(request) {
      // A copy of its own, given away: a view would take its whole buffer along.
      const content = new Uint8Array(request.content);
      const call = { method: "deliver", request: { ...request, content } } as const;
      const { answer, usedBytes } = await ask<DeliverResult>(call);
      const row = accounts.get(accountKey(request.account));
      if (row !== undefined && usedBytes !== undefined) row.usedBytes = usedBytes;
      return answer;
    },
    list: (account, mailbox, afterUid = 0) =>
      ask<readonly StoredMessage[]>({ method: "list", args: [account, mailbox, afterUid] }),
    read: (account, mailbox, uid) =>
      ask<Uint8Array | undefined>({ method: "read", args: [account, mailbox, uid] }),
    async clear() {
      await ask({ method: "clear", args: [] });
      await loadAccounts();
    },
    async close() {
      if (runner === undefined) return;
      await ask({ method: "close" });
      await runner?.end();
      lock?.release();
      lock = undefined;
    },
  };
}

function publicAccount({ id, name, quotaBytes, usedBytes }: AccountRow): Account {
  return { id, name, quotaBytes, usedBytes };
}
