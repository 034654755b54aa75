/** Version 1 kept a row for each message with its bytes; each becomes an e-mail and a placement, under the UID it had. */
import type { DatabaseSync } from "node:sqlite";
import { EMPTY_BYTES } from "../../base/bytes.ts";
import { FIRST_MAILBOXES } from "../../store/change-mailboxes.ts";
import { createMailTables } from "./mail-tables.ts";

const NO_ACL = new Map<string, string>();

/** Inside the migration's transaction. */
export function bringMessagesOver(database: DatabaseSync): void {
  const tables = createMailTables(database);
  for (const account of database.prepare("SELECT id FROM account").all()) {
    const accountId = Number(account["id"]);
    database.prepare("UPDATE account SET usedBytes = 0 WHERE id = ?").run(accountId);
    const old = database
      .prepare("SELECT name, lastUid FROM mailbox1 WHERE accountId = ? ORDER BY name")
      .all(accountId);
    const lastUids = new Map(old.map((row) => [String(row["name"]), Number(row["lastUid"])]));
    const extra = [...lastUids.keys()].filter((name) =>
      FIRST_MAILBOXES.every((first) => first.name !== name),
    );
    const wanted = [...FIRST_MAILBOXES, ...extra.map((name) => ({ name, role: undefined }))];
    let modseq = 1;
    let emailId = 0;
    wanted.forEach(({ name, role }, index) => {
      const id = index + 1;
      const counts = { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0, expungedSince: 0, highestModseq: 1 };
      const uidNext = (lastUids.get(name) ?? 0) + 1;
      const mailbox = { id, name, role, uidValidity: id, uidNext, ...counts, acl: NO_ACL };
      const head = { accountId, lastUidValidity: wanted.length };
      tables.write({ ...head, modseq, steps: [{ kind: "putMailbox", mailbox }] });
      const messages = database
        .prepare("SELECT * FROM message1 WHERE accountId = ? AND mailbox = ? ORDER BY uid")
        .iterate(accountId, name);
      for (const row of messages) {
        const content = row["content"] as Uint8Array;
        const receivedAt = Number(row["receivedAt"]);
        const ids = { uid: Number(row["uid"]), emailId: ++emailId };
        const message = { ...ids, flags: [], receivedAt, savedAt: receivedAt, added: EMPTY_BYTES, content };
        const delivery = {
          deliveryId: String(row["deliveryId"]),
          reversePath: String(row["reversePath"]),
          recipient: String(row["recipient"]),
          queueId: String(row["queueId"]),
        };
        const tally = { messages: 1, unseen: 1, deleted: 0, sizeBytes: content.length };
        modseq++;
        tables.write({
          ...head,
          modseq,
          steps: [{ kind: "append", mailboxId: id, modseq, messages: [message], delivery, tally }],
        });
      }
    });
  }
  database.exec("DROP TABLE message1; DROP TABLE mailbox1");
}
