/** `lab trace` and `lab wait`: one message's journey, all journeys, or the journal as it grows. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { JournalEvent } from "../../../journal/events.ts";
import { overallResult, type Trace } from "../../../journal/trace.ts";
import type { TracePage, TraceView } from "../../../lab/api/trace-views.ts";
import { labClient, type LabClient } from "../../lab-client.ts";
import { printEvent } from "../../print/events.ts";
import { resultStyle, styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { printTrace } from "../../print/trace.ts";
import { reunite } from "../../reunite.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

type TraceOptions = LabOptions & { last?: true; follow?: true; explain?: true; pcap?: string };

const EXAMPLES = `
Examples:
  posthorn lab trace                              all journeys
  posthorn lab trace --last                       the latest one, on a page
  posthorn lab trace to:bob@nemesis.test result:bounced
  posthorn lab trace --last --pcap mail.pcap      for Wireshark
  posthorn lab trace --follow                     every event as it happens`;

export function addTrace(lab: Command): void {
  withLab(lab.command("trace").description("where mail went: every hop, every line, every reason"))
    .argument("[query...]", "a queue id, or from: to: subject: host: result: status:")
    .option("--last", "the latest journey")
    .option("--follow", "every event as it happens, until Ctrl-C")
    .option("--explain", "say of each line what it means")
    .option("--pcap <file>", "write the conversations as packets")
    .addHelpText("after", EXAMPLES)
    .action(trace);
}

async function trace(words: string[], options: TraceOptions): Promise<void> {
  const client = labClient(options.lab);
  if (options.follow === true) return follow(client, options);
  const query = words.join(" ");
  if (query === "" && options.last !== true && options.pcap === undefined) return listAll(client, options);
  const path = `/traces/${encodeURIComponent(query === "" ? "last" : query)}`;
  if (options.pcap !== undefined) {
    writeFileSync(options.pcap, await client.bytes(`${path}/pcap`));
    console.log(`written: ${options.pcap}`);
    return;
  }
  show(await client.get<Trace>(path), options);
}

function show(found: Trace, { json, explain }: TraceOptions): void {
  if (json === true) return printJson(found);
  const style = styleFor(process.stdout, process.env);
  process.stdout.write(printTrace(reunite(found), { style, explain: explain === true }));
}

/** Limit: what a terminal scrolls back through; the browser shows all. */
const LISTED_MAX = 200;

async function listAll(client: LabClient, { json }: TraceOptions): Promise<void> {
  const { items, total } = await client.get<TracePage>(`/traces?order=newest&limit=${LISTED_MAX}`);
  const traces = items.toReversed();
  if (json === true) return printJson(traces);
  const style = styleFor(process.stdout, process.env);
  const columns = [
    { title: "id", text: ({ id }: TraceView) => id },
    {
      title: "result",
      text: ({ result }: TraceView) => result,
      paint: ({ result }: TraceView) => resultStyle(result, style),
    },
    { title: "from", text: ({ from }: TraceView) => (from === "" ? "<>" : from) },
    { title: "to", text: ({ to }: TraceView) => to.join(" ") },
    { title: "path", text: ({ hosts }: TraceView) => hosts.join(" → ") },
    { title: "subject", text: ({ subject }: TraceView) => subject ?? "" },
  ];
  process.stdout.write(printTable(traces, columns, style, 'no mail yet: try "posthorn lab send --to …"'));
  if (total > traces.length) console.log(`the latest ${traces.length} of ${total}`);
}

async function follow(client: LabClient, { json }: TraceOptions): Promise<void> {
  const style = styleFor(process.stdout, process.env);
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  try {
    for await (const line of client.events(undefined, ended.signal))
      console.log(json === true ? line : printEvent(JSON.parse(line) as JournalEvent, style));
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
}

export function addWait(lab: Command): void {
  withLab(lab.command("wait").description("until mail that matches is seen; exit 1 when none comes"))
    .argument("<query...>", "as for trace: to:bob@nemesis.test result:delivered")
    .option("--timeout <duration>", "how long", "30s")
    .option("--advance", "let the lab's clock jump while waiting")
    .addHelpText(
      "after",
      "\nExample:\n  posthorn lab wait to:bob@nemesis.test result:delivered --timeout 10s",
    )
    .action(async (words: string[], options: TraceOptions & { timeout: string; advance?: true }) => {
      const query = {
        q: words.join(" "),
        timeout: options.timeout,
        advance: options.advance === true ? "1" : undefined,
      };
      const found = await labClient(options.lab).get<Trace>("/wait", query);
      if (options.json === true) return printJson(found);
      const { id, recipients, subject = "" } = found;
      console.log(`${id}  ${overallResult(found)}  ${recipients.join(", ")}  ${subject}`);
      return undefined;
    });
}
