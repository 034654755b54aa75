/** `posthorn serve [FILE]`: a mail server for a real machine, from a settings file. */
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Command } from "commander";
import { formatEndpoint } from "../../base/network.ts";
import { explainStart } from "../explain-start.ts";
import { styleFor } from "../print/style.ts";
import { printEvent } from "../print/events.ts";
import { serveHost } from "../serve-host.ts";
import { readServeSettings, SETTINGS_FILE } from "../serve-settings.ts";

/** Wrong input: nothing was started. */
const EXIT_WRONG_INPUT = 2;

const EXAMPLE = `
A settings file needs no more than this:

  hostname: mail.example.org
  domains: {example.org: local}
  listen:
    - {at: "*", service: smtp}
    - {at: "*", service: submission}
    - {at: "*", service: imaps}
    - {at: "*", service: https}
  administrators: [ann@example.org]

"posthorn account add ann@example.org" then makes a mailbox, whether the server runs or not.
"posthorn explain" tells of every setting; "--check" reads the file and starts nothing.`;

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run a mail server from a settings file")
    .argument("[file]", "the settings file", SETTINGS_FILE)
    .option("--check", "read the file, say what is wrong with it, and end")
    .option("--follow", "print each event as it happens")
    .addHelpText("after", EXAMPLE)
    .action(serve);
}

async function serve(file: string, options: { check?: true; follow?: true }): Promise<void> {
  const { settings, folder, text } = readServeSettings(file);
  if (options.check === true) {
    console.log(`${file}: good`);
    return;
  }
  try {
    const onDown = (error: unknown): void => {
      console.error(`${file}: ${explainStart(error) ?? String(error)}`);
      process.exit(1);
    };
    const { host, journal, close } = await serveHost(settings, { folder, file: resolve(file), text, onDown });
    const style = styleFor(process.stdout, process.env);
    if (options.follow === true) journal.subscribe((event) => void console.log(printEvent(event, style)));
    // From here on garbage comes with the load, and room for it makes it cheap (bin/posthorn starts without).
    setFlagsFromString("--semi-space-growth-factor=2");
    console.log(`${settings.hostname} is up`);
    for (const { service, endpoint, tls } of host.doors) {
      const security = tls === "implicit" ? ", TLS" : tls === "offer" ? ", STARTTLS" : "";
      console.log(`  ${service.padEnd(10)} ${formatEndpoint(endpoint)}${security}`);
    }
    const stop = (): void => void close().then(() => process.exit(0));
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  } catch (error) {
    const why = explainStart(error);
    if (why === undefined) throw error;
    console.error(`${file}: ${why}`);
    process.exitCode = EXIT_WRONG_INPUT;
  }
}
