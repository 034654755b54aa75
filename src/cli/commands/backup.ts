/** `posthorn backup FOLDER`: all mailboxes as they are at one moment, while the server goes on; then the copy is checked. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { formatSize } from "../../base/size.ts";
import { copyStore } from "../../engine/sqlite/copy-store.ts";
import { STORE_FILE } from "../../engine/sqlite/look-into-store.ts";
import { createProgress } from "../print/progress.ts";
import { UsageError } from "../usage-error.ts";
import { existingStore, mailFolder, printJson, type StoreOptions, withStore } from "./store/options.ts";
import { totalsText, verifyMail } from "./store/verify-mail.ts";

/** SQLite's pages of a mail store (engine/sqlite/store-calls.ts). */
const PAGE_BYTES = 8_192;
const EXIT_DAMAGED = 1;

const MORE = `
The copy is one file, ${STORE_FILE}, in a folder of its own; it shows under that name only when it is whole and on the
disk. It is read back and every message's hash is checked. "posthorn restore FOLDER" brings it back.

Example, each night at three, kept for a week (crontab):
  0 3 * * *  cd /srv/mail && posthorn backup --force backups/$(date +\\%a)`;

export function addBackup(program: Command): void {
  withStore(program.command("backup").description("copy all mailboxes, while the server runs"))
    .argument("<folder>", "where the copy goes; made when it is not there")
    .option("--force", "replace a copy that is there already")
    .addHelpText("after", MORE)
    .action(backup);
}

async function backup(to: string, { settings, json, force }: StoreOptions & { force?: true }): Promise<void> {
  const from = existingStore(mailFolder(settings));
  // Passwords' hashes are in it, and everybody's mail.
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const target = join(to, STORE_FILE);
  if (existsSync(target)) {
    if (force !== true)
      throw new UsageError(`${target} is there already: name another folder, or say --force`);
    rmSync(target);
  }
  const progress = createProgress();
  await copyStore(from, to, (done, total) => {
    progress.show(
      done,
      total,
      `${formatSize(done * PAGE_BYTES)} of ${formatSize(total * PAGE_BYTES)} copied`,
    );
  });
  progress.clear();
  const problems: { where: string; why: string }[] = [];
  const totals = await verifyMail(to, (where, why) => {
    problems.push({ where, why });
    if (json !== true) console.error(`${where}: ${why}`);
  });
  if (json === true) printJson({ folder: to, ...totals, problems });
  else if (totals.problems === 0) console.log(`${target}: ${totalsText(totals)}`);
  else
    console.error(
      `${target} holds what the server holds, with ${totals.problems} problems; "posthorn verify" looks at the server's own`,
    );
  if (totals.problems > 0) process.exitCode = EXIT_DAMAGED;
}
