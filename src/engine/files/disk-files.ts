/**
 * The port `Files` on the machine's disk. A write goes to a hidden neighbour, is synced, renamed over the target, and
 * the folder is synced: a reader sees the old file or the new one. Fails with Faults that name the path.
 */
import { watch as watchFolder, type FSWatcher } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Files, WriteOptions } from "../../base/files.ts";
import { errorCode, toFault } from "./errno.ts";

/** The system's notice can get lost (network disks, full queues): look this often anyway. */
const POLL_MS = 2_000;
/** A burst of changes is told once. */
const SETTLE_MS = 20;

export function createDiskFiles(): Files {
  let writes = 0;

  async function writeAtomically(
    path: string,
    bytes: Uint8Array,
    { modeOf }: WriteOptions = {},
  ): Promise<void> {
    const hidden = join(dirname(path), `.${basename(path)}.${process.pid}.${++writes}.tmp`);
    try {
      const mode = modeOf === undefined ? undefined : await modeBits(modeOf);
      // Never for a moment open to more than the file it takes after.
      const file = await open(hidden, "wx", mode);
      try {
        if (mode !== undefined) await file.chmod(mode);
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(hidden, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(hidden, { force: true }).catch(() => undefined);
      throw toFault(error, `write ${path}`);
    }
  }

  return { writeAtomically, readFile: read, list, remove, makeFolder, watch };
}

/** Undefined when there is no such file. */
async function modeBits(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Windows cannot sync a folder, and needs not.
    if (errorCode(error) !== "EPERM" && errorCode(error) !== "EISDIR") throw error;
  } finally {
    await handle.close();
  }
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw toFault(error, `read ${path}`);
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".tmp"))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw toFault(error, `list ${folder}`);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw toFault(error, `remove ${path}`);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw toFault(error, `make the folder ${path}`);
  }
}

function watch(folder: string, onChange: () => void): { close(): void } {
  let settling: NodeJS.Timeout | undefined;
  let seen = "";
  const tell = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined;
      onChange();
    }, SETTLE_MS);
  };
  const look = (): void => {
    void list(folder).then(
      (names) => {
        const now = names.join("\n");
        if (now !== seen) tell();
        seen = now;
      },
      () => undefined,
    );
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watchFolder(folder, tell);
    watcher.on("error", () => watcher?.close());
  } catch {
    // Polling alone serves where the system tells nothing.
    watcher = undefined;
  }
  look();
  const poll = setInterval(look, POLL_MS);
  return {
    close() {
      clearInterval(poll);
      clearTimeout(settling);
      watcher?.close();
    },
  };
}
