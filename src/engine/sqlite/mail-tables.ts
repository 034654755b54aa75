/**
 * The writing side of the mailbox store: every change is a job, and many jobs share one transaction and so one sync.
 * Runs in the writer thread, or in the caller's where a thread is not worth it. Throws a Fault when nothing was kept.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Credentials, DeliverAnswer, DeliverRequest } from "../../store/mail-store.ts";
import { toSqliteFault } from "./open-database.ts";

export type MailJob =
  | { readonly kind: "deliver"; readonly request: DeliverRequest }
  | {
      readonly kind: "putAccount";
      readonly name: string;
      readonly credentials: Credentials | undefined;
      readonly quotaBytes: number | undefined;
    }
  | { readonly kind: "removeAccount"; readonly name: string }
  | { readonly kind: "clear" };

export type MailJobAnswer =
  | { readonly kind: "delivered"; readonly answer: DeliverAnswer; readonly usedBytes: number }
  | { readonly kind: "account"; readonly id: number; readonly usedBytes: number }
  | { readonly kind: "removed"; readonly existed: boolean }
  | { readonly kind: "cleared" };

type AccountRow = { readonly id: number; readonly quota_bytes: number | null; readonly used_bytes: number };

export type MailTables = {
  /** All of them or none. */
  run(jobs: readonly MailJob[]): MailJobAnswer[];
};

export function createMailTables(database: DatabaseSync): MailTables {
  const sql = statements(database);

  function run(jobs: readonly MailJob[]): MailJobAnswer[] {
    try {
      sql.begin.run();
      const answers = jobs.map(runOne);
      sql.commit.run();
      return answers;
    } catch (error) {
      if (database.isTransaction) sql.rollback.run();
      throw toSqliteFault(error, "write to the mailbox store");
    }
  }

  function runOne(job: MailJob): MailJobAnswer {
    switch (job.kind) {
      case "deliver":
        return deliver(job.request);
      case "putAccount":
        return putAccount(job);
      case "removeAccount":
        return { kind: "removed", existed: sql.removeAccount.run(job.name).changes > 0 };
      case "clear":
        database.exec("DELETE FROM message; UPDATE account SET used_bytes = 0");
        return { kind: "cleared" };
    }
  }

  function deliver(request: DeliverRequest): MailJobAnswer {
    const account = sql.account.get(request.account) as AccountRow | undefined;
    if (account === undefined) return { kind: "delivered", answer: { kind: "noAccount" }, usedBytes: 0 };
    const before = sql.delivered.get(account.id, request.deliveryId) as { uid: number } | undefined;
    if (before !== undefined) {
      return {
        kind: "delivered",
        answer: { kind: "stored", uid: before.uid, again: true },
        usedBytes: account.used_bytes,
      };
    }
    const sizeBytes = request.content.length;
    const usedBytes = account.used_bytes + sizeBytes;
    if (account.quota_bytes !== null && usedBytes > account.quota_bytes) {
      const answer = {
        kind: "overQuota",
        quotaBytes: account.quota_bytes,
        usedBytes: account.used_bytes,
      } as const;
      return { kind: "delivered", answer, usedBytes: account.used_bytes };
    }
    const { id: mailboxId, uid } = nextUid(account.id, request.mailbox);
    const values: SQLInputValue[] = [
      account.id,
      mailboxId,
      uid,
      request.deliveryId,
      request.receivedAt,
      sizeBytes,
    ];
    sql.insert.run(...values, request.reversePath, request.recipient, request.queueId, request.content);
    sql.use.run(sizeBytes, account.id);
    return { kind: "delivered", answer: { kind: "stored", uid, again: false }, usedBytes };
  }

  /** The UID after the last one ever given in this mailbox, which is created when it is not there. */
  function nextUid(accountId: number, mailbox: string): { id: number; uid: number } {
    const taken = sql.takeUid.get(accountId, mailbox) as { id: number; uid: number } | undefined;
    if (taken !== undefined) return taken;
    sql.addMailbox.run(accountId, accountId, mailbox);
    return sql.takeUid.get(accountId, mailbox) as { id: number; uid: number };
  }

  function putAccount({
    name,
    credentials,
    quotaBytes,
  }: Extract<MailJob, { kind: "putAccount" }>): MailJobAnswer {
    const { salt = null, iterations = null, storedKey = null, serverKey = null } = credentials ?? {};
    sql.putAccount.run(name, salt, iterations, storedKey, serverKey, quotaBytes ?? null);
    const account = sql.account.get(name) as AccountRow;
    if (sql.mailbox.get(account.id, "INBOX") === undefined)
      sql.addMailbox.run(account.id, account.id, "INBOX");
    return { kind: "account", id: account.id, usedBytes: account.used_bytes };
  }

  return { run };
}

function statements(database: DatabaseSync) {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    account: database.prepare("SELECT id, quota_bytes, used_bytes FROM account WHERE name = ?"),
    putAccount: database.prepare(
      `INSERT INTO account (name, salt, iterations, stored_key, server_key, quota_bytes) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET quota_bytes = excluded.quota_bytes, salt = coalesce(excluded.salt, salt),
         iterations = coalesce(excluded.iterations, iterations), stored_key = coalesce(excluded.stored_key, stored_key),
         server_key = coalesce(excluded.server_key, server_key)`,
    ),
    removeAccount: database.prepare("DELETE FROM account WHERE name = ?"),
    mailbox: database.prepare("SELECT id FROM mailbox WHERE account_id = ? AND name = ?"),
    addMailbox: database.prepare(
      "INSERT INTO mailbox (account_id, id, name) VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM mailbox WHERE account_id = ?), ?)",
    ),
    takeUid: database.prepare(
      "UPDATE mailbox SET uid_next = uid_next + 1 WHERE account_id = ? AND name = ? RETURNING id, uid_next - 1 AS uid",
    ),
    delivered: database.prepare("SELECT uid FROM message WHERE account_id = ? AND delivery_id = ?"),
    insert: database.prepare(
      `INSERT INTO message (account_id, mailbox_id, uid, delivery_id, received_at, size_bytes, reverse_path, recipient, queue_id, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    use: database.prepare("UPDATE account SET used_bytes = used_bytes + ? WHERE id = ?"),
  };
}
