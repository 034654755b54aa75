/** What the commands that talk to a running lab have in common: their options, and JSON for machines. */
import type { Command } from "commander";

export type LabOptions = { readonly lab?: string; readonly json?: true };

/** The options every command has that talks to a running lab. */
export function withLab(command: Command): Command {
  return command
    .option("--lab <url>", "the lab's control API; the one that runs here when absent")
    .option("--json", "print JSON");
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
