/** `posthorn serve [FILE]`: a mail server for a real machine, from a settings file. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { Fault } from "../../base/fault.ts";
import { formatEndpoint } from "../../base/network.ts";
import { OpenRelayError } from "../../server/host/open-relay.ts";
import { hostSettingsSchema } from "../../settings/host-settings.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { formatProblem, parseYamlSettings } from "../../settings/yaml-file.ts";
import { styleFor } from "../print/style.ts";
import { printEvent } from "../print/events.ts";
import { serveHost } from "../serve-host.ts";

const DEFAULT_FILE = "posthorn.yaml";
/** Wrong input: nothing was started. */
const EXIT_WRONG_INPUT = 2;

const EXAMPLE = `
A settings file needs no more than this:

  hostname: mail.example.org
  listen: ["0.0.0.0:25", {at: "0.0.0.0:587", service: submission}]
  domains: {example.org: local}
  accounts: {ann@example.org: {password: choose-one}}

"posthorn explain" tells of every setting; "--check" reads the file and starts nothing.`;

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run a mail server from a settings file")
    .argument("[file]", "the settings file", DEFAULT_FILE)
    .option("--check", "read the file, say what is wrong with it, and end")
    .option("--follow", "print each event as it happens")
    .addHelpText("after", EXAMPLE)
    .action(serve);
}

async function serve(file: string, options: { check?: true; follow?: true }): Promise<void> {
  const settings = readSettings(file);
  if (settings === undefined) return;
  if (options.check === true) {
    console.log(`${file}: good`);
    return;
  }
  try {
    const { host, journal } = await serveHost(settings, dirname(resolve(file)));
    const style = styleFor(process.stdout, process.env);
    if (options.follow === true) journal.subscribe((event) => void console.log(printEvent(event, style)));
    console.log(`${settings.hostname} is up`);
    for (const { service, endpoint, tls } of host.doors) {
      const security = tls === "implicit" ? ", TLS" : tls === "offer" ? ", STARTTLS" : "";
      console.log(`  ${service.padEnd(10)} ${formatEndpoint(endpoint)}${security}`);
    }
    const stop = (): void => void host.close().then(() => process.exit(0));
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof OpenRelayError)) throw error;
    console.error(`${file}: ${explainStart(error)}`);
    process.exitCode = EXIT_WRONG_INPUT;
  }
}

function readSettings(file: string): HostSettings | undefined {
  process.exitCode = EXIT_WRONG_INPUT;
  if (!existsSync(file)) {
    console.error(`there is no settings file ${file}; "posthorn serve --help" shows one`);
    return undefined;
  }
  const parsed = parseYamlSettings(readFileSync(file, "utf8"), file, hostSettingsSchema);
  if (!parsed.ok) {
    for (const problem of parsed.error) console.error(formatProblem(problem));
    return undefined;
  }
  process.exitCode = 0;
  return parsed.value;
}

function explainStart(error: Fault | OpenRelayError): string {
  if (error instanceof Fault && error.kind === "addressInUse") return `${error.message} (see "listen")`;
  if (error instanceof Fault && error.kind === "permission") {
    return `${error.message} (see "listen": ports below 1024 need root or CAP_NET_BIND_SERVICE; 2525 does not)`;
  }
  return error.message;
}
