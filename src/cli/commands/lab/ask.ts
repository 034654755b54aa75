/** `lab dig` and `lab why`: questions that send nothing. */
import type { Command } from "commander";
import type { Route } from "../../../mta/routing/route.ts";
import { labClient } from "../../lab-client.ts";
import { reasonLines } from "../../print/conversation.ts";
import { styleFor } from "../../print/style.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

export function addDig(lab: Command): void {
  withLab(
    lab
      .command("dig")
      .description("ask the lab's name servers, as dig does, and have the answer explained")
      .argument("<arguments...>", "NAME [TYPE] [@HOST] [+short] [+tcp] [-x ADDRESS]")
      .allowUnknownOption()
      .addHelpText(
        "after",
        "\nExamples:\n  posthorn lab dig nemesis.test MX\n  posthorn lab dig -x 10.66.0.31\n  posthorn lab dig arch.test TXT @dc +short",
      ),
  ).action(async (args: string[], options: LabOptions) => {
    const { text, explanation } = await labClient(options.lab).get<{ text: string; explanation: string[] }>(
      "/dig",
      { arg: args },
    );
    if (options.json === true) return printJson({ text, explanation });
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    const style = styleFor(process.stdout, process.env);
    for (const sentence of explanation) console.log(style.dim(`;; ${sentence}`));
    return undefined;
  });
}

export function addWhy(lab: Command): void {
  withLab(
    lab.command("why").description("where a recipient's mail would go from a host, and why; sends nothing"),
  )
    .argument("<recipient>", "such as bob@nemesis.test")
    .requiredOption("--from <host>", "the host that would send it")
    .option("--sender <address>", "the reverse path, for connectors that look at it")
    .addHelpText("after", "\nExample:\n  posthorn lab why bob@nemesis.test --from presto")
    .action(async (recipient: string, options: LabOptions & { from: string; sender?: string }) => {
      const query = { to: recipient, host: options.from, from: options.sender };
      const route = await labClient(options.lab).get<Route>("/why", query);
      if (options.json === true) return printJson(route);
      const style = styleFor(process.stdout, process.env);
      console.log(style.bold(`${recipient} from ${options.from}`));
      for (const step of route.steps) console.log(`  ${step}`);
      console.log(style.name(`  → ${targetText(route)}`));
      for (const line of reasonLines(route.reason, style)) console.log(`    ${line}`);
      return undefined;
    });
}

function targetText({ target }: Route): string {
  switch (target.kind) {
    case "smtp": {
      const hops = target.hops.map(
        ({ host, addresses, port }) => `${host} (${addresses.join(", ")}) port ${port}`,
      );
      return `${target.protocol} to ${hops.join(", then ")}; TLS ${target.tls}`;
    }
    case "local":
      return `the mailbox of ${target.account}`;
    case "drop":
      return `the folder ${target.folder}`;
    case "webhook":
      return target.folder === undefined
        ? `POST ${target.url}`
        : `the folder ${target.folder}, then POST ${target.url}`;
    case "fail":
      return `returned at once: ${target.status} ${target.text}`;
    case "defer":
      return `tried again later: ${target.status} ${target.text}`;
  }
}
