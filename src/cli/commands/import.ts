/** `posthorn import maildir|mbox|imap …`: mail from elsewhere into an account. */
import { type Command, Option } from "commander";
import { openMaildir } from "../../import/maildir.ts";
import { openMbox } from "../../import/mbox.ts";
import { readSecret } from "../read-secret.ts";
import { SETTINGS_FILE } from "../serve-settings.ts";
import { type ImapPlace, openImap } from "./import/open-imap.ts";
import { type ImportOptions, runImport } from "./import/run-import.ts";

const MORE = `
Examples:
  posthorn import maildir ann@example.org /home/ann/Maildir
  posthorn import mbox ann@example.org ~/Mail --into Old
  posthorn import imap ann@example.org mail.old.example --user ann

Folders, flags and dates are kept; messages arrive byte for byte (files get the CRLF that mail has). Folders with a
special use (Sent, Trash…) go into the account's own. It may be ended at any moment and run again: what has arrived is
not brought twice, and what was deleted here since does not come back. It works on a server that runs or is at rest.`;

const OPTIONS: readonly Option[] = [
  new Option("--into <mailbox>", "put everything below this mailbox"),
  new Option("--map <folder=mailbox>", "where one folder goes; may be given again").argParser(gather),
  new Option("--only <folder>", "only this one; * stands for anything; may be given again").argParser(gather),
  new Option("--exclude <folder>", "not this one; the same").argParser(gather),
  new Option("--dry-run", "say what would go where, and bring nothing"),
  new Option("-s, --settings <file>", "the server's settings file").default(SETTINGS_FILE),
  new Option("--json", "print the outcome as JSON"),
];

export function addImport(program: Command): void {
  const group = program
    .command("import")
    .description("bring mail from a Maildir, mbox files or another IMAP server into an account")
    .addHelpText("after", MORE);
  withOptions(group.command("maildir").description("from a Maildir, with the folders in it"))
    .argument("<account>", "such as ann@example.org; it must be there")
    .argument("<path>", "the folder with cur/, new/ and tmp/")
    .action((account: string, path: string, options: ImportOptions) =>
      runImport(account, options, () => openMaildir(path)),
    );
  withOptions(
    group.command("mbox").description("from an mbox file, or a folder of them (Thunderbird, Apple Mail)"),
  )
    .argument("<account>")
    .argument("<path>", "a file is one mailbox, named after it")
    .action((account: string, path: string, options: ImportOptions) =>
      runImport(account, options, () => openMbox(path)),
    );
  withOptions(group.command("imap").description("from another IMAP server; asks for the password there"))
    .argument("<account>")
    .argument("<server>", "such as mail.old.example, with :port when it is not the usual one")
    .requiredOption("--user <name>", "who logs in there")
    .addOption(
      new Option("--tls <way>", "implicit: port 993. starttls, off: port 143")
        .choices(["implicit", "starttls", "off"])
        .default("implicit"),
    )
    .option("--insecure", "take any certificate: somebody may listen")
    .addHelpText(
      "after",
      "\nThe password is asked for, read from standard input, or taken from POSTHORN_IMPORT_PASSWORD.",
    )
    .action(async (account: string, server: string, options: ImportOptions & Omit<ImapPlace, "server">) => {
      const password =
        process.env["POSTHORN_IMPORT_PASSWORD"] ??
        (await readSecret(`password of ${options.user} at ${server}`));
      await runImport(account, options, () => openImap({ ...options, server }, password));
    });
}

function withOptions(command: Command): Command {
  for (const option of OPTIONS) command.addOption(option);
  return command;
}

function gather(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
