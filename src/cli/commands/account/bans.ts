/** `account bans` and `account unban`: addresses that a running server turns away, and how to let them in again. */
import type { Command } from "commander";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { type AccountOptions, answer, withSettings } from "./options.ts";

export function addBans(account: Command): void {
  withSettings(
    account.command("bans").description("client addresses that are turned away for too many errors"),
  ).action(async (options: AccountOptions) => {
    await answer(
      options,
      (server) => server.bans({}),
      (bans) =>
        printTable(
          bans,
          [
            { title: "ADDRESS", text: ({ address }) => address },
            {
              title: "UNTIL (UTC)",
              text: ({ until }) => new Date(until).toISOString().slice(0, 19).replace("T", " "),
            },
          ],
          styleFor(process.stdout, process.env),
          "nobody is banned",
        ),
    );
  });
}

export function addUnban(account: Command): void {
  withSettings(account.command("unban").description("let an address in again, and forget its errors"))
    .argument("[address]")
    .option("--all", "all addresses")
    .action(async (address: string | undefined, options: AccountOptions & { all?: true }) => {
      if ((address === undefined) === (options.all === undefined))
        throw new UsageError('name the address, or say --all; "posthorn account bans" shows them');
      await answer(
        options,
        (server) => server.unban({ address }),
        (forgiven) =>
          forgiven.length === 0 ? "nobody was banned\n" : `${forgiven.join(", ")} may come in again\n`,
      );
    });
}
