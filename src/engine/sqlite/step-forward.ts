/**
 * Takes a restored mail store past everything that may have been given out after its copy was made: UIDs, ids and
 * modification numbers of the time that was lost are never given again (RFC 9051 §2.3.1.1), and a program that
 * resynchronises is told of every message that is no longer there (RFC 7162 §3.2.5.1). Nobody may have the store open.
 */
import { join } from "node:path";
import { inTransaction, openDatabase, toSqliteFault } from "./database.ts";
import { lastEmailOf } from "./email-key.ts";
import { STORE_FILE } from "./look-into-store.ts";
import { MAIL_STORE_MIGRATIONS } from "./schema.ts";

/** More than any mailbox gets between two backups; UIDs last for four thousand such steps. */
export const STEP = 1_000_000;
/** Mailboxes and UIDVALIDITY values are given out far less often. */
const SMALL_STEP = 1_000;

/** Rejects with the disk's Fault; then nothing was changed. */
export function stepForward(folder: string): void {
  const file = join(folder, STORE_FILE);
  const database = openDatabase(file, MAIL_STORE_MIGRATIONS, {});
  try {
    inTransaction(database, () => {
      database.exec(`
        UPDATE account SET
          modseq = ${STEP} + max(modseq, (SELECT coalesce(max(highestModseq), 0) FROM mailbox WHERE accountId = account.id)),
          lastEmailId = ${STEP} + max(lastEmailId, ${lastEmailOf("account.id")}),
          lastMailboxId = lastMailboxId + ${SMALL_STEP}, lastUidValidity = lastUidValidity + ${SMALL_STEP};
        UPDATE mailbox SET uidNext = uidNext + ${STEP},
          highestModseq = (SELECT modseq FROM account WHERE id = accountId),
          expungedSince = (SELECT modseq FROM account WHERE id = accountId);
        DELETE FROM change WHERE kind = 'expunged';`);
    });
  } catch (error) {
    throw toSqliteFault(error, `step ${file} forward`);
  } finally {
    database.close();
  }
}
