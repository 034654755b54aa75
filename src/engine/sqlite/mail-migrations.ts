/** The mailbox store's schema, one step for each version. A step that has been released is never changed. */

export const MAIL_MIGRATIONS: readonly string[] = [
  // 1: accounts, mailboxes, messages with their bytes. The account leads every key, so that the tables can be sharded.
  `CREATE TABLE account (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE COLLATE NOCASE,
     salt BLOB, iterations INTEGER, stored_key BLOB, server_key BLOB,
     quota_bytes INTEGER,
     used_bytes INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE mailbox (
     account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
     id INTEGER NOT NULL,
     name TEXT NOT NULL,
     uid_next INTEGER NOT NULL DEFAULT 1,
     PRIMARY KEY (account_id, id),
     UNIQUE (account_id, name)
   ) STRICT;
   CREATE TABLE message (
     account_id INTEGER NOT NULL,
     mailbox_id INTEGER NOT NULL,
     uid INTEGER NOT NULL,
     delivery_id TEXT NOT NULL,
     received_at INTEGER NOT NULL,
     size_bytes INTEGER NOT NULL,
     reverse_path TEXT NOT NULL,
     recipient TEXT NOT NULL,
     queue_id TEXT NOT NULL,
     content BLOB NOT NULL,
     UNIQUE (account_id, mailbox_id, uid),
     UNIQUE (account_id, delivery_id),
     FOREIGN KEY (account_id, mailbox_id) REFERENCES mailbox (account_id, id) ON DELETE CASCADE
   ) STRICT`,
];
