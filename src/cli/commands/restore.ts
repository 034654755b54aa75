/**
 * `posthorn restore FOLDER`: brings a backup back and proves that it did. What was there before is put aside, not
 * deleted. The server must not run.
 */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { isFault } from "../../base/fault.ts";
import { compareStores, type CompareEvent } from "../../engine/sqlite/compare-stores.ts";
import { copyStore } from "../../engine/sqlite/copy-store.ts";
import { STORE_FILE } from "../../engine/sqlite/look-into-store.ts";
import { STEP, stepForward } from "../../engine/sqlite/step-forward.ts";
import { lockFolder } from "../../engine/files/folder-lock.ts";
import { createProgress } from "../print/progress.ts";
import { UsageError } from "../usage-error.ts";
import { existingStore, mailFolder, printJson, type StoreOptions, withStore } from "./store/options.ts";
import { verifyMail } from "./store/verify-mail.ts";

type RestoreOptions = StoreOptions & { readonly force?: true; readonly exact?: true };
type Same = Extract<CompareEvent, { kind: "done" }>;

const EXIT_DIFFERS = 1;
/** What SQLite keeps beside its file. */
const FILE_ENDINGS = ["", "-wal", "-shm"];

const MORE = `
First the backup is checked, then copied, then compared with the copy: accounts, mailboxes, every message's UID, flags,
dates and bytes. Then UIDs and modification numbers step forward by ${STEP.toLocaleString("en")}, so that none that was given out after the
backup is ever given again, and mail programs learn what is gone; --exact leaves that out, for moving a server whose
copy is its latest state. Mailboxes that are there already are put aside with --force, into a folder beside them.`;

export function addRestore(program: Command): void {
  withStore(program.command("restore").description("bring mailboxes back from a backup, and prove it"))
    .argument("<folder>", "what posthorn backup made")
    .option("--force", "put the mailboxes that are there aside")
    .option("--exact", "do not step UIDs forward: nothing happened since the backup")
    .addHelpText("after", MORE)
    .action(restore);
}

async function restore(from: string, { settings, json, force, exact }: RestoreOptions): Promise<void> {
  const to = mailFolder(settings);
  const { problems } = await verifyMail(existingStore(from), (where, why) =>
    console.error(`${where}: ${why}`),
  );
  if (problems > 0)
    throw new UsageError(`the backup in ${from} has ${problems} problems: nothing was changed`, EXIT_DIFFERS);
  const aside = putAside(to, force === true);
  const progress = createProgress();
  await copyStore(from, to, (done, total) => progress.show(done, total, "copying"));
  progress.clear();
  const same = await compare(from, to);
  if (same.differences === 0 && exact !== true) stepForward(to);
  if (json === true) printJson({ ...same, aside });
  else if (same.differences === 0) {
    console.log(
      `restored and the same: ${same.accounts} accounts, ${same.mailboxes} mailboxes, ${same.messages} messages, ${same.emails} contents; UIDs, flags, dates and bytes compared`,
    );
    if (exact !== true) console.log(`UIDs go on ${STEP.toLocaleString("en")} further up`);
    if (aside !== undefined) console.log(`what was there before is in ${aside}`);
  } else console.error(`the copy differs in ${same.differences} places`);
  if (same.differences > 0) process.exitCode = EXIT_DIFFERS;
}

/** Where the store that is there went; undefined when there is none. */
function putAside(folder: string, force: boolean): string | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(join(folder, STORE_FILE))) return undefined;
  if (!force) throw new UsageError(`there are mailboxes in ${folder} already: --force puts them aside`);
  const lock = lockOrRefuse(folder);
  try {
    const aside = `${folder}.before-restore-${new Date().toISOString().replace(/[:.]/g, "-")}`;
    mkdirSync(aside, { mode: 0o700 });
    for (const ending of FILE_ENDINGS) {
      const file = `${STORE_FILE}${ending}`;
      if (existsSync(join(folder, file))) renameSync(join(folder, file), join(aside, file));
    }
    return aside;
  } finally {
    lock.release();
  }
}

function lockOrRefuse(folder: string): ReturnType<typeof lockFolder> {
  try {
    return lockFolder(folder);
  } catch (error) {
    if (isFault(error, "folderInUse")) throw new UsageError(`a server runs on ${folder}: stop it first`);
    throw error;
  }
}

async function compare(from: string, to: string): Promise<Same> {
  for await (const event of compareStores(from, to)) {
    if (event.kind === "done") return event;
    console.error(`${event.where}: ${event.why}`);
  }
  throw new Error("a comparison ended without its sum");
}
