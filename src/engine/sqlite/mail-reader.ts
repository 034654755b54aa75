/** The mail store's reading statements over one open database, in the caller's turn: a page cache answers in microseconds. */
import type { DatabaseSync } from "node:sqlite";
import { ACCOUNT_EMAILS, EMAIL_KEY, SOME_EMAILS } from "./email-key.ts";
import type { EmailDigest } from "../../store/account-mail.ts";
import { parseRecord } from "../../store/change-record.ts";
import type { MailDisk } from "../../store/mail-disk.ts";
import { inOneMoment } from "./database.ts";
import { searchIndexOf } from "./search-pages.ts";

export type MailReader = Pick<
  MailDisk,
  | "emailIds"
  | "readMailbox"
  | "digest"
  | "digests"
  | "content"
  | "contents"
  | "delivery"
  | "wasDelivered"
  | "index"
>;

const NO_BYTES = new Uint8Array(0);

export function createMailReader(database: DatabaseSync): MailReader {
  const rows = (text: string) => {
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    return statement;
  };
  const pages = rows("SELECT columns FROM page WHERE accountId = ? AND mailboxId = ? ORDER BY page");
  const changes = rows(
    "SELECT modseq, record FROM change WHERE accountId = ? AND mailboxId = ? ORDER BY modseq",
  );
  const emailIds = rows(`SELECT id FROM email WHERE ${ACCOUNT_EMAILS} ORDER BY key`);
  const oneDigest = rows(`SELECT envelope, structure, preview FROM email WHERE key = ${EMAIL_KEY}`);
  const someDigests = rows(
    `SELECT id, envelope, structure, preview FROM email WHERE ${SOME_EMAILS} ORDER BY key`,
  );
  const oneContent = rows(
    `SELECT added, bytes FROM email JOIN blob ON blob.id = blobId WHERE key = ${EMAIL_KEY}`,
  );
  const someContents = rows(
    `SELECT email.id, added, bytes FROM email JOIN blob ON blob.id = blobId
     WHERE ${SOME_EMAILS} ORDER BY key`,
  );
  const oneDelivery = database.prepare(
    "SELECT deliveryId, reversePath, recipient, queueId FROM delivery WHERE accountId = ? AND emailId = ?",
  );
  const knownDelivery = database.prepare("SELECT 1 FROM delivery WHERE accountId = ? AND deliveryId = ?");
  const index = searchIndexOf(database);
  type Cells = readonly unknown[];

  return {
    emailIds: (accountId) => (emailIds.all(accountId) as unknown as Cells[]).map(([id]) => id as number),
    readMailbox(accountId, mailboxId) {
      // A fold moves records into pages: read in two moments, a record could be in neither.
      return inOneMoment(database, () => ({
        pages: (pages.all(accountId, mailboxId) as unknown as Cells[]).map(
          ([columns]) => columns as Uint8Array,
        ),
        changes: (changes.all(accountId, mailboxId) as unknown as Cells[]).map(([modseq, record]) => {
          return { modseq: Number(modseq), record: parseRecord(String(record)) };
        }),
      }));
    },
    digest(accountId, emailId) {
      const row = oneDigest.get(accountId, emailId) as unknown as Cells | undefined;
      return row === undefined ? undefined : digestOf(row, 0);
    },
    digests(accountId, from, to, each) {
      for (const row of someDigests.iterate(accountId, from, to) as unknown as Iterable<Cells>) {
        each(row[0] as number, digestOf(row, 1));
      }
    },
    content(accountId, emailId) {
      const row = oneContent.get(accountId, emailId) as unknown as Cells | undefined;
      return row === undefined ? undefined : joined(row[0] as Uint8Array, row[1] as Uint8Array);
    },
    contents(accountId, from, to, each) {
      for (const row of someContents.iterate(accountId, from, to) as unknown as Iterable<Cells>) {
        each(row[0] as number, joined(row[1] as Uint8Array, row[2] as Uint8Array));
      }
    },
    delivery(accountId, emailId) {
      const row = oneDelivery.get(accountId, emailId);
      if (row === undefined) return undefined;
      return {
        deliveryId: String(row["deliveryId"]),
        reversePath: String(row["reversePath"]),
        recipient: String(row["recipient"]),
        queueId: String(row["queueId"]),
      };
    },
    wasDelivered: (accountId, deliveryId) => knownDelivery.get(accountId, deliveryId) !== undefined,
    index,
  };
}

function digestOf(row: readonly unknown[], at: number): EmailDigest {
  const [envelope, structure, preview] = [row[at], row[at + 1], row[at + 2]];
  return { envelope: envelope as Uint8Array, structure: structure as Uint8Array, preview: preview as string };
}

/** What was added at delivery, then the bytes as they came. An empty BLOB comes back as null or as nothing. */
function joined(added: Uint8Array | null, bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) return added ?? NO_BYTES;
  return added === null || added.length === 0 ? bytes : Buffer.concat([added, bytes]);
}
