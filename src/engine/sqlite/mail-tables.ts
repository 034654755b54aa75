/** The mail store's statements over one open database. Blocks: lives in the worker. Throws what SQLite throws. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Credentials, DeliverAnswer, DeliverRequest, StoredMessage } from "../../store/mail-store.ts";
import { inTransaction } from "./database.ts";

export type AccountRow = {
  readonly id: number;
  readonly name: string;
  readonly quotaBytes: number | undefined;
  readonly usedBytes: number;
  readonly credentials: Credentials | undefined;
};

/** An account's space after a delivery goes back with the answer: the store's own copy of it follows. */
export type DeliverResult = { readonly answer: DeliverAnswer; readonly usedBytes: number | undefined };

export type MailTables = ReturnType<typeof createMailTables>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- the shape is MailTables
export function createMailTables(database: DatabaseSync) {
  const accountByName = database.prepare(
    "SELECT id, name, quotaBytes, usedBytes FROM account WHERE name = ?",
  );
  const knownDelivery = database.prepare("SELECT uid FROM message WHERE accountId = ? AND deliveryId = ?");
  const nextUid = database.prepare(
    `INSERT INTO mailbox (accountId, name, lastUid) VALUES (?, ?, 1)
     ON CONFLICT DO UPDATE SET lastUid = lastUid + 1 RETURNING lastUid`,
  );
  const addMessage = database.prepare(
    `INSERT INTO message (accountId, mailbox, uid, receivedAt, reversePath, recipient, queueId, deliveryId, sizeBytes, content)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addUsed = database.prepare(
    "UPDATE account SET usedBytes = usedBytes + ? WHERE id = ? RETURNING usedBytes",
  );
  const putAccountRow = database.prepare(
    `INSERT INTO account (name, quotaBytes, salt, iterations, storedKey, serverKey) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quotaBytes = excluded.quotaBytes, salt = excluded.salt,
       iterations = excluded.iterations, storedKey = excluded.storedKey, serverKey = excluded.serverKey`,
  );
  const messagesAfter = database.prepare(
    `SELECT mailbox, uid, receivedAt, reversePath, recipient, queueId, sizeBytes, name AS account
     FROM message JOIN account ON account.id = accountId WHERE account.name = ? AND mailbox = ? AND uid > ? ORDER BY uid`,
  );
  const contentOf = database.prepare(
    "SELECT content FROM message JOIN account ON account.id = accountId WHERE account.name = ? AND mailbox = ? AND uid = ?",
  );

  function deliver(request: DeliverRequest): DeliverResult {
    const { mailbox, content, deliveryId, receivedAt, reversePath, recipient, queueId } = request;
    const account = accountByName.get(request.account);
    if (account === undefined) return { answer: { kind: "noAccount" }, usedBytes: undefined };
    const accountId = Number(account["id"]);
    const known = knownDelivery.get(accountId, deliveryId);
    const usedBytes = Number(account["usedBytes"]);
    if (known !== undefined)
      return { answer: { kind: "stored", uid: Number(known["uid"]), again: true }, usedBytes };
    const quotaBytes = optionalNumber(account["quotaBytes"]);
    if (quotaBytes !== undefined && usedBytes + content.length > quotaBytes) {
      return { answer: { kind: "overQuota", quotaBytes, usedBytes }, usedBytes };
    }
    const uid = Number(nextUid.get(accountId, mailbox)?.["lastUid"]);
    const facts = [receivedAt, reversePath, recipient, queueId, deliveryId, content.length] as const;
    addMessage.run(accountId, mailbox, uid, ...facts, content);
    const used = Number(addUsed.get(content.length, accountId)?.["usedBytes"]);
    return { answer: { kind: "stored", uid, again: false }, usedBytes: used };
  }

  return {
    /** All of them in one transaction: one sync. */
    deliverAll: (requests: readonly DeliverRequest[]): DeliverResult[] =>
      inTransaction(database, () => requests.map(deliver)),
    putAccount(name: string, keys: Credentials | undefined, quotaBytes: number | undefined): void {
      const { salt, iterations, storedKey, serverKey } = keys ?? {};
      putAccountRow.run(
        name,
        quotaBytes ?? null,
        salt ?? null,
        iterations ?? null,
        storedKey ?? null,
        serverKey ?? null,
      );
    },
    removeAccount: (name: string): boolean =>
      database.prepare("DELETE FROM account WHERE name = ?").run(name).changes > 0,
    accounts: (): AccountRow[] => database.prepare("SELECT * FROM account ORDER BY id").all().map(accountRow),
    list: (account: string, mailbox: string, afterUid: number): StoredMessage[] =>
      messagesAfter.all(account, mailbox, afterUid).map((row) => ({ ...row }) as unknown as StoredMessage),
    read: (account: string, mailbox: string, uid: number): Uint8Array | undefined =>
      contentOf.get(account, mailbox, uid)?.["content"] as Uint8Array | undefined,
    clear(): void {
      inTransaction(database, () => database.exec("DELETE FROM message; UPDATE account SET usedBytes = 0"));
    },
  };
}

function accountRow(row: Record<string, SQLOutputValue>): AccountRow {
  const { salt, storedKey, serverKey } = row as Record<string, Uint8Array | null>;
  const iterations = optionalNumber(row["iterations"]);
  const isComplete = salt && storedKey && serverKey && iterations !== undefined;
  return {
    id: Number(row["id"]),
    name: String(row["name"]),
    quotaBytes: optionalNumber(row["quotaBytes"]),
    usedBytes: Number(row["usedBytes"]),
    credentials: isComplete ? { salt, iterations, storedKey, serverKey } : undefined,
  };
}

function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
