/**
 * The console of the server that a settings file describes: of the one that runs, over its control socket, or of its
 * data folder at rest. The lock of the folder decides, so there are never two writers.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isFault } from "../../base/fault.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { toFault } from "../../engine/files/errno.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { openSqliteMailStore } from "../../engine/sqlite/sqlite-mail-store.ts";
import { type Console, consoleOver, createConsole } from "../../server/accounts/console.ts";
import { readServeSettings } from "../serve-settings.ts";
import { UsageError } from "../usage-error.ts";
import { controlClient } from "./control-client.ts";
import { socketPath } from "./socket-path.ts";

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toFault(error, `make the folder ${folder} (see "data")`);
  }
}

/** Runs `work` on it and closes what was opened. Throws UsageError when neither can be reached. */
export async function withConsole<T>(file: string, work: (console: Console) => Promise<T>): Promise<T> {
  const { settings, folder } = readServeSettings(file);
  const data = resolve(folder, settings.data);
  const running = await reachRunning(data);
  if (running !== undefined) return work(running);
  makeFolder(data);
  const clock = createRealClock();
  const store = openSqliteMailStore({ folder: join(data, "mail"), now: () => clock.now() });
  try {
    await store.open();
  } catch (error) {
    if (!isFault(error, "folderInUse")) throw error;
    throw new UsageError(
      `${data} is in use by a program that does not answer at ${socketPath(data)}: is it a "posthorn serve" that is just starting?`,
    );
  }
  try {
    const world = { clock, random: createSecureRandom() };
    return await work(consoleOver(createConsole({ world, settings, store })));
  } finally {
    await store.close();
  }
}

async function reachRunning(data: string): Promise<Console | undefined> {
  const client = controlClient(socketPath(data));
  try {
    await client.bans({});
    return client;
  } catch (error) {
    if (isFault(error, "refused")) return undefined;
    throw error;
  }
}
