/** `lab smtp HOST`: speak SMTP by hand, each line explained. Piped input works too: it is sent line by line as replies come. */
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { explainLine } from "../../../journal/explain.ts";
import type { HostView } from "../../../lab/api/views.ts";
import { labClient } from "../../lab-client.ts";
import { styleFor, type Style } from "../../print/style.ts";
import { UsageError } from "../../usage-error.ts";

export function addSmtp(lab: Command): void {
  lab
    .command("smtp")
    .description("talk to a server by hand; it is recorded and explained")
    .argument("<host>", "a host of the lab")
    .option("--service <service>", "smtp or submission", "smtp")
    .option("--plain", "no explanations")
    .option("--lab <url>")
    .addHelpText(
      "after",
      "\nTry: EHLO me.test, MAIL FROM:<you@me.test>, RCPT TO:<bob@nemesis.test>, DATA, a message, a line with one dot, QUIT",
    )
    .action(talk);
}

async function talk(name: string, options: { service: string; plain?: true; lab?: string }): Promise<void> {
  const hosts = await labClient(options.lab).get<HostView[]>("/hosts");
  const host = hosts.find((one) => one.name === name.toLowerCase() || one.hostname === name.toLowerCase());
  if (host === undefined)
    throw new UsageError(
      `"${name}" is no host of this lab; hosts: ${hosts.map((one) => one.name).join(", ")}`,
    );
  const url = host.doors.find(({ service }) => service === options.service)?.url;
  if (url === undefined)
    throw new UsageError(`${name} has no ${options.service} door that can be reached from here`);
  const { hostname, port } = new URL(url);
  await converse(hostname, Number(port), options.plain !== true);
}

function converse(host: string, port: number, isExplained: boolean): Promise<void> {
  const style = styleFor(process.stdout, process.env);
  const isTyped = process.stdin.isTTY;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const input = createInterface({ input: process.stdin });
    const typed: string[] = [];
    let isInData = false;
    let isOver = false;
    let mayTalk = false;
    let buffered = "";

    const sendNext = (): void => {
      while (mayTalk && typed.length > 0) {
        const line = typed.shift() ?? "";
        socket.write(`${line}\r\n`);
        if (!isTyped) console.log(style.client(`C: ${line}`));
        if (!isInData && isExplained) explain(line, "client", style);
        // Inside the message nobody answers until the dot.
        mayTalk = isInData && line !== ".";
        if (isInData && line === ".") isInData = false;
      }
      if (isOver && typed.length === 0 && mayTalk) socket.end();
    };

    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      buffered += chunk;
      const lines = buffered.split("\r\n");
      buffered = lines.pop() ?? "";
      for (const line of lines) {
        console.log(style.server(`S: ${line}`));
        const isLast = /^\d{3}(?: |$)/.test(line);
        if (isExplained && isLast) explain(line, "server", style);
        if (!isLast) continue;
        isInData = line.startsWith("354");
        mayTalk = true;
      }
      sendNext();
    });
    input.on("line", (line) => {
      typed.push(line);
      sendNext();
    });
    input.on("close", () => {
      isOver = true;
      sendNext();
    });
    socket.on("error", (error) => reject(new UsageError(`the connection failed: ${error.message}`, 1)));
    socket.on("close", () => {
      input.close();
      console.log(style.dim("the connection is closed"));
      resolve();
    });
  });
}

function explain(line: string, by: "client" | "server", style: Style): void {
  const found = explainLine(line, by);
  if (found !== undefined) console.log(style.dim(`   ${found.text} (${found.rfc})`));
}
