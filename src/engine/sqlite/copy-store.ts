/**
 * A copy of a mail store as it is at one moment, beside a server that goes on writing: for backups, and back again.
 * The copy shows under its name only when it is whole and on the medium. Never overwrites a store.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { backup } from "node:sqlite";
import { Fault } from "../../base/fault.ts";
import { realDisk } from "../files/disk.ts";
import { lockFolder } from "../files/folder-lock.ts";
import { toSqliteFault } from "./database.ts";
import { lookIntoStore, STORE_FILE } from "./look-into-store.ts";

/** Pages of the file copied between two reports of progress: 16 MiB. */
const PAGES_A_STEP = 2_048;

export type CopyProgress = (pagesDone: number, pagesTotal: number) => void;

/**
 * From one folder with a `mail.sqlite` to another without. Rejects with Fault "folderInUse" when a store is there
 * already or a server runs on it, and with the disk's Fault otherwise; then nothing is there.
 */
export async function copyStore(
  fromFolder: string,
  toFolder: string,
  onProgress: CopyProgress = () => {},
): Promise<void> {
  await realDisk().makeFolder(toFolder);
  const lock = lockFolder(toFolder);
  const target = join(toFolder, STORE_FILE);
  const half = `${target}.half`;
  try {
    if (existsSync(target))
      throw new Fault("folderInUse", `${target} is there already: copy to an empty folder`);
    rmSync(half, { force: true });
    const view = lookIntoStore(fromFolder);
    try {
      await backup(view.database, half, {
        rate: PAGES_A_STEP,
        progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
      });
    } finally {
      view.close();
    }
    await syncFile(half);
    renameSync(half, target);
    await realDisk().syncFolder(toFolder);
  } catch (error) {
    rmSync(half, { force: true });
    throw toSqliteFault(error, `copy ${fromFolder} to ${toFolder}`);
  } finally {
    lock.release();
  }
}

async function syncFile(file: string): Promise<void> {
  const disk = realDisk();
  const fd = await disk.open(file, false);
  try {
    await disk.sync(fd);
  } finally {
    await disk.close(fd);
  }
}
