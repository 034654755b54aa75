/** The mail store's writing statements over one open database. Blocks: lives in the worker. Throws what SQLite throws. */
import type { DatabaseSync } from "node:sqlite";
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
import { ACCOUNT_EMAILS, EMAIL_KEY } from "./email-key.ts";
import { createBlobs } from "./blobs.ts";
import { ACCOUNT_ROWS, accountRow, loadAccounts, type Row } from "./load-accounts.ts";
import { createThreads } from "./threads.ts";

export type MailTables = ReturnType<typeof createMailTables>;
type Append = Extract<DiskStep, { kind: "append" }>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- the shape is MailTables
export function createMailTables(database: DatabaseSync) {
  const sql = statements(database);
  const blobs = createBlobs(database);
  const threads = createThreads(database);

  function addEmail(accountId: number, message: NewMessage): { threadId: number; sizeBytes: number } {
    const { emailId, added, content, copyOf } = message;
    const known = copyOf === undefined ? undefined : sql.findBlob.get(copyOf.accountId, copyOf.emailId);
    const blobId = blobs.hold(content, known?.["blobId"] as number | undefined);
    const digest = digestMessage(content);
    const { envelope, structure, preview, sentAt } = digest;
    const threadId = threads.place(accountId, emailId, digest);
    const sizeBytes = added.length + content.length;
    const facts = [threadId, sizeBytes, sentAt ?? null, envelope, structure, preview] as const;
    sql.addEmail.run(accountId, emailId, blobId, added, ...facts);
    return { threadId, sizeBytes };
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
  }

  function fold(accountId: number, { mailboxId, pages, upTo, expungedSince }: Fold): void {
    for (const { page, columns } of pages) {
      if (columns === undefined) sql.removePage.run(accountId, mailboxId, page);
      else sql.putPage.run(accountId, mailboxId, page, columns);
    }
    sql.removeFolded.run(accountId, mailboxId, upTo, expungedSince);
    sql.forgetExpunges.run(expungedSince, accountId, mailboxId);
  }

  function removeMailbox(accountId: number, mailboxId: number): void {
    for (const table of ["page", "change", "metadata"]) {
      database
        .prepare(`DELETE FROM ${table} WHERE accountId = ? AND mailboxId = ?`)
        .run(accountId, mailboxId);
    }
    database.prepare("DELETE FROM mailbox WHERE accountId = ? AND id = ?").run(accountId, mailboxId);
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
        return removeMailbox(accountId, one.mailboxId);
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
    let last = 0;
    for (const id of eachNumber(emailIds)) {
      const blobId = sql.removeEmail.get(accountId, id)?.["blobId"];
      if (blobId !== undefined) blobs.release(blobId as number);
      last = Math.max(last, id);
    }
    sql.seeEmailId.run(last, accountId);
  }

  return {
    /** Inside a transaction. */
    write({ accountId, modseq, lastUidValidity, steps }: DiskWrite): Appended[] {
      const appended: Appended[] = [];
      for (const one of steps) step(accountId, one, appended);
      // The modseq of these stands with their mailbox.
      const isKept = steps.every(({ kind }) => kind === "append" || kind === "change");
      if (!isKept) sql.seeModseq.run(modseq, lastUidValidity, accountId);
      threads.write();
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
    removeAccount(id: number): void {
      const emails = database.prepare(`SELECT blobId FROM email WHERE ${ACCOUNT_EMAILS}`).all(id);
      for (const { blobId } of emails) blobs.release(blobId as number);
      database.prepare(`DELETE FROM email WHERE ${ACCOUNT_EMAILS}`).run(id);
      database.prepare("DELETE FROM account WHERE id = ?").run(id);
      threads.forget(id);
    },
    /** What could wait till now; the last call before the database is closed. */
    settle: () => threads.write(true),
    /** What was called last was rolled back. */
    rolledBack: () => threads.doubt(),
    load: (): AccountContents[] => loadAccounts(database),
  };
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- names to statements
function statements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  return {
    findAccount: prepare(`${ACCOUNT_ROWS} WHERE name = ?`),
    putAccount: prepare(
      `INSERT INTO account (name, quotaBytes, quotaMessages, salt, iterations, storedKey, serverKey, argon2id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET quotaBytes = excluded.quotaBytes, quotaMessages = excluded.quotaMessages,
         salt = excluded.salt, iterations = excluded.iterations, storedKey = excluded.storedKey,
         serverKey = excluded.serverKey, argon2id = excluded.argon2id`,
    ),
    putAppPassword: prepare("INSERT OR REPLACE INTO appPassword VALUES (?, ?, ?, ?, ?, ?)"),
    removeAppPassword: prepare("DELETE FROM appPassword WHERE accountId = ? AND id = ?"),
    seeModseq: prepare(
      "UPDATE account SET modseq = max(modseq, ?), lastUidValidity = max(lastUidValidity, ?) WHERE id = ?",
    ),
    seeEmailId: prepare("UPDATE account SET lastEmailId = max(lastEmailId, ?) WHERE id = ?"),
    seeMailboxId: prepare("UPDATE account SET lastMailboxId = max(lastMailboxId, ?) WHERE id = ?"),
    findBlob: prepare(`SELECT blobId FROM email WHERE key = ${EMAIL_KEY}`),
    addEmail: prepare(`INSERT INTO email VALUES (${EMAIL_KEY}, ?, ?, ?, ?, ?, ?, ?, ?)`),
    removeEmail: prepare(`DELETE FROM email WHERE key = ${EMAIL_KEY} RETURNING blobId`),
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
