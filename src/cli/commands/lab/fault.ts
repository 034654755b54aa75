/** `lab fault`: places something that goes wrong, lists what is placed, takes it back. */
import type { Command } from "commander";
import { parse } from "yaml";
import type { PlacedFault } from "../../../lab/kit/fault-desk.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { withLab, type LabOptions } from "./options.ts";

type FaultOptions = LabOptions & {
  id?: string;
  at?: string;
  do?: string;
  first?: number;
  every?: number;
  when?: string[];
  for?: string;
  reply?: string;
  delay?: string;
  drop?: true;
  reset?: true;
  down?: true;
  blackhole?: true;
  throttle?: string;
  slice?: string;
  limit?: string;
  hide?: string;
  tls?: string;
  rcode?: string;
  truncate?: true;
  wrong?: string;
  ratelimit?: string;
};

/** Options that are actions of the lab file by the same name. */
const ACTIONS = [
  "reply",
  "delay",
  "drop",
  "reset",
  "down",
  "blackhole",
  "throttle",
  "slice",
  "limit",
  "hide",
  "tls",
  "rcode",
  "truncate",
  "wrong",
  "ratelimit",
] as const;

const EXAMPLES = `
Points: HOST.smtp.{CONNECT,EHLO,STARTTLS,AUTH,MAIL,RCPT,DATA,EOD,QUIT}, HOST.dns, HOST, "A->B"

Examples:
  posthorn lab fault add kerio.smtp.RCPT --reply "450 4.2.1 busy" --first 2
  posthorn lab fault add dc.dns --when "query=nemesis.test MX" --rcode SERVFAIL --for 10m
  posthorn lab fault add kerio --down
  posthorn lab fault add "presto->edge" --tls strip
  posthorn lab fault ls
  posthorn lab fault rm busy`;

export function addFault(lab: Command): void {
  const each = (text: string, before: string[] = []): string[] => [...before, text];
  withLab(lab.command("fault").description("make something go wrong: add, ls, rm, clear"))
    .argument("[action]", "add, ls, rm, clear", "ls")
    .argument("[what]", "add: the point; rm: the id")
    .option("--id <id>", "its name")
    .option("--at <point>", "add: the point, when it is not given as an argument")
    .option("--do <actions>", "as the lab file writes them, in YAML: {reply: 450 4.2.1 busy}")
    .option("--first <count>", "only the first so many times", countOf)
    .option("--every <count>", "every so-manieth time", countOf)
    .option("--when <name=value>", "only when from, to, subject, size, query, chance, until is so", each)
    .option("--for <duration>", "goes on for this long in lab time after the first strike")
    .option("--reply <reply>", 'answers this: 451, or "450 4.2.1 busy"')
    .option("--delay <duration>", "answers later")
    .option("--drop", "closes the connection; DNS: no answer")
    .option("--reset", "tears the connection down")
    .option("--down", "nobody is there")
    .option("--blackhole", "silence")
    .option("--throttle <rate>", "so slow: 10KB/s")
    .option("--slice <size>", "in pieces of this size")
    .option("--limit <size>", "cut after so many bytes")
    .option("--hide <extensions>", "extensions left out of EHLO")
    .option("--tls <how>", "strip, badcert or expired")
    .option("--rcode <code>", "DNS: SERVFAIL, NXDOMAIN, REFUSED")
    .option("--truncate", "DNS: cut over UDP")
    .option("--wrong <record>", 'DNS: another answer, such as "A 10.66.0.99"')
    .option("--ratelimit <rate>", "only what comes faster: 10/1m")
    .addHelpText("after", EXAMPLES)
    .action((action: string, what: string | undefined, options: FaultOptions) =>
      faultAction(action, what ?? options.at, options),
    );
}

async function faultAction(action: string, what: string | undefined, options: FaultOptions): Promise<void> {
  const client = labClient(options.lab);
  const say = (answer: unknown, text: string): void =>
    console.log(options.json === true ? JSON.stringify(answer) : text);
  if (action === "ls") {
    const placed = await client.get<PlacedFault[]>("/faults");
    if (options.json === true) console.log(JSON.stringify(placed, undefined, 2));
    else process.stdout.write(faultTable(placed));
  } else if (action === "clear") say(await client.remove("/faults"), "no faults any more");
  else if (action === "add" && what !== undefined) {
    const answer = await client.post<{ id: string }>("/faults", entryOf(what, options));
    say(answer, `${answer.id} is placed at ${what}; "posthorn lab fault rm ${answer.id}" takes it back`);
  } else if (action === "rm" && what !== undefined)
    say(await client.remove(`/faults/${encodeURIComponent(what)}`), `${what} is gone`);
  else if (action === "add")
    throw new UsageError("add where? For example: posthorn lab fault add kerio.smtp.RCPT --reply 451");
  else if (action === "rm")
    throw new UsageError('rm which? "posthorn lab fault ls" lists them with their ids');
  else throw new UsageError(`"${action}" is no action: expected add, ls, rm, clear`);
}

/** As the lab file writes it. */
export function entryOf(at: string, options: FaultOptions): Record<string, unknown> {
  const action: Record<string, unknown> = options.do === undefined ? {} : yaml(options.do, "--do");
  for (const name of ACTIONS) if (options[name] !== undefined) action[name] = options[name];
  if (Object.keys(action).length === 0)
    throw new UsageError(`what is to happen at ${at}? Expected one of --${ACTIONS.join(", --")}`);
  if (options.for !== undefined) action["for"] = options.for;
  const when: Record<string, unknown> = {};
  if (options.first !== undefined) when["n"] = Array.from({ length: options.first }, (_, i) => i + 1);
  if (options.every !== undefined) when["every"] = options.every;
  for (const text of options.when ?? []) {
    const equals = text.indexOf("=");
    if (equals < 1) {
      Object.assign(when, yaml(text, "--when"));
      continue;
    }
    const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
    when[name] = ["n", "every", "chance"].includes(name) ? Number(value) : value;
  }
  return {
    ...(options.id === undefined ? {} : { id: options.id }),
    at,
    ...(Object.keys(when).length === 0 ? {} : { when }),
    do: action,
  };
}

function yaml(text: string, option: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null) return { ...value };
  throw new UsageError(`${option} is "${text}": expected {name: value}`);
}

function faultTable(placed: readonly PlacedFault[]): string {
  const style = styleFor(process.stdout, process.env);
  const text = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));
  return printTable(
    placed,
    [
      { title: "ID", text: ({ id }) => id, paint: () => style.bold },
      { title: "STRUCK", text: ({ firedCount }) => `${firedCount}`, right: true },
      { title: "AT", text: ({ entry }) => String(entry["at"] ?? ""), paint: () => style.name },
      { title: "WHEN", text: ({ entry }) => text(entry["when"]) || "always" },
      { title: "DOES", text: ({ entry }) => text(entry["do"]) },
    ],
    style,
    "nothing goes wrong",
  );
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`"${text}" is no count: expected 1, 2, 3 …`);
  return Number(text);
}
