/** `account ls`, `account quota` and `account rm`. */
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { formatSize } from "../../../base/size.ts";
import type { AccountView } from "../../../server/accounts/administration.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { type AccountOptions, answer, countOrNone, sizeOrNone, withSettings } from "./options.ts";

export function addLs(account: Command): void {
  withSettings(account.command("ls").description("all accounts, what they hold and how they log in"))
    .argument("[address]", "only this one")
    .action(async (name: string | undefined, options: AccountOptions) => {
      await answer(options, (server) => server.accounts({ name }), accountsText);
    });
}

export function addQuota(account: Command): void {
  withSettings(account.command("quota").description("show or set how much an account may hold"))
    .argument("<address>")
    .argument("[size]", 'such as 2GB; "none" takes the bound away', sizeOrNone)
    .option("--messages <number>", 'how many messages; "none" takes the bound away', countOrNone)
    .action(
      async (
        name: string,
        quotaBytes: number | null | undefined,
        options: AccountOptions & { messages?: number | null },
      ) => {
        const asked = { name, quotaBytes, quotaMessages: options.messages };
        await answer(
          options,
          (server) => server.setQuota(asked),
          (one) => accountsText([one]),
        );
      },
    );
}

export function addRm(account: Command): void {
  withSettings(account.command("rm").description("remove an account with all its mail; there is no way back"))
    .argument("<address>")
    .option("--yes", "do not ask")
    .addHelpText("after", '\n"posthorn backup" keeps a copy of all mailboxes first.')
    .action(async (name: string, options: AccountOptions & { yes?: true }) => {
      if (options.yes !== true) await confirm(name);
      await answer(
        options,
        (server) => server.removeAccount({ name }),
        (one) => `${one.name} is gone, with ${one.usedMessages} messages (${formatSize(one.usedBytes)})\n`,
      );
    });
}

async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UsageError(`this removes ${name} with all its mail: say --yes if that is meant`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await lines.question(`this removes ${name} with all its mail. Type its address to go on: `);
  lines.close();
  if (typed.trim() !== name) throw new UsageError("nothing was changed");
}

function accountsText(accounts: readonly AccountView[]): string {
  return printTable(
    accounts,
    [
      { title: "ACCOUNT", text: ({ name }) => name },
      { title: "MESSAGES", text: (one) => bounded(one.usedMessages, one.quotaMessages, String), right: true },
      { title: "SIZE", text: (one) => bounded(one.usedBytes, one.quotaBytes, formatSize), right: true },
      { title: "LOGS IN BY", text: loginText },
    ],
    styleFor(process.stdout, process.env),
    'no accounts; "posthorn account add" makes one',
  );
}

function bounded(used: number, max: number | null, format: (value: number) => string): string {
  return max === null ? format(used) : `${format(used)} of ${format(max)}`;
}

function loginText({ hasPassword, hasScram, appPasswords, inSettings }: AccountView): string {
  const ways = hasPassword ? [hasScram ? "password, SCRAM" : "password"] : [];
  if (appPasswords.length > 0) ways.push(`app passwords: ${appPasswords.map(({ name }) => name).join(", ")}`);
  const text = ways.length === 0 ? "nothing: it only takes mail" : ways.join("; ");
  return inSettings ? `${text} (named in the settings)` : text;
}
