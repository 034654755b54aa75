/** What the commands on a whole mail store share: whose, and where its mail is. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { STORE_FILE } from "../../../engine/sqlite/look-into-store.ts";
import { readServeSettings, SETTINGS_FILE } from "../../serve-settings.ts";
import { UsageError } from "../../usage-error.ts";

export type StoreOptions = { readonly settings: string; readonly json?: true };

export function withStore(command: Command): Command {
  return command
    .option("-s, --settings <file>", "the server's settings file", SETTINGS_FILE)
    .option("--json", "print the outcome as JSON");
}

/** The folder of the mailboxes of the server that these settings describe. */
export function mailFolder(file: string): string {
  const { settings, folder } = readServeSettings(file);
  return join(resolve(folder, settings.data), "mail");
}

/** Throws UsageError when there is no store in it. */
export function existingStore(folder: string): string {
  if (existsSync(join(folder, STORE_FILE))) return folder;
  throw new UsageError(`there are no mailboxes in ${folder}: no ${STORE_FILE}`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
