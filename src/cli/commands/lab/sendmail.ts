/** `lab sendmail`: what PHP, cron and old scripts call `sendmail`: a message on standard input, recipients as arguments or with -t. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { fromUtf8 } from "../../../base/bytes.ts";
import type { SendAnswer } from "../../../lab/runtime/send.ts";
import { parseAddressList } from "../../../message/address/address-list.ts";
import { headerValues, parseHeader } from "../../../message/header/fields.ts";
import { labClient } from "../../lab-client.ts";
import { UsageError } from "../../usage-error.ts";

type SendmailOptions = { t?: true; i?: true; f?: string; lab?: string };

/** sysexits.h, which callers of sendmail expect. */
const EX_TEMPFAIL = 75;

export function addSendmail(lab: Command): void {
  lab
    .command("sendmail")
    .description("send the message on standard input, as /usr/sbin/sendmail does")
    .argument("[recipients...]")
    .option("-t", "take recipients from To, Cc and Bcc")
    .option("-i", "a line with a dot does not end the message")
    .option("-f <address>", "the reverse path")
    .option("--lab <url>")
    .addHelpText("after", '\nExample (php.ini):\n  sendmail_path = "posthorn lab sendmail -t -i"')
    .action(sendmail);
}

async function sendmail(recipients: string[], options: SendmailOptions): Promise<void> {
  let text = readFileSync(0, "utf8").replace(/\r?\n/g, "\r\n");
  if (options.i !== true) text = text.split("\r\n.\r\n")[0] ?? text;
  const header = parseHeader(fromUtf8(text));
  const named = (field: string): string[] =>
    headerValues(header, field).flatMap((value) =>
      parseAddressList(value).addresses.map(({ address }) => address),
    );
  const to =
    options.t === true ? [...recipients, ...named("To"), ...named("Cc"), ...named("Bcc")] : recipients;
  if (to.length === 0) throw new UsageError("no recipients: name them, or give -t and a To field");
  const from = options.f ?? named("From")[0] ?? "you@lab.test";
  // Nobody may read the Bcc list (RFC 5322 §3.6.3).
  const raw = options.t === true ? text.replace(/^bcc:.*\r\n(?:[ \t].*\r\n)*/gim, "") : text;
  const answer = await labClient(options.lab).post<SendAnswer>("/send", { from, to, raw });
  if (answer.ok) return;
  for (const { recipient, ok, reply } of answer.results) if (!ok) console.error(`${recipient}: ${reply}`);
  process.exitCode = EX_TEMPFAIL;
}
