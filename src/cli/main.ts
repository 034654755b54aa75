/** The command line. Each command is a file of its own, loaded when it is called for; `--help` teaches. */
import { Command, CommanderError } from "commander";
import { isFault } from "../base/fault.ts";
import { UsageError } from "./usage-error.ts";

/** `args` are those of the whole command line, so that a command can load only the part that is asked for. */
type AddCommand = (program: Command, args: readonly string[]) => void | Promise<void>;

/** Which file adds which command. */
const COMMANDS: Record<string, () => Promise<AddCommand>> = {
  lab: async () => (await import("./commands/lab.ts")).addLab,
  serve: async () => (await import("./commands/serve.ts")).addServe,
  account: async () => (await import("./commands/account.ts")).addAccount,
  import: async () => (await import("./commands/import.ts")).addImport,
  verify: async () => (await import("./commands/verify.ts")).addVerify,
  backup: async () => (await import("./commands/backup.ts")).addBackup,
  restore: async () => (await import("./commands/restore.ts")).addRestore,
  dig: async () => (await import("./commands/dig.ts")).addDig,
  explain: async () => (await import("./commands/explain.ts")).addExplain,
};

/** Wrong input: nothing was done. */
const EXIT_WRONG_INPUT = 2;
/** The disk, the network or another program did not go along. */
const EXIT_FAILED = 1;

const START_HERE = `
Start here:
  posthorn lab up                         a network of mail servers on this machine
  posthorn lab send --to bob@nemesis.test
  posthorn lab trace --last               where it went, line by line`;

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command("posthorn")
    .description("The mail server that shows its work.")
    .version("0.1.0")
    .showHelpAfterError("(--help says more)")
    .addHelpText("after", START_HERE)
    .exitOverride();
  const [name = ""] = args;
  const wanted = COMMANDS[name] === undefined ? Object.values(COMMANDS) : [COMMANDS[name]];
  for (const load of wanted) await (await load())(program, args);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(error.message);
      process.exitCode = error.exitCode;
      return;
    }
    if (isFault(error) || isOfTheSystem(error)) {
      console.error(error.message);
      process.exitCode = EXIT_FAILED;
      return;
    }
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_WRONG_INPUT;
  }
}

/** What the machine refused (EACCES, ENOSPC…) is no bug of ours: the sentence is enough, a stack would be none. */
function isOfTheSystem(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "code" in error;
}
