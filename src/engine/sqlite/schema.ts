/**
 * The tables of the mail store. The account's id leads every key, so that accounts could live in different places.
 * A message's bytes are exactly as delivered. UIDs come from the mailbox's own counter and are never reused.
 */
import type { Migrations } from "./database.ts";

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

export const MAIL_STORE_MIGRATIONS: Migrations = [VERSION_1];
