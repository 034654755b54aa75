/** The mail store's writing statements over one open database. Blocks: lives in the worker. Throws what SQLite throws. */
import { hash } from "node:crypto";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { eachNumber } from "../../base/number-ranges.ts";
import { digestMessage } from "../../message/digest/digest-message.ts";
import { placedRecord } from "../../store/change-messages.ts";
import { type ChangeRecord, formatRecord } from "../../store/change-record.ts";
import type {
  AccountContents,
  AccountRow,
  Appended,
  DiskStep,
  DiskWrite,
  Fold,
  NewMessage,
  PutAccount,
  Tally,
} from "../../store/mail-disk.ts";
import type { AppPassword } from "../../store/mail-store.ts";
import { accountRow, loadAccounts, type Row } from "./load-accounts.ts";
import { threadOf } from "./threads.ts";

export type MailTables = ReturnType<typeof createMailTables>;
type Append = Extract<DiskStep, { kind: "append" }>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- the shape is MailTables
export function createMailTables(database: DatabaseSync) {
  const sql = statements(database);
  const findThread = threadOf(database);

  function addEmail(accountId: number, message: NewMessage): { threadId: number; sizeBytes: number } {
    const { emailId, added, content } = message;
    const digest = digestMessage(content);
    const { envelope, structure, preview, sentAt } = digest;
    const threadId = findThread(accountId, emailId, digest);
    const sizeBytes = added.length + content.length;
    const facts = [threadId, sizeBytes, sentAt ?? null, envelope, structure, preview] as const;
    sql.addEmail.run(accountId, emailId, blobOf(content), added, ...facts);
    return { threadId, sizeBytes };
  }

  /** One blob for all who hold these bytes. */
  function blobOf(content: Uint8Array): SQLInputValue {
    const sha256 = hash("sha256", content, "buffer");
    const known = sql.findBlob.get(sha256);
    return known === undefined ? sql.addBlob.run(sha256, content).lastInsertRowid : (known["id"] as number);
  }

  function append(accountId: number, step: Append): Appended {
    const { mailboxId, modseq, messages, delivery, tally } = step;
    if (delivery !== undefined) {
      const known = sql.findDelivery.get(accountId, delivery.deliveryId);
      if (known !== undefined) return { again: Number(known["uid"]), messages: [] };
    }
    const done = messages.map((message) => addEmail(accountId, message));
    const appended = { again: undefined, messages: done };
    const last = messages.at(-1);
    if (last === undefined) return appended;
    if (delivery !== undefined) {
      const { deliveryId, reversePath, recipient, queueId } = delivery;
      sql.addDelivery.run(accountId, deliveryId, last.emailId, last.uid, reversePath, recipient, queueId);
    }
    sql.seeEmailId.run(last.emailId, accountId);
    change(accountId, mailboxId, modseq, placedRecord(messages, appended), last.uid + 1, tally);
    return appended;
  }

  function change(
    accountId: number,
    mailboxId: number,
    modseq: number,
    record: ChangeRecord,
    uidNext: number,
    tally: Tally,
  ): void {
    sql.addChange.run(accountId, mailboxId, modseq, record.kind, formatRecord(record));
    const { messages, unseen, deleted, sizeBytes } = tally;
    sql.countMailbox.run(uidNext, modseq, messages, unseen, deleted, sizeBytes, accountId, mailboxId);
    if (messages !== 0) sql.countAccount.run(sizeBytes, messages, accountId);
  }

  function fold(accountId: number, { mailboxId, pages, upTo, expungedSince }: Fold): void {
    for (const { page, columns } of pages) {
      if (columns === undefined) sql.removePage.run(accountId, mailboxId, page);
      else sql.putPage.run(accountId, mailboxId, page, columns);
    }
    sql.removeFolded.run(accountId, mailboxId, upTo, expungedSince);
    sql.forgetExpunges.run(expungedSince, accountId, mailboxId);
  }

  function removeMailbox(accountId: number, mailboxId: number, tally: Tally): void {
    for (const table of ["page", "change", "metadata"]) {
      database
        .prepare(`DELETE FROM ${table} WHERE accountId = ? AND mailboxId = ?`)
        .run(accountId, mailboxId);
    }
    database.prepare("DELETE FROM mailbox WHERE accountId = ? AND id = ?").run(accountId, mailboxId);
    sql.countAccount.run(tally.sizeBytes, tally.messages, accountId);
  }

  function step(accountId: number, one: DiskStep, appended: Appended[]): unknown {
    switch (one.kind) {
      case "append":
        return appended.push(append(accountId, one));
      case "change":
        return change(accountId, one.mailboxId, one.modseq, one.record, one.uidNext, one.tally);
      case "putMailbox": {
        const { id, name, role, uidValidity, uidNext, highestModseq, expungedSince, acl } = one.mailbox;
        const { messages, unseen, deleted, sizeBytes } = one.mailbox;
        const numbers = [
          uidValidity,
          uidNext,
          highestModseq,
          messages,
          unseen,
          deleted,
          sizeBytes,
          expungedSince,
        ];
        sql.putMailbox.run(accountId, id, name, role ?? null, ...numbers, JSON.stringify([...acl]));
        return sql.seeMailboxId.run(id, accountId);
      }
      case "removeMailbox":
        return removeMailbox(accountId, one.mailboxId, one.tally);
      case "subscribe":
        return (one.on ? sql.subscribe : sql.unsubscribe).run(accountId, one.name);
      case "metadata":
        return one.value === undefined
          ? sql.removeMetadata.run(accountId, one.mailboxId, one.entry)
          : sql.putMetadata.run(accountId, one.mailboxId, one.entry, one.value);
      case "fold":
        return fold(accountId, one.fold);
      case "sweep":
        return sweep(accountId, one.emailIds);
      case "forgetDeliveries":
        return database.prepare("DELETE FROM delivery WHERE accountId = ?").run(accountId);
    }
  }

  function sweep(accountId: number, emailIds: readonly number[]): void {
    for (const id of eachNumber(emailIds)) {
      const blobId = sql.removeEmail.get(accountId, id)?.["blobId"];
      if (blobId !== undefined) sql.removeBlob.run(blobId, blobId);
    }
  }

  return {
    /** Inside a transaction. */
    write({ accountId, modseq, lastUidValidity, steps }: DiskWrite): Appended[] {
      const appended: Appended[] = [];
      for (const one of steps) step(accountId, one, appended);
      sql.seeModseq.run(modseq, lastUidValidity, accountId);
      return appended;
    },
    putAccount({ name, quotaBytes, quotaMessages, secrets }: PutAccount): AccountRow {
      const { salt, iterations, storedKey, serverKey } = secrets.scram ?? {};
      const keys = [salt ?? null, iterations ?? null, storedKey ?? null, serverKey ?? null];
      sql.putAccount.run(name, quotaBytes ?? null, quotaMessages ?? null, ...keys, secrets.argon2id ?? null);
      return accountRow(sql.findAccount.get(name) as Row);
    },
    putAppPassword(accountId: number, { id, name, verifier, createdAt, lastUsedAt }: AppPassword): void {
      sql.putAppPassword.run(accountId, id, name, verifier, createdAt, lastUsedAt ?? null);
    },
    removeAppPassword(accountId: number, id: string): void {
      sql.removeAppPassword.run(accountId, id);
    },
    /** Blobs that nobody else holds go with the next sweep of `verify`; e-mails go at once. */
    removeAccount(id: number): void {
      database.prepare("DELETE FROM account WHERE id = ?").run(id);
      database.exec("DELETE FROM blob WHERE id NOT IN (SELECT blobId FROM email)");
    },
    load: (): AccountContents[] => loadAccounts(database),
  };
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- names to statements
function statements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  return {
    findAccount: prepare("SELECT * FROM account WHERE name = ?"),
    putAccount: prepare(
      `INSERT INTO account (name, quotaBytes, quotaMessages, salt, iterations, storedKey, serverKey, argon2id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET quotaBytes = excluded.quotaBytes, quotaMessages = excluded.quotaMessages,
         salt = excluded.salt, iterations = excluded.iterations, storedKey = excluded.storedKey,
         serverKey = excluded.serverKey, argon2id = excluded.argon2id`,
    ),
    putAppPassword: prepare("INSERT OR REPLACE INTO appPassword VALUES (?, ?, ?, ?, ?, ?)"),
    removeAppPassword: prepare("DELETE FROM appPassword WHERE accountId = ? AND id = ?"),
    countAccount: prepare(
      "UPDATE account SET usedBytes = usedBytes + ?, usedMessages = usedMessages + ? WHERE id = ?",
    ),
    seeModseq: prepare(
      "UPDATE account SET modseq = max(modseq, ?), lastUidValidity = max(lastUidValidity, ?) WHERE id = ?",
    ),
    seeEmailId: prepare("UPDATE account SET lastEmailId = max(lastEmailId, ?) WHERE id = ?"),
    seeMailboxId: prepare("UPDATE account SET lastMailboxId = max(lastMailboxId, ?) WHERE id = ?"),
    findBlob: prepare("SELECT id FROM blob WHERE sha256 = ?"),
    addBlob: prepare("INSERT INTO blob (sha256, bytes) VALUES (?, ?)"),
    removeBlob: prepare(
      "DELETE FROM blob WHERE id = ? AND NOT EXISTS (SELECT 1 FROM email WHERE blobId = ?)",
    ),
    addEmail: prepare("INSERT INTO email VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    removeEmail: prepare("DELETE FROM email WHERE accountId = ? AND id = ? RETURNING blobId"),
    findDelivery: prepare("SELECT uid FROM delivery WHERE accountId = ? AND deliveryId = ?"),
    addDelivery: prepare("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?)"),
    addChange: prepare("INSERT INTO change VALUES (?, ?, ?, ?, ?)"),
    countMailbox: prepare(
      `UPDATE mailbox SET uidNext = max(uidNext, ?), highestModseq = max(highestModseq, ?), messages = messages + ?,
         unseen = unseen + ?, deleted = deleted + ?, sizeBytes = sizeBytes + ? WHERE accountId = ? AND id = ?`,
    ),
    putMailbox: prepare("INSERT OR REPLACE INTO mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    subscribe: prepare("INSERT OR IGNORE INTO subscription VALUES (?, ?)"),
    unsubscribe: prepare("DELETE FROM subscription WHERE accountId = ? AND name = ?"),
    putMetadata: prepare("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?, ?)"),
    removeMetadata: prepare("DELETE FROM metadata WHERE accountId = ? AND mailboxId = ? AND entry = ?"),
    putPage: prepare("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)"),
    removePage: prepare("DELETE FROM page WHERE accountId = ? AND mailboxId = ? AND page = ?"),
    removeFolded: prepare(
      "DELETE FROM change WHERE accountId = ? AND mailboxId = ? AND modseq <= ? AND (kind <> 'expunged' OR modseq <= ?)",
    ),
    forgetExpunges: prepare(
      "UPDATE mailbox SET expungedSince = max(expungedSince, ?) WHERE accountId = ? AND id = ?",
    ),
  };
}
