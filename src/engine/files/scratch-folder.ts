/**
 * The port `Scratch` as a folder that is emptied when it is opened: what an earlier run of the program left is of no use.
 * Readable by its owner alone. Fails with Faults that name the path.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "../../base/files.ts";
import { errorCode, toFault } from "./errno.ts";

/** One program opens a folder at one time. */
export async function openScratchFolder(folder: string): Promise<Scratch> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toFault(error, `empty the folder ${folder}`);
  }
  return {
    async write(name, bytes) {
      const path = join(folder, name);
      try {
        await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
      } catch (error) {
        if (errorCode(error) !== "EEXIST") await rm(path, { force: true }).catch(() => undefined);
        throw toFault(error, `write ${path}`);
      }
    },
    async read(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        throw toFault(error, `read ${join(folder, name)}`);
      }
    },
    async remove(name) {
      try {
        await rm(join(folder, name), { force: true });
      } catch (error) {
        throw toFault(error, `remove ${join(folder, name)}`);
      }
    },
  };
}
