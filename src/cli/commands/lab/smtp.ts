/** `lab smtp HOST`: speak SMTP by hand, each line explained. Piped input works too: each line waits for the reply to the one before. */
import { createInterface } from "node:readline";
import type { Command } from "commander";
import type { HostView } from "../../../lab/api/views.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor } from "../../print/style.ts";
import { UsageError } from "../../usage-error.ts";
import { openByHand } from "./by-hand.ts";

const EXAMPLES = `
Try: EHLO me.test, MAIL FROM:<you@me.test>, RCPT TO:<bob@nemesis.test>, DATA, a message, a line with one dot, QUIT.
STARTTLS turns the connection into TLS; Ctrl-D ends it.

Example:
  printf 'EHLO me.test\\nQUIT\\n' | posthorn lab smtp edge`;

const EXIT_BROKEN = 1;

export function addSmtp(lab: Command): void {
  lab
    .command("smtp")
    .description("talk to a server by hand; it is recorded and explained")
    .argument("<host>", "a host of the lab")
    .option("--service <service>", "smtp or submission", "smtp")
    .option("--plain", "no explanations")
    .option("--lab <url>", "the lab's control API; the one that runs here when absent")
    .addHelpText("after", EXAMPLES)
    .action(talk);
}

async function talk(name: string, options: { service: string; plain?: true; lab?: string }): Promise<void> {
  const hosts = await labClient(options.lab).get<HostView[]>("/hosts");
  const host = hosts.find((one) => one.name === name.toLowerCase() || one.hostname === name.toLowerCase());
  if (host === undefined)
    throw new UsageError(
      `"${name}" is no host of this lab; hosts: ${hosts.map((one) => one.name).join(", ")}`,
    );
  const door = host.doors.find(({ service }) => service === options.service);
  if (door?.url === undefined)
    throw new UsageError(`${name} has no ${options.service} door that can be reached from here`);
  const { hostname, port } = new URL(door.url);
  const to = { address: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port === "" ? 25 : port) };
  await converse(to, door.tls === "implicit", options.plain !== true);
}

/** Lines of a script wait for their replies, as RFC 5321 §4.3.1 asks of a client; what a person types does not. */
async function converse(
  to: { readonly address: string; readonly port: number },
  isTls: boolean,
  explain: boolean,
): Promise<void> {
  const isPerson = process.stdin.isTTY;
  const style = styleFor(process.stdout, process.env);
  const talk = await openByHand(to, isTls, (line) => console.log(line), {
    style,
    explain,
    echo: !isPerson,
  }).catch((error: Error) => {
    throw new UsageError(`the connection failed: ${error.message}`, EXIT_BROKEN);
  });
  const lines = createInterface({ input: process.stdin });
  void talk.ended.then(() => lines.close());
  for await (const line of lines) {
    if (!isPerson) await talk.ready();
    if (talk.isOver) break;
    await talk.say(line);
  }
  if (!isPerson) await talk.ready();
  talk.close();
  const fault = await talk.ended;
  console.log(style.dim("the connection is closed"));
  if (fault !== undefined) throw new UsageError(`the connection broke: ${fault}`, EXIT_BROKEN);
}
