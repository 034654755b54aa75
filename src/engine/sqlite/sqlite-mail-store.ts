/** The mail store of a real host, over a SQLite file; and that of a simulated one, over SQLite in memory. */
import { createMailStore } from "../../store/create-mail-store.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { createMemoryMailDisk } from "./memory-mail-disk.ts";
import { createSqliteMailDisk } from "./sqlite-mail-disk.ts";

export type SqliteMailStoreOptions = {
  readonly folder: string;
  /** False: in the caller's turn. For a lab of many hosts, where a thread for each would cost 10 MB apiece. */
  readonly thread?: boolean | undefined;
  /** ms since 1970 UTC in the world the store lives in; the machine's when absent. */
  readonly now?: (() => number) | undefined;
};

export function openSqliteMailStore({
  folder,
  thread = true,
  now = Date.now,
}: SqliteMailStoreOptions): MailStore {
  return createMailStore(createSqliteMailDisk({ folder, thread }), now);
}

export function createMemoryMailStore(now: () => number = Date.now): MailStore {
  return createMailStore(createMemoryMailDisk(), now);
}
