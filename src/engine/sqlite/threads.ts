/**
 * Which thread a new e-mail belongs to: that of an e-mail it names or that names it, with the same base subject
 * (RFC 8621 §3). A thread's id is that of its first e-mail. Message-IDs are kept as 48 bits of a hash.
 */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { MessageDigest } from "../../message/digest/digest-message.ts";

/** Limit: ids looked up for one e-mail; the nearest ancestors stand last. */
const REFERENCES_MAX = 20;
const HASH_HEX_DIGITS = 12;

export function threadOf(
  database: DatabaseSync,
): (accountId: number, emailId: number, digest: MessageDigest) => number {
  const find = database.prepare(
    "SELECT threadId FROM threadKey WHERE accountId = ? AND messageIdHash = ? AND subjectHash = ?",
  );
  const add = database.prepare("INSERT OR IGNORE INTO threadKey VALUES (?, ?, ?, ?)");
  return (accountId, emailId, { messageId, references, baseSubject }) => {
    const named = [...references.slice(-REFERENCES_MAX), ...(messageId === undefined ? [] : [messageId])];
    if (named.length === 0) return emailId;
    const subject = hash48(baseSubject);
    const keys = [...new Set(named)].map(hash48);
    let threadId: number | undefined;
    for (const key of keys.toReversed()) {
      const known = find.get(accountId, key, subject)?.["threadId"];
      if (known !== undefined) {
        threadId = Number(known);
        break;
      }
    }
    for (const key of keys) add.run(accountId, key, subject, threadId ?? emailId);
    return threadId ?? emailId;
  };
}

function hash48(text: string): number {
  return Number.parseInt(hash("sha1", text, "hex").slice(0, HASH_HEX_DIGITS), 16);
}
