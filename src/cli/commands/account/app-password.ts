/** `account app-password add|ls|rm`: one secret for each program or device, made here and shown once. */
import type { Command } from "commander";
import type { AppPasswordView } from "../../../server/accounts/administration.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { type AccountOptions, answer, withSettings } from "./options.ts";

const ABOUT = `
An app password opens the mailbox over IMAP and POP3 and sends mail, and nothing else. Lose the phone, remove "phone":
the other programs go on. Programs have to say it (PLAIN or LOGIN, over TLS): with SCRAM only the account's own
password works.`;

export function addAppPassword(account: Command): void {
  const group = account
    .command("app-password")
    .description("passwords for single programs and devices: add, ls, rm")
    .addHelpText("after", ABOUT);
  withSettings(group.command("add").description("make one and print it, once"))
    .argument("<address>")
    .argument("<name>", "what it is for, such as phone")
    .action(async (name: string, label: string, options: AccountOptions) => {
      await answer(
        options,
        (server) => server.addAppPassword({ name, label }),
        ({ account: whose, password }) =>
          `${label} logs in as ${whose} with this password, shown this once:\n  ${password}\n`,
      );
    });
  withSettings(group.command("ls").description("those of an account, and when each was last used"))
    .argument("<address>")
    .action(async (name: string, options: AccountOptions) => {
      await answer(
        options,
        async (server) => {
          const found = await server.accounts({ name });
          return found.ok ? { ok: true, value: found.value[0]?.appPasswords ?? [] } : found;
        },
        appPasswordsText,
      );
    });
  withSettings(group.command("rm").description("end one at once"))
    .argument("<address>")
    .argument("<which>", "its name or id")
    .action(async (name: string, which: string, options: AccountOptions) => {
      await answer(
        options,
        (server) => server.removeAppPassword({ name, which }),
        (one) => `${one.name} no longer logs in as ${name}\n`,
      );
    });
}

function appPasswordsText(appPasswords: readonly AppPasswordView[]): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  return printTable(
    appPasswords,
    [
      { title: "NAME", text: ({ name }) => name },
      { title: "ID", text: ({ id }) => id },
      { title: "MADE (UTC)", text: ({ createdAt }) => day(createdAt) },
      { title: "LAST USED", text: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : day(lastUsedAt)) },
    ],
    styleFor(process.stdout, process.env),
    "no app passwords",
  );
}
