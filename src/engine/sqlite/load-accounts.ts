/** Accounts and mailboxes as their rows are read back. Throws what SQLite throws. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { lastEmailOf } from "./email-key.ts";
import type { MailboxRole } from "../../store/account-mail.ts";
import type { AccountContents, AccountRow, MailboxRow } from "../../store/mail-disk.ts";
import type { AppPassword } from "../../store/mail-store.ts";

export type Row = Record<string, SQLOutputValue>;

/** An account's own row need only know what its mailboxes and e-mails do not: the highest numbers of those that are gone. */
export const ACCOUNT_ROWS = `
  SELECT id, name, quotaBytes, quotaMessages, salt, iterations, storedKey, serverKey, argon2id, lastMailboxId, lastUidValidity,
    (SELECT coalesce(sum(sizeBytes), 0) FROM mailbox WHERE accountId = account.id) AS usedBytes,
    (SELECT coalesce(sum(messages), 0) FROM mailbox WHERE accountId = account.id) AS usedMessages,
    max(modseq, (SELECT coalesce(max(highestModseq), 0) FROM mailbox WHERE accountId = account.id)) AS modseq,
    max(lastEmailId, ${lastEmailOf("account.id")}) AS lastEmailId
  FROM account`;

/** Everything but messages: what the store keeps in memory. */
export function loadAccounts(database: DatabaseSync): AccountContents[] {
  const mailboxes = database.prepare("SELECT * FROM mailbox WHERE accountId = ? ORDER BY id");
  const subscriptions = database.prepare("SELECT name FROM subscription WHERE accountId = ? ORDER BY name");
  const metadata = database.prepare("SELECT mailboxId, entry, value FROM metadata WHERE accountId = ?");
  const appPasswords = database.prepare(
    "SELECT id, name, verifier, createdAt, lastUsedAt FROM appPassword WHERE accountId = ? ORDER BY createdAt, id",
  );
  const accounts = database.prepare(`${ACCOUNT_ROWS} ORDER BY id`).all();
  return accounts.map((row) => {
    const account = accountRow(row);
    return {
      account,
      appPasswords: appPasswords.all(account.id).map(appPasswordRow),
      mailboxes: mailboxes.all(account.id).map(mailboxRow),
      subscriptions: subscriptions.all(account.id).map(({ name }) => String(name)),
      metadata: metadata.all(account.id).map(({ mailboxId, entry, value }) => {
        return { mailboxId: Number(mailboxId), entry: String(entry), value: value as Uint8Array };
      }),
    };
  });
}

function appPasswordRow(row: Row): AppPassword {
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    verifier: row["verifier"] as Uint8Array,
    createdAt: Number(row["createdAt"]),
    lastUsedAt: optionalNumber(row["lastUsedAt"]),
  };
}

function mailboxRow(row: Row): MailboxRow {
  const number = (name: string): number => Number(row[name]);
  return {
    id: number("id"),
    name: String(row["name"]),
    role: row["role"] === null ? undefined : (String(row["role"]) as MailboxRole),
    uidValidity: number("uidValidity"),
    uidNext: number("uidNext"),
    highestModseq: number("highestModseq"),
    messages: number("messages"),
    unseen: number("unseen"),
    deleted: number("deleted"),
    sizeBytes: number("sizeBytes"),
    expungedSince: number("expungedSince"),
    acl: new Map(JSON.parse(String(row["acl"])) as [string, string][]),
  };
}

export function accountRow(row: Row): AccountRow {
  const { salt, storedKey, serverKey } = row as Record<string, Uint8Array | null>;
  const iterations = optionalNumber(row["iterations"]);
  const isComplete = salt && storedKey && serverKey && iterations !== undefined;
  return {
    id: Number(row["id"]),
    name: String(row["name"]),
    quotaBytes: optionalNumber(row["quotaBytes"]),
    quotaMessages: optionalNumber(row["quotaMessages"]),
    usedBytes: Number(row["usedBytes"]),
    usedMessages: Number(row["usedMessages"]),
    modseq: Number(row["modseq"]),
    lastEmailId: Number(row["lastEmailId"]),
    lastMailboxId: Number(row["lastMailboxId"]),
    lastUidValidity: Number(row["lastUidValidity"]),
    secrets: {
      scram: isComplete ? { salt, iterations, storedKey, serverKey } : undefined,
      argon2id: row["argon2id"] === null ? undefined : String(row["argon2id"]),
    },
  };
}

function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
