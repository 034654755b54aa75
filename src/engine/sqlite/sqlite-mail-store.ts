/**
 * The mailbox store on SQLite. Deliveries that arrive while a commit is under way share the next one. Accounts are
 * kept in memory, because every recipient asks for one; messages are read straight from the file.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Fault } from "../../base/fault.ts";
import type { Account, Credentials, MailStore, StoredMessage } from "../../store/mail-store.ts";
import { MAIL_MIGRATIONS } from "./mail-migrations.ts";
import type { MailJob, MailJobAnswer } from "./mail-tables.ts";
import { openInlineWriter, openThreadWriter } from "./mail-writer.ts";
import type { MailWriter } from "./mail-writer.ts";
import { openDatabase } from "./open-database.ts";

export type SqliteMailStoreOptions = {
  readonly folder: string;
  /** Write in a thread of its own, so that a slow disk never stops the loop. */
  readonly thread?: boolean | undefined;
};

/** Limit: jobs of one commit; a batch is held in memory twice while it goes to the thread. */
const BATCH_MAX = 200;

type Waiting = { readonly job: MailJob; resolve(answer: MailJobAnswer): void; reject(error: unknown): void };
type KnownAccount = Account & { readonly credentials: Credentials | undefined };

export function openSqliteMailStore({ folder, thread = true }: SqliteMailStoreOptions): MailStore {
  const path = join(folder, "mail.sqlite");
  const known = new Map<string, KnownAccount>();
  const waiting: Waiting[] = [];
  let writer: MailWriter | undefined;
  let reader: DatabaseSync | undefined;
  let running: Promise<void> | undefined;

  function run(job: MailJob): Promise<MailJobAnswer> {
    return new Promise((resolve, reject) => {
      if (writer === undefined) return reject(new Fault("closed", "the mailbox store is closed"));
      waiting.push({ job, resolve, reject });
      running ??= Promise.resolve().then(drain);
    });
  }

  async function drain(): Promise<void> {
    while (writer !== undefined && waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX);
      try {
        const answers = await writer.run(batch.map(({ job }) => job));
        for (const [i, { resolve, reject }] of batch.entries()) {
          const answer = answers[i];
          if (answer === undefined) reject(new Error("the writer left a job unanswered"));
          else resolve(answer);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = undefined;
  }

  function used(name: string, usedBytes: number): void {
    const account = known.get(name.toLowerCase());
    if (account !== undefined) known.set(name.toLowerCase(), { ...account, usedBytes });
  }

  const read = (): DatabaseSync =>
    (reader ??= openDatabase({ path, migrations: MAIL_MIGRATIONS, readOnly: true }));

  return {
    async open() {
      mkdirSync(folder, { recursive: true });
      openDatabase({ path, migrations: MAIL_MIGRATIONS }).close(); // made and migrated before anybody reads
      writer = thread ? openThreadWriter(path) : openInlineWriter(path);
      for (const account of readAccounts(read())) known.set(account.name.toLowerCase(), account);
    },
    async putAccount(name, credentials, quotaBytes) {
      const answer = await run({ kind: "putAccount", name, credentials, quotaBytes });
      if (answer.kind !== "account") throw new Error("an account job has an account answer");
      const kept = credentials ?? known.get(name.toLowerCase())?.credentials;
      known.set(name.toLowerCase(), {
        id: answer.id,
        name,
        quotaBytes,
        usedBytes: answer.usedBytes,
        credentials: kept,
      });
    },
    async removeAccount(name) {
      const answer = await run({ kind: "removeAccount", name });
      known.delete(name.toLowerCase());
      return answer.kind === "removed" && answer.existed;
    },
    accounts: () => [...known.values()],
    account: (name) => known.get(name.toLowerCase()),
    credentials: (name) => known.get(name.toLowerCase())?.credentials,
    async deliver(request) {
      const answer = await run({ kind: "deliver", request });
      if (answer.kind !== "delivered") throw new Error("a delivery has a delivery's answer");
      used(request.account, answer.usedBytes);
      return answer.answer;
    },
    async list(account, mailbox, afterUid = 0) {
      const rows = read()
        .prepare(
          `SELECT uid, received_at, size_bytes, reverse_path, recipient, queue_id FROM message
           WHERE account_id = ? AND uid > ? AND mailbox_id = (SELECT id FROM mailbox WHERE account_id = ? AND name = ?) ORDER BY uid`,
        )
        .all(idOf(account), afterUid, idOf(account), mailbox);
      return rows.map((row) => toStoredMessage(account, mailbox, row));
    },
    async read(account, mailbox, uid) {
      const row = read()
        .prepare(
          `SELECT content FROM message WHERE account_id = ? AND uid = ?
             AND mailbox_id = (SELECT id FROM mailbox WHERE account_id = ? AND name = ?)`,
        )
        .get(idOf(account), uid, idOf(account), mailbox);
      return row?.["content"] as Uint8Array | undefined;
    },
    async clear() {
      await run({ kind: "clear" });
      for (const name of known.keys()) used(name, 0);
    },
    async close() {
      await running;
      const closing = writer;
      writer = undefined;
      reader?.close();
      reader = undefined;
      await closing?.close();
    },
  };

  function idOf(name: string): number {
    return known.get(name.toLowerCase())?.id ?? 0; // no account has the id 0
  }
}

function readAccounts(database: DatabaseSync): KnownAccount[] {
  return database
    .prepare("SELECT * FROM account")
    .all()
    .map((row) => ({
      id: row["id"] as number,
      name: row["name"] as string,
      quotaBytes: (row["quota_bytes"] as number | null) ?? undefined,
      usedBytes: row["used_bytes"] as number,
      credentials:
        row["salt"] === null
          ? undefined
          : {
              salt: row["salt"] as Uint8Array,
              iterations: row["iterations"] as number,
              storedKey: row["stored_key"] as Uint8Array,
              serverKey: row["server_key"] as Uint8Array,
            },
    }));
}

function toStoredMessage(account: string, mailbox: string, row: Record<string, unknown>): StoredMessage {
  return {
    account,
    mailbox,
    uid: row["uid"] as number,
    receivedAt: row["received_at"] as number,
    sizeBytes: row["size_bytes"] as number,
    reversePath: row["reverse_path"] as string,
    recipient: row["recipient"] as string,
    queueId: row["queue_id"] as string,
  };
}
