/** `lab fault`: place a failure, see which fired, take it away. */
import type { Command } from "commander";
import { parse } from "yaml";
import type { PlacedFault } from "../../../lab/kit/fault-desk.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson, withLab, type LabOptions } from "../lab.ts";

type FaultOptions = LabOptions & { at?: string; when?: string; do?: string; id?: string };

const EXAMPLES = `
Examples:
  posthorn lab fault add --at kerio.smtp.RCPT --when "{n: [1, 2]}" --do "{reply: 450 4.2.1 busy}"
  posthorn lab fault add --at dc.dns --when "{query: nemesis.test MX}" --do "{rcode: SERVFAIL, for: 10m}"
  posthorn lab fault add --at "presto->edge" --do "{tls: strip}"
  posthorn lab fault rm busy`;

export function addFault(lab: Command): void {
  withLab(lab.command("fault").description("failures on demand"))
    .argument("[action]", "ls (default), add, rm, clear", "ls")
    .argument("[id]", "rm: which")
    .option("--at <point>", "add: host.smtp.RCPT, host.dns, A->B, or host")
    .option("--when <matchers>", "add: as in the lab file, in YAML")
    .option("--do <actions>", "add: as in the lab file, in YAML")
    .option("--id <id>", "add: a name for it")
    .addHelpText("after", EXAMPLES)
    .action(fault);
}

async function fault(action: string, id: string | undefined, options: FaultOptions): Promise<void> {
  const client = labClient(options.lab);
  switch (action) {
    case "ls":
      return list(await client.get<PlacedFault[]>("/faults"), options);
    case "add":
      return say(await client.post<object>("/faults", entry(options)), options);
    case "rm":
      if (id === undefined) throw new UsageError('rm needs the id: "lab fault ls" lists them');
      return say(await client.remove<object>(`/faults/${encodeURIComponent(id)}`), options);
    case "clear":
      return say(await client.remove<object>("/faults"), options);
    default:
      throw new UsageError(`"${action}" is nothing to do with faults: ls, add, rm, clear`);
  }
}

function entry({ at, when, do: action, id }: FaultOptions): object {
  if (at === undefined || action === undefined)
    throw new UsageError(
      'add needs --at and --do, as in: --at kerio.smtp.RCPT --do "{reply: 450 4.2.1 busy}"',
    );
  return {
    ...(id === undefined ? {} : { id }),
    at,
    ...(when === undefined ? {} : { when: yaml(when, "--when") }),
    do: yaml(action, "--do"),
  };
}

function yaml(text: string, option: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new UsageError(`${option} is not YAML: ${text}`);
  }
}

function list(faults: readonly PlacedFault[], { json }: FaultOptions): void {
  if (json === true) return printJson(faults);
  const columns = [
    { title: "id", text: ({ id }: PlacedFault) => id },
    { title: "at", text: ({ entry: { at } }: PlacedFault) => String(at) },
    {
      title: "when",
      text: ({ entry: { when } }: PlacedFault) => (when === undefined ? "always" : JSON.stringify(when)),
    },
    { title: "do", text: ({ entry: { do: action } }: PlacedFault) => JSON.stringify(action) },
    { title: "fired", text: ({ firedCount }: PlacedFault) => String(firedCount), right: true },
  ];
  process.stdout.write(printTable(faults, columns, styleFor(process.stdout, process.env), "no faults"));
}

function say(answer: object, { json }: FaultOptions): void {
  if (json === true) return printJson(answer);
  console.log(
    Object.entries(answer)
      .map(([key, value]) => `${key}: ${String(value)}`)
      .join(", "),
  );
}
