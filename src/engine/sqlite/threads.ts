/**
 * Which thread a new e-mail belongs to: that of an e-mail it names or that names it, with the same base subject
 * (RFC 8621 §3). A thread's id is that of its first e-mail. Message-IDs are kept as 48 bits of a hash. These come in
 * any order, so each one written by itself costs a page: they are written many together, behind the e-mails, and those
 * not yet written are found again in the e-mails above `threadedUpTo`. Throws what SQLite throws.
 */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { emailsOf } from "./email-key.ts";
import { digestMessage, type MessageDigest } from "../../message/digest/digest-message.ts";

/** Limit: ids looked up for one e-mail; the nearest ancestors stand last. */
const REFERENCES_MAX = 20;
const HASH_HEX_DIGITS = 12;
/** Limit: e-mails whose ids are in memory and not written; after a crash they are read again, 0.1 s of work. */
const UNWRITTEN_MAX = 1_024;

export type Threads = {
  /** Its thread's id. */
  place(accountId: number, emailId: number, digest: MessageDigest): number;
  /** Writes what waits, if it is enough to be worth it or `all` is wanted. */
  write(all?: boolean): void;
  /** The account is gone. */
  forget(accountId: number): void;
  /** A transaction was rolled back: what is in memory may never have been. */
  doubt(): void;
};

/** An id of a message in an account, with the subject it stood with, and the thread it leads to. */
type Key = {
  readonly accountId: number;
  readonly idHash: number;
  readonly subjectHash: number;
  readonly threadId: number;
};

/** Inside the caller's transactions. */
export function createThreads(database: DatabaseSync): Threads {
  const sql = statements(database);
  const unwritten = new Map<string, Key>();
  /** The latest e-mail by account. */
  const seen = new Map<number, number>();
  let emails = 0;
  let isDoubtful = true;

  function find(accountId: number, idHash: number, subjectHash: number): number | undefined {
    const written = sql.find.get(accountId, idHash, subjectHash)?.["threadId"];
    if (written !== undefined) return Number(written);
    return unwritten.get(`${accountId} ${idHash} ${subjectHash}`)?.threadId;
  }

  function add(accountId: number, emailId: number, { ids, subjectHash }: Names, threadId: number): void {
    for (const idHash of ids) {
      const text = `${accountId} ${idHash} ${subjectHash}`;
      if (!unwritten.has(text)) unwritten.set(text, { accountId, idHash, subjectHash, threadId });
    }
    seen.set(accountId, emailId);
    emails++;
  }

  function clear(): void {
    unwritten.clear();
    seen.clear();
    emails = 0;
  }

  /** From the e-mails themselves. */
  function recall(): void {
    clear();
    for (const row of sql.unwritten.iterate()) {
      const [accountId, emailId] = [Number(row["accountId"]), Number(row["id"])];
      const names = namesOf(digestMessage((row["bytes"] ?? new Uint8Array(0)) as Uint8Array));
      add(accountId, emailId, names, Number(row["threadId"]));
    }
    isDoubtful = false;
  }

  return {
    place(accountId, emailId, digest) {
      if (isDoubtful) recall();
      const names = namesOf(digest);
      let threadId: number | undefined;
      for (let at = names.ids.length - 1; at >= 0 && threadId === undefined; at--)
        threadId = find(accountId, names.ids[at] as number, names.subjectHash);
      add(accountId, emailId, names, threadId ?? emailId);
      return threadId ?? emailId;
    },
    write(all = false) {
      if (isDoubtful || emails < (all ? 1 : UNWRITTEN_MAX)) return;
      const keys = [...unwritten.values()].sort((a, b) => a.accountId - b.accountId || a.idHash - b.idHash);
      for (const { accountId, idHash, subjectHash, threadId } of keys)
        sql.add.run(accountId, idHash, subjectHash, threadId);
      for (const [accountId, emailId] of seen) sql.written.run(emailId, accountId);
      clear();
    },
    forget(accountId) {
      seen.delete(accountId);
      for (const [text, key] of unwritten) if (key.accountId === accountId) unwritten.delete(text);
    },
    doubt() {
      isDoubtful = true;
    },
  };
}

type Names = { readonly ids: readonly number[]; readonly subjectHash: number };

/** Ancestors first, then the e-mail itself. */
export function namesOf({ messageId, references, baseSubject }: MessageDigest): Names {
  const named = [...references.slice(-REFERENCES_MAX), ...(messageId === undefined ? [] : [messageId])];
  if (named.length === 0) return { ids: [], subjectHash: 0 };
  return { ids: [...new Set(named)].map(hash48), subjectHash: hash48(baseSubject) };
}

function hash48(text: string): number {
  return Number.parseInt(hash("sha1", text, "hex").slice(0, HASH_HEX_DIGITS), 16);
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- names to statements
function statements(database: DatabaseSync) {
  return {
    find: database.prepare(
      "SELECT threadId FROM threadKey WHERE accountId = ? AND messageIdHash = ? AND subjectHash = ?",
    ),
    add: database.prepare("INSERT OR IGNORE INTO threadKey VALUES (?, ?, ?, ?)"),
    unwritten: database.prepare(
      `SELECT accountId, email.id, threadId, bytes
       FROM account JOIN email ON accountId = account.id AND email.key > ((account.id << 32) | threadedUpTo) AND ${emailsOf("account.id")} JOIN blob ON blob.id = blobId
       ORDER BY account.id, email.key`,
    ),
    written: database.prepare("UPDATE account SET threadedUpTo = max(threadedUpTo, ?) WHERE id = ?"),
  };
}
