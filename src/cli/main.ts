/** The command line. Each command is a file of its own, loaded when it is called for; `--help` teaches. */
import { Command, CommanderError } from "commander";

type AddCommand = (program: Command) => void;

/** Which file adds which command. */
const COMMANDS: Record<string, () => Promise<AddCommand>> = {
  serve: async () => (await import("./commands/serve.ts")).addServe,
  explain: async () => (await import("./commands/explain.ts")).addExplain,
};

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command("posthorn")
    .description("The mail server that shows its work.")
    .version("0.1.0")
    .showHelpAfterError()
    .exitOverride();
  const [name = ""] = args;
  const wanted = COMMANDS[name] === undefined ? Object.values(COMMANDS) : [COMMANDS[name]];
  for (const load of wanted) (await load())(program);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}
