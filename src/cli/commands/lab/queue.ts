/** `lab queue`: what waits, why, until when; and what to do about it. */
import type { Command } from "commander";
import { formatDuration } from "../../../base/duration.ts";
import type { InfoView, QueuedView } from "../../../lab/api/views.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

const ACTIONS = ["retry", "hold", "release", "drop", "flush"];

export function addQueue(lab: Command): void {
  withLab(lab.command("queue").description("mail that waits"))
    .argument("[action]", `ls (default), ${ACTIONS.join(", ")}`, "ls")
    .argument("[id]", 'the message: an id, its beginning, or "all"')
    .option("--host <host>", "only this host's queue")
    .addHelpText(
      "after",
      "\nExamples:\n  posthorn lab queue\n  posthorn lab queue retry 1KE6\n  posthorn lab queue flush",
    )
    .action(async (action: string, id: string | undefined, options: LabOptions & { host?: string }) => {
      if (action === "ls") return list(options);
      if (!ACTIONS.includes(action))
        throw new UsageError(`"${action}" is nothing a queue does: ls, ${ACTIONS.join(", ")}`);
      const answer = await labClient(options.lab).post<{ changed: number }>("/queue", {
        action,
        id,
        host: options.host,
      });
      if (options.json === true) return printJson(answer);
      console.log(`${action}: ${answer.changed} message${answer.changed === 1 ? "" : "s"}`);
      return undefined;
    });
}

async function list(options: LabOptions & { host?: string }): Promise<void> {
  const client = labClient(options.lab);
  const all = await client.get<QueuedView[]>("/queue");
  const queued = all.filter(({ host }) => options.host === undefined || host === options.host);
  if (options.json === true) return printJson(queued);
  const now = Date.parse((await client.get<InfoView>("/")).now);
  const columns = [
    { title: "host", text: ({ host }: QueuedView) => host },
    { title: "id", text: ({ id }: QueuedView) => id },
    { title: "from", text: ({ from }: QueuedView) => (from === "" ? "<>" : from) },
    {
      title: "to",
      text: ({ recipients }: QueuedView) =>
        recipients.map(({ address, state }) => `${address} (${state})`).join(" "),
    },
    {
      title: "tries",
      text: ({ recipients }: QueuedView) => String(Math.max(...recipients.map(({ attempts }) => attempts))),
      right: true,
    },
    {
      title: "next",
      text: ({ nextDueAt }: QueuedView) =>
        nextDueAt === undefined ? "-" : `in ${formatDuration(Math.max(0, nextDueAt - now))}`,
    },
    {
      title: "last reply",
      text: ({ recipients }: QueuedView) => recipients.map(({ lastReply }) => lastReply ?? "").join(" / "),
    },
  ];
  process.stdout.write(printTable(queued, columns, styleFor(process.stdout, process.env), "no mail waits"));
}
