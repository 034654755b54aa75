/**
 * One process at a time in a folder. Node has no flock(2), so SQLite's own file lock is borrowed: the kernel lets go
 * of it when the process dies, however it dies, and it also tells two users in one process apart.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../base/fault.ts";
import { toFault } from "./errno.ts";

export type FolderLock = { release(): void };

const LOCK_FILE = "lock";

/** Throws Fault "folderInUse" when somebody else holds the folder. The file stays behind, empty. */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, LOCK_FILE);
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw toFault(error, `open ${file}`);
  }
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const isBusy = (error as { errcode?: number }).errcode === 5;
    if (isBusy) throw new Fault("folderInUse", `${folder} is in use by another process`, { cause: error });
    throw toFault(error, `lock ${folder}`);
  }
  return { release: () => database.close() };
}
