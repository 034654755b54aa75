/** `lab send`: one message, said the way Send-MailMessage or swaks say it, and the conversation that came of it. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import type { SendBody } from "../../../lab/api/mail-routes.ts";
import type { SendAnswer } from "../../../lab/runtime/send.ts";
import type { Trace } from "../../../journal/trace.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { printTrace } from "../../print/trace.ts";
import { reunite } from "../../reunite.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";
import { translateSendWords } from "./send-words.ts";

type SendOptions = LabOptions & {
  to: string[];
  from?: string;
  cc?: string[];
  bcc?: string[];
  server?: string;
  port?: string;
  subject?: string;
  body?: string;
  html?: string;
  header?: string[];
  attach?: string[];
  data?: string;
  user?: string;
  password?: string;
  credential?: string;
  replyTo?: string;
  notify?: string[];
  quiet?: true;
};

const EXAMPLES = `
Examples:
  posthorn lab send --to bob@nemesis.test --from ann@arch.test --server presto
  posthorn lab send -SmtpServer Presto -From test@example.com -To bob@nemesis.test -Subject hello
  posthorn lab send --to bob@nemesis.test --attach report.pdf --header "X-Case: 7"
  posthorn lab send --to bob@nemesis.test --data message.eml
swaks' options work too: -s -f -t --h-Subject --header --body --attach @FILE --data -au -ap`;

export function addSend(lab: Command): void {
  const command = withLab(lab.command("send").description("send one message and show the conversation"))
    .requiredOption("-t, --to <addresses...>", "recipients")
    .option("-f, --from <address>", "the reverse path")
    .option("--cc <addresses...>")
    .option("--bcc <addresses...>", "recipients the header does not name")
    .option("-s, --server <host>", "the lab host it is handed to; one that lets you relay when absent")
    .option("-p, --port <port>")
    .option("--subject <text>")
    .option("--body <text>", 'the text, or @FILE; "-" reads standard input')
    .option("--html <text>", "the HTML, or @FILE")
    .option("--header <field...>", '"Name: value"')
    .option("--attach <files...>", "files, a leading @ is allowed")
    .option("--data <file>", 'the whole message as it is; "-" reads standard input')
    .option("--user <name>", "log in as")
    .option("--password <password>")
    .option("--credential <user:password>", "both at once")
    .option("--reply-to <address>", "where answers go")
    .option("--notify <when...>", "ask for reports: SUCCESS, FAILURE, DELAY or NEVER (RFC 3461)")
    .option("--quiet", "only the result")
    .addHelpText("after", EXAMPLES)
    .action(send);
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (args: string[]) => parse(translateSendWords(args));
}

async function send(options: SendOptions): Promise<void> {
  const client = labClient(options.lab);
  const answer = await client.post<SendAnswer>("/send", bodyOf(options));
  if (!answer.ok) process.exitCode = 1;
  if (options.json === true) return printJson(answer);
  const style = styleFor(process.stdout, process.env);
  const id = answer.queueId ?? answer.connection;
  if (options.quiet !== true && id !== undefined) {
    const trace = await client.get<Trace>(`/traces/${encodeURIComponent(id)}`).catch(() => undefined);
    if (trace !== undefined) process.stdout.write(printTrace(reunite(trace), { style }));
  }
  for (const { recipient, ok, reply } of answer.results)
    console.log(`${ok ? style.good("taken") : style.bad("refused")}  ${recipient}  ${style.dim(reply)}`);
  if (answer.queueId !== undefined) console.log(style.dim(`follow it: posthorn lab trace ${answer.queueId}`));
}

function bodyOf(options: SendOptions): SendBody {
  const { to, cc, bcc, port, subject, html, attach } = options;
  const server = options.server?.toLowerCase();
  const { user, password } = loginOf(options);
  const from = options.from ?? "you@lab.test";
  if (options.data !== undefined) {
    const rawBase64 = wholeMessage(readFileSync(options.data === "-" ? 0 : stripAt(options.data)));
    return clean({
      from,
      to: split(to),
      cc: split(cc),
      bcc: split(bcc),
      rawBase64,
      server,
      port: portOf(port),
      user,
      password,
    });
  }
  return clean({
    from,
    to: split(to),
    cc: split(cc),
    bcc: split(bcc),
    server,
    port: portOf(port),
    subject,
    text: options.body === undefined ? undefined : textOf(options.body),
    html: html === undefined ? undefined : textOf(html),
    ...headersOf(options),
    attachments: attach?.flatMap(splitFiles).map((file) => {
      const path = stripAt(file);
      return {
        filename: basename(path),
        contentType: "application/octet-stream",
        contentBase64: readFileSync(path).toString("base64"),
      };
    }),
    user,
    password,
    notify: options.notify?.flatMap(notifyOf) as SendBody["notify"],
  });
}

function split(addresses: readonly string[] | undefined): string[] {
  return (addresses ?? []).flatMap((text) => text.split(",")).map((one) => one.trim());
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`"${text}" is not a port`);
  return Number(text);
}

function splitFiles(text: string): string[] {
  return existsSync(stripAt(text)) ? [text] : text.split(",").map((one) => one.trim());
}

/** `OnFailure`, as PowerShell says it, is `FAILURE`. */
function notifyOf(text: string): string[] {
  return text.split(",").map((one) => one.trim().toUpperCase().replace(/^ON/, "").replace("NONE", "NEVER"));
}

function loginOf({ user, password, credential }: SendOptions): { user?: string; password?: string } {
  if (credential === undefined) return clean({ user, password }) as { user?: string; password?: string };
  const colon = credential.lastIndexOf(":");
  if (colon < 1) throw new UsageError(`--credential is "${credential}": expected user:password`);
  return { user: credential.slice(0, colon), password: credential.slice(colon + 1) };
}

/** From, To and Cc say what the letter says of itself; an empty From leaves the field out. */
function headersOf({ header = [], replyTo }: SendOptions): Pick<SendBody, "headers" | "header"> {
  const own: { from?: string | null; to?: string[]; cc?: string[] } = {};
  const fields: [string, string][] = [];
  for (const [name, value] of header.map(headerOf)) {
    const lower = name.toLowerCase();
    if (lower === "from") own.from = value === "" ? null : value;
    else if (lower === "to" || lower === "cc") own[lower] = split([value]);
    else fields.push([name, value]);
  }
  if (replyTo !== undefined) fields.push(["Reply-To", replyTo]);
  return {
    ...(fields.length === 0 ? {} : { headers: fields }),
    ...(Object.keys(own).length === 0 ? {} : { header: own }),
  };
}

/** Text files end lines in LF, the wire in CRLF; other bytes stay as they are. */
function wholeMessage(bytes: Buffer): string {
  const text = bytes.toString("latin1").replace(/\r?\n/g, "\r\n");
  return Buffer.from(text, "latin1").toString("base64");
}

function headerOf(text: string): [string, string] {
  const match = /^([!-9;-~]+):\s*(.*)$/s.exec(text);
  if (match === null) throw new UsageError(`"${text}" is no header field: write it as "Name: value"`);
  return [match[1] ?? "", match[2] ?? ""];
}

function textOf(text: string): string {
  if (text === "-") return readFileSync(0, "utf8");
  return text.startsWith("@") ? readFileSync(text.slice(1), "utf8") : text;
}

function stripAt(file: string): string {
  return file.startsWith("@") ? file.slice(1) : file;
}

/** Without the keys that have no value: the API takes none. */
function clean<T extends object>(body: T): SendBody {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined),
  ) as unknown as SendBody;
}
