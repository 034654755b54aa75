/** What all account commands share: whose settings, JSON or not, and how an answer becomes output. */
import type { Command } from "commander";
import type { Result } from "../../../base/result.ts";
import { parseSize } from "../../../base/size.ts";
import type { Administration } from "../../../server/accounts/administration.ts";
import { withConsole } from "../../control/open-console.ts";
import { SETTINGS_FILE } from "../../serve-settings.ts";
import { UsageError } from "../../usage-error.ts";

export type AccountOptions = { readonly settings: string; readonly json?: true };

export function withSettings(command: Command): Command {
  return command
    .option("-s, --settings <file>", "the server's settings file", SETTINGS_FILE)
    .option("--json", "print the answer as JSON");
}

/** Asks, and prints: as JSON, or as `print` has it. A refusal becomes a sentence, exit 2. */
export async function answer<T>(
  { settings, json }: AccountOptions,
  ask: (administration: Administration) => Promise<Result<T, string>>,
  print: (value: T) => string,
): Promise<void> {
  const result = await withConsole(settings, ask);
  if (!result.ok) throw new UsageError(result.error);
  process.stdout.write(
    json === true ? `${JSON.stringify(result.value, undefined, 2)}\n` : print(result.value),
  );
}

/** `none` takes a bound away. */
export function sizeOrNone(text: string): number | null {
  if (text === "none") return null;
  const bytes = parseSize(text);
  if (bytes === undefined)
    throw new UsageError(`"${text}" is not a size: write it as "500MB", "2GB" or "none"`);
  return bytes;
}

export function countOrNone(text: string): number | null {
  if (text === "none") return null;
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`"${text}" is not a number of messages: write it as "10000" or "none"`);
  return Number(text);
}
