/**
 * Version 1 kept a row for each message with its bytes; each becomes an e-mail and a placement, under the UID it had.
 * It writes what version 2 was, whatever the tables are today.
 */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { EMPTY_BYTES } from "../../base/bytes.ts";
import { digestMessage, type MessageDigest } from "../../message/digest/digest-message.ts";
import { FIRST_MAILBOXES } from "../../store/change-mailboxes.ts";
import { formatRecord } from "../../store/change-record.ts";
import { namesOf } from "./threads.ts";

/** Inside the migration's transaction. */
export function bringMessagesOver(database: DatabaseSync): void {
  const sql = statements(database);
  const accounts = database.prepare("SELECT id FROM account").all();
  for (const accountId of accounts.map(({ id }) => Number(id))) {
    const old = sql.oldMailboxes.all(accountId);
    const lastUids = new Map(old.map(({ name, lastUid }) => [String(name), Number(lastUid)]));
    const extra = [...lastUids.keys()].filter((name) =>
      FIRST_MAILBOXES.every((first) => first.name !== name),
    );
    const wanted = [...FIRST_MAILBOXES, ...extra.map((name) => ({ name, role: undefined }))];
    const used = { bytes: 0, messages: 0 };
    let modseq = 1;
    wanted.forEach(({ name, role }, index) => {
      const mailboxId = index + 1;
      const counts = { messages: 0, sizeBytes: 0, highestModseq: 1 };
      for (const row of sql.oldMessages.iterate(accountId, name)) {
        const content = row["content"] as Uint8Array;
        const [uid, receivedAt] = [Number(row["uid"]), Number(row["receivedAt"])];
        const emailId = ++used.messages;
        const digest = digestMessage(content);
        const threadId = threadOf(accountId, emailId, digest);
        const { envelope, structure, preview, sentAt = null } = digest;
        const facts = [threadId, content.length, sentAt, envelope, structure, preview] as const;
        sql.addEmail.run(accountId, emailId, blobOf(content), EMPTY_BYTES, ...facts);
        const { deliveryId, reversePath, recipient, queueId } = row as Record<string, string>;
        const delivery = [reversePath, recipient, queueId].map(String);
        sql.addDelivery.run(accountId, String(deliveryId), emailId, uid, ...delivery);
        const placed = [uid, emailId, threadId, content.length, receivedAt, receivedAt, 0] as const;
        counts.highestModseq = ++modseq;
        const record = formatRecord({ kind: "placed", flags: [[]], rows: [placed] });
        sql.addChange.run(accountId, mailboxId, modseq, "placed", record);
        counts.messages++;
        counts.sizeBytes += content.length;
      }
      const uidNext = (lastUids.get(name) ?? 0) + 1;
      const { highestModseq, messages, sizeBytes } = counts;
      const numbers = [uidNext, highestModseq, messages, messages, 0, sizeBytes, 0];
      sql.addMailbox.run(accountId, mailboxId, name, role ?? null, mailboxId, ...numbers, "[]");
      used.bytes += sizeBytes;
    });
    const ids = [modseq, used.messages, wanted.length, wanted.length] as const;
    sql.setAccount.run(used.bytes, used.messages, ...ids, accountId);
  }
  database.exec("DROP TABLE message1; DROP TABLE mailbox1");

  function threadOf(accountId: number, emailId: number, digest: MessageDigest): number {
    const { ids, subjectHash } = namesOf(digest);
    const known = ids.flatMap((id) => sql.findThread.get(accountId, id, subjectHash)?.["threadId"] ?? []);
    const threadId = Number(known.at(-1) ?? emailId);
    for (const id of ids) sql.addThread.run(accountId, id, subjectHash, threadId);
    return threadId;
  }

  function blobOf(content: Uint8Array): number {
    const sha256 = hash("sha256", content, "buffer");
    const known = sql.findBlob.get(sha256)?.["id"];
    return Number(known ?? sql.addBlob.run(sha256, content).lastInsertRowid);
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- names to statements
function statements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  return {
    oldMailboxes: prepare("SELECT name, lastUid FROM mailbox1 WHERE accountId = ? ORDER BY name"),
    oldMessages: prepare("SELECT * FROM message1 WHERE accountId = ? AND mailbox = ? ORDER BY uid"),
    findBlob: prepare("SELECT id FROM blob WHERE sha256 = ?"),
    addBlob: prepare("INSERT INTO blob (sha256, bytes) VALUES (?, ?)"),
    findThread: prepare(
      "SELECT threadId FROM threadKey WHERE accountId = ? AND messageIdHash = ? AND subjectHash = ?",
    ),
    addThread: prepare("INSERT OR IGNORE INTO threadKey VALUES (?, ?, ?, ?)"),
    addEmail: prepare("INSERT INTO email VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    addDelivery: prepare("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?)"),
    addChange: prepare("INSERT INTO change VALUES (?, ?, ?, ?, ?)"),
    addMailbox: prepare("INSERT INTO mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    setAccount: prepare(
      `UPDATE account SET usedBytes = ?, usedMessages = ?, modseq = ?, lastEmailId = ?, lastMailboxId = ?,
         lastUidValidity = ? WHERE id = ?`,
    ),
  };
}
