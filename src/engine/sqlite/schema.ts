/**
 * The tables of the mail store. The account's id leads every key but the blobs', so that accounts could live in
 * different places and in another database; an e-mail's key is both ids in one number (email-key.ts). What a mailbox
 * holds is its pages and the changes since (store/page.ts). Text and numbers of other programs never become keys here:
 * ids are counters, never given twice.
 */
import type { Migrations } from "./database.ts";
import { bringMessagesOver } from "./migrate-1-to-2.ts";
import { dropHashIndex } from "./migrate-3-to-4.ts";

const VERSION_1 = `
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  quotaBytes INTEGER,
  usedBytes INTEGER NOT NULL DEFAULT 0,
  salt BLOB, iterations INTEGER, storedKey BLOB, serverKey BLOB
) STRICT;
CREATE TABLE mailbox (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  name TEXT NOT NULL,
  lastUid INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (accountId, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  mailbox TEXT NOT NULL,
  uid INTEGER NOT NULL,
  receivedAt INTEGER NOT NULL,
  reversePath TEXT NOT NULL,
  recipient TEXT NOT NULL,
  queueId TEXT NOT NULL,
  deliveryId TEXT NOT NULL,
  sizeBytes INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX messageByUid ON message (accountId, mailbox, uid);
CREATE UNIQUE INDEX messageByDelivery ON message (accountId, deliveryId);
`;

const VERSION_2 = `
ALTER TABLE mailbox RENAME TO mailbox1;
ALTER TABLE message RENAME TO message1;
ALTER TABLE account ADD COLUMN quotaMessages INTEGER;
ALTER TABLE account ADD COLUMN usedMessages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN modseq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN lastEmailId INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN lastMailboxId INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN lastUidValidity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN argon2id TEXT;
CREATE TABLE appPassword (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  verifier BLOB NOT NULL,
  createdAt INTEGER NOT NULL,
  lastUsedAt INTEGER,
  PRIMARY KEY (accountId, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE mailbox (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT,
  uidValidity INTEGER NOT NULL,
  uidNext INTEGER NOT NULL,
  highestModseq INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  unseen INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  sizeBytes INTEGER NOT NULL,
  expungedSince INTEGER NOT NULL,
  acl TEXT NOT NULL,
  PRIMARY KEY (accountId, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE subscription (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (accountId, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE metadata (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  mailboxId INTEGER NOT NULL,
  entry TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (accountId, mailboxId, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE email (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id INTEGER NOT NULL,
  blobId INTEGER NOT NULL REFERENCES blob,
  added BLOB NOT NULL,
  threadId INTEGER NOT NULL,
  sizeBytes INTEGER NOT NULL,
  sentAt INTEGER,
  envelope BLOB NOT NULL,
  structure BLOB NOT NULL,
  preview TEXT NOT NULL,
  PRIMARY KEY (accountId, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX emailByBlob ON email (blobId);
CREATE TABLE threadKey (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  messageIdHash INTEGER NOT NULL,
  subjectHash INTEGER NOT NULL,
  threadId INTEGER NOT NULL,
  PRIMARY KEY (accountId, messageIdHash, subjectHash)
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  deliveryId TEXT NOT NULL,
  emailId INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  reversePath TEXT NOT NULL,
  recipient TEXT NOT NULL,
  queueId TEXT NOT NULL,
  PRIMARY KEY (accountId, deliveryId)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveryByEmail ON delivery (accountId, emailId);
CREATE TABLE page (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  mailboxId INTEGER NOT NULL,
  page INTEGER NOT NULL,
  columns BLOB NOT NULL,
  PRIMARY KEY (accountId, mailboxId, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE change (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  mailboxId INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (accountId, mailboxId, modseq)
) STRICT, WITHOUT ROWID;
`;

/** The search index: made from the rest, so that it may be taken away and made again at any time. */
const VERSION_3 = `
CREATE TABLE searchPage (
  accountId INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  page INTEGER NOT NULL,
  version INTEGER NOT NULL,
  columnBits INTEGER NOT NULL,
  known BLOB NOT NULL,
  PRIMARY KEY (accountId, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE searchPart (
  accountId INTEGER NOT NULL,
  page INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (accountId, page, part),
  FOREIGN KEY (accountId, page) REFERENCES searchPage ON DELETE CASCADE
) STRICT;
`;

/**
 * Every index over what comes in any order costs each new message a page of its own in the log. So equal bytes are
 * found among the latest (blobs.ts), who shares them is counted, thread keys are written many together (threads.ts),
 * and an account's numbers are those of its mailboxes and e-mails, or what is kept in its row where those are gone.
 */
const VERSION_4 = `
CREATE TABLE email4 (
  key INTEGER PRIMARY KEY,
  accountId INTEGER NOT NULL AS (key >> 32),
  id INTEGER NOT NULL AS (key & 0xffffffff),
  blobId INTEGER NOT NULL,
  added BLOB NOT NULL,
  threadId INTEGER NOT NULL,
  sizeBytes INTEGER NOT NULL,
  sentAt INTEGER,
  envelope BLOB NOT NULL,
  structure BLOB NOT NULL,
  preview TEXT NOT NULL
) STRICT;
INSERT INTO email4 SELECT (accountId << 32) | id, blobId, added, threadId, sizeBytes, sentAt, envelope, structure, preview
  FROM email ORDER BY accountId, id;
DROP TABLE email;
ALTER TABLE email4 RENAME TO email;
DELETE FROM blob WHERE id NOT IN (SELECT blobId FROM email);
CREATE TABLE sharedBlob (
  blobId INTEGER PRIMARY KEY,
  holders INTEGER NOT NULL
) STRICT;
INSERT INTO sharedBlob SELECT blobId, count(*) FROM email GROUP BY blobId HAVING count(*) > 1;
ALTER TABLE account DROP COLUMN usedBytes;
ALTER TABLE account DROP COLUMN usedMessages;
ALTER TABLE account ADD COLUMN threadedUpTo INTEGER NOT NULL DEFAULT 0;
UPDATE account SET threadedUpTo = lastEmailId;
`;

export const MAIL_STORE_MIGRATIONS: Migrations = [
  VERSION_1,
  (database) => {
    database.exec(VERSION_2);
    bringMessagesOver(database);
  },
  VERSION_3,
  (database) => {
    database.exec(VERSION_4);
    dropHashIndex(database);
  },
];
