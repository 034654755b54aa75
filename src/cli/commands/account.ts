/** `posthorn account …`: who has a mailbox on the server that a settings file describes, whether it runs or not. */
import type { Command } from "commander";
import { addAppPassword } from "./account/app-password.ts";
import { addBans, addUnban } from "./account/bans.ts";
import { addAdd, addPasswd } from "./account/password.ts";
import { addLs, addQuota, addRm } from "./account/accounts.ts";

const EXAMPLES = `
Examples:
  posthorn account add ann@example.org                 asks for the password
  posthorn account add bob@example.org --generate --quota 2GB
  pass show mail/ann | posthorn account passwd ann@example.org
  posthorn account app-password add ann@example.org phone
  posthorn account ls
  posthorn account unban 192.0.2.7

They work on the server of ./posthorn.yaml (--settings names another): on the running one, at once, else on its data folder.`;

export function addAccount(program: Command): void {
  const account = program
    .command("account")
    .description("accounts of a server: add, passwd, ls, quota, app-password, rm, bans, unban")
    .addHelpText("after", EXAMPLES);
  for (const add of [addAdd, addPasswd, addLs, addQuota, addAppPassword, addRm, addBans, addUnban])
    add(account);
}
