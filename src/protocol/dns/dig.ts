/**
 * `posthorn dig` without its wire: arguments like dig's to a request, a reply to dig's layout. Pure. A wrong argument
 * is an answer that says what was expected.
 */
import { isAscii, toAsciiDomain } from "../../base/domain-name.ts";
import { err, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { parseIp, reverseNameOf } from "../../base/ip.ts";
import type { Message } from "./message.ts";
import { absoluteName, parseName } from "./name.ts";
import { formatRdata } from "./rdata.ts";
import { parseTypeName } from "./record.ts";
import type { Question, QuestionTypeName, ResourceRecord } from "./record.ts";

export type DigRequest = {
  readonly name: string;
  readonly type: QuestionTypeName;
  /** As written after `@`: an address or a name; undefined: the default server. */
  readonly server: string | undefined;
  readonly port: number | undefined;
  readonly tcp: boolean;
  readonly short: boolean;
};

/**
 *     dig = *( NAME / TYPE / "@" SERVER / "-p" PORT / "-x" ADDRESS / "+short" / "+tcp" / "+notcp" )
 */
export function parseDigArguments(args: readonly string[]): Result<DigRequest, string> {
  let name: string | undefined;
  let type: QuestionTypeName | undefined;
  let server: string | undefined;
  let port: number | undefined;
  let tcp = false;
  let short = false;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument.startsWith("@")) {
      server = argument.slice(1);
      if (server === "") return err('expected a server after "@"');
    } else if (argument === "-p") {
      const text = args[++i] ?? "";
      if (!/^\d{1,5}$/.test(text) || Number(text) > 0xffff || Number(text) === 0)
        return err(`expected a port (1 to 65535) after -p, not "${text}"`);
      port = Number(text);
    } else if (argument === "-x") {
      const address = parseIp(args[++i] ?? "");
      if (address === undefined) return err(`expected an IP address after -x, not "${args[i] ?? ""}"`);
      name = reverseNameOf(address);
      type ??= "PTR";
    } else if (argument === "+short") {
      short = true;
    } else if (argument === "+tcp" || argument === "+notcp") {
      tcp = argument === "+tcp";
    } else if (argument.startsWith("+") || (argument.startsWith("-") && name === undefined)) {
      return err(`"${argument}" is no option; expected +short, +tcp, -p PORT or -x ADDRESS`);
    } else if (name !== undefined && parseTypeName(argument) !== undefined) {
      type = parseTypeName(argument);
    } else if (name === undefined) {
      // The DNS knows an international name by its A-labels alone (RFC 5891 §4).
      const ascii = toAsciiDomain(argument);
      const parsed = parseName(ascii ?? argument);
      if (ascii === undefined || !parsed.ok)
        return err(`expected a domain name: ${parsed.ok ? `${argument} is none` : parsed.error}`);
      name = isAscii(argument) ? argument : ascii;
    } else {
      return err(`"${argument}" is no record type; expected one as in A, MX or TYPE99`);
    }
  }
  return ok({ name: name ?? ".", type: type ?? (name === undefined ? "NS" : "A"), server, port, tcp, short });
}

export type DigFacts = {
  /** The command line as typed, without `dig`. */
  readonly args: readonly string[];
  readonly server: { readonly address: string; readonly port: number };
  readonly transport: "udp" | "tcp";
  readonly durationMs: number;
  readonly sizeBytes: number;
  /** Milliseconds since 1970 UTC. */
  readonly nowMs: number;
  readonly version: string;
};

