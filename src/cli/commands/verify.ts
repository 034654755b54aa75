/** `posthorn verify [FOLDER]`: is everything there that was ever acknowledged, and as it was? Changes nothing. */
import type { Command } from "commander";
import { existingStore, mailFolder, printJson, type StoreOptions, withStore } from "./store/options.ts";
import { totalsText, verifyMail } from "./store/verify-mail.ts";

const EXIT_DAMAGED = 1;

const MORE = `
Checks the file itself, the hash of every message, every mailbox's UIDs and counts, every account's sizes, and the
search index against the messages. It looks at one moment, also beside a server that runs, and changes nothing.
Exit 0: all is well. 1: problems were found, a line for each.`;

export function addVerify(program: Command): void {
  withStore(program.command("verify").description("check all mailboxes and say what is wrong"))
    .argument("[folder]", "a backup, or a data folder's mail; the server's when absent")
    .addHelpText("after", MORE)
    .action(async (given: string | undefined, { settings, json }: StoreOptions) => {
      const folder = existingStore(given ?? mailFolder(settings));
      const problems: { where: string; why: string }[] = [];
      const totals = await verifyMail(folder, (where, why) => {
        problems.push({ where, why });
        if (json !== true) console.log(`${where}: ${why}`);
      });
      if (json === true) printJson({ ...totals, problems });
      else
        console.log(
          problems.length === 0 ? `all is well: ${totalsText(totals)}` : `${totals.problems} problems`,
        );
      if (totals.problems > 0) process.exitCode = EXIT_DAMAGED;
    });
}
