/** `account add` and `account passwd`. A password is asked for, piped in or made here; it is never an argument. */
import type { Command } from "commander";
import type { Made } from "../../../server/accounts/administration.ts";
import { readNewSecret } from "../../read-secret.ts";
import { type AccountOptions, answer, countOrNone, sizeOrNone, withSettings } from "./options.ts";

type PasswordOptions = AccountOptions & { readonly generate?: true; readonly scram: boolean };
type AddOptions = PasswordOptions & { readonly quota?: number | null; readonly messages?: number | null };

const SCRAM_HELP =
  "keep no SCRAM-SHA-256 keys: safer if the disk is stolen, but programs can only log in by saying the password";

function withPassword(command: Command): Command {
  return withSettings(command)
    .option("--generate", "make a password and print it, once")
    .option("--no-scram", SCRAM_HELP);
}

export function addAdd(account: Command): void {
  withPassword(account.command("add").description("a new account with an INBOX; asks for its password"))
    .argument("<address>", "such as ann@example.org")
    .option("--quota <size>", "how much mail it may hold, such as 2GB", sizeOrNone)
    .option("--messages <number>", "how many messages it may hold", countOrNone)
    .action(async (name: string, options: AddOptions) => {
      const { quota: quotaBytes, messages: quotaMessages, scram } = options;
      const secret = await secretFor(name, options);
      await answer(
        options,
        (server) => server.addAccount({ name, ...secret, scram, quotaBytes, quotaMessages }),
        (made) => `${made.account} is ready${madeText(made)}\n`,
      );
    });
}

export function addPasswd(account: Command): void {
  withPassword(account.command("passwd").description("a new password; the old one ends at once"))
    .argument("<address>")
    .action(async (name: string, options: PasswordOptions) => {
      const secret = await secretFor(name, options);
      await answer(
        options,
        (server) => server.setPassword({ name, ...secret, scram: options.scram }),
        (made) => `${made.account} has a new password${madeText(made)}\n`,
      );
    });
}

async function secretFor(
  name: string,
  { generate }: PasswordOptions,
): Promise<{ password: string } | { generate: true }> {
  return generate === true ? { generate } : { password: await readNewSecret(name) };
}

function madeText({ password }: Made): string {
  return password === null ? "" : `; its password, shown this once:\n  ${password}`;
}