/** dig's own layout, line by line, so that habits and scripts go on working. */
export function formatDig(message: Message, facts: DigFacts): string {
  const { server, transport } = facts;
  const lines = [
    "",
    `; <<>> posthorn dig ${facts.version} <<>> ${facts.args.join(" ")}`,
    ";; global options: +cmd",
    ";; Got answer:",
  ];
  lines.push(...formatHeader(message));
  if (message.edns !== undefined) lines.push("", ...formatOpt(message));
  // As dig: the first section follows the OPT lines without a blank one.
  if (message.edns === undefined) lines.push("");
  if (message.questions.length > 0)
    lines.push(";; QUESTION SECTION:", ...message.questions.map(formatQuestion), "");
  for (const [title, records] of [
    ["ANSWER", message.answers],
    ["AUTHORITY", message.authorities],
    ["ADDITIONAL", message.additionals],
  ] as const)
    if (records.length > 0) lines.push(`;; ${title} SECTION:`, ...records.map(formatColumns), "");
  lines.push(
    `;; Query time: ${Math.round(facts.durationMs)} msec`,
    `;; SERVER: ${server.address}#${server.port}(${server.address}) (${transport.toUpperCase()})`,
    `;; WHEN: ${formatWhen(facts.nowMs)}`,
    `;; MSG SIZE  rcvd: ${facts.sizeBytes}`,
    "",
  );
  return `${lines.join("\n")}\n`;
}

/** `+short`: the data of the answers, one a line. */
export function formatDigShort(message: Message): string {
  return message.answers.map(({ data }) => `${formatRdata(data)}\n`).join("");
}

const OPCODES = ["QUERY", "IQUERY", "STATUS", "RESERVED3", "NOTIFY", "UPDATE"];

function formatHeader(message: Message): string[] {
  const flags = [
    message.response && "qr",
    message.authoritative && "aa",
    message.truncated && "tc",
    message.recursionDesired && "rd",
    message.recursionAvailable && "ra",
    message.authenticData && "ad",
    message.checkingDisabled && "cd",
  ].filter((flag) => flag !== false);
  const additional = message.additionals.length + (message.edns === undefined ? 0 : 1);
  const opcode = OPCODES[message.opcode] ?? `RESERVED${message.opcode}`;
  const lines = [
    `;; ->>HEADER<<- opcode: ${opcode}, status: ${message.rcode}, id: ${message.id}`,
    `;; flags: ${flags.join(" ")}; QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authorities.length}, ADDITIONAL: ${additional}`,
  ];
  if (message.recursionDesired && !message.recursionAvailable)
    lines.push(";; WARNING: recursion requested but not available");
  return lines;
}

function formatOpt({ edns }: Message): string[] {
  if (edns === undefined) return [];
  const flags = edns.dnssecOk ? " do" : "";
  return [
    ";; OPT PSEUDOSECTION:",
    `; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.udpSizeBytes}`,
  ];
}

function formatQuestion({ name, class: recordClass, type }: Question): string {
  const columns: [string, number][] = [
    [absoluteName(name), 32],
    [recordClass, 40],
  ];
  return `;${inColumns(columns)}${type}`;
}

/** The columns of dig: TTL at 24, class at 32, type at 40, data at 48. */
function formatColumns({ name, ttlSeconds, class: recordClass, data }: ResourceRecord): string {
  const columns: [string, number][] = [
    [absoluteName(name), 24],
    [String(ttlSeconds), 32],
    [recordClass, 40],
    [data.type, 48],
  ];
  return inColumns(columns) + formatRdata(data);
}

/** Each word, then blanks up to where the next begins. */
function inColumns(columns: readonly (readonly [word: string, next: number])[]): string {
  let text = "";
  let at = 0;
  for (const [word, next] of columns) {
    text += word + gap(at + word.length, next);
    at = Math.max(at + word.length + 1, next);
  }
  return text;
}

/** Tabs, and spaces after the last of them, from one column to another; at least one blank. */
function gap(from: number, to: number): string {
  const target = Math.max(to, from + 1);
  const tabs = Math.floor(target / 8) - Math.floor(from / 8);
  return tabs > 0 ? "\t".repeat(tabs) + " ".repeat(target % 8) : " ".repeat(target - from);
}

function formatWhen(nowMs: number): string {
  const [day = "", date = "", month = "", year = "", time = ""] = new Date(nowMs)
    .toUTCString()
    .replace(",", "")
    .split(" ");
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
