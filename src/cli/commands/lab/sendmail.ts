/** `lab sendmail`: what PHP, cron and old scripts call `sendmail`: a message on standard input, recipients as arguments or with -t. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Command } from "commander";
import type { SendBody } from "../../../lab/api/mail-routes.ts";
import type { SendAnswer } from "../../../lab/runtime/send.ts";
import { labClient } from "../../lab-client.ts";
import { UsageError } from "../../usage-error.ts";
import { parseSendmailWords, submissionOf } from "./sendmail-words.ts";

/** sysexits.h, which callers of sendmail expect. */
const EX_NOUSER = 67;
const EX_TEMPFAIL = 75;

const EXAMPLES = `
  -t          recipients from To, Cc and Bcc; Bcc is taken out
  -i          a line with a single dot does not end the message
  -f ADDRESS  the reverse path

Example (php.ini):
  sendmail_path = "npx posthorn lab sendmail -t -i"`;

export function addSendmail(lab: Command): void {
  lab
    .command("sendmail")
    .description("send the message on standard input, as /usr/sbin/sendmail does")
    .argument("[words...]", "sendmail's own options, then recipients")
    .option("--lab <url>", "the lab's control API; the one that runs here when absent")
    .allowUnknownOption()
    .addHelpText("after", EXAMPLES)
    .action(sendmail);
}

async function sendmail(words: string[], options: { lab?: string }): Promise<void> {
  const parsed = parseSendmailWords(words);
  const defaults = { from: `${userInfo().username}@lab.test`, now: Date.now() };
  const { from, to, message } = submissionOf(parsed, readFileSync(0), defaults);
  if (to.length === 0) throw new UsageError("no recipients: name them, or give -t and a To field");
  const body: SendBody = { from, to: [...to], rawBase64: Buffer.from(message).toString("base64") };
  const answer = await labClient(options.lab).post<SendAnswer>("/send", body);
  if (answer.ok) return;
  const refused = answer.results.filter(({ ok }) => !ok);
  for (const { recipient, reply } of refused) console.error(`${recipient}: ${reply}`);
  process.exitCode = refused.every(({ reply }) => reply.startsWith("5")) ? EX_NOUSER : EX_TEMPFAIL;
}
