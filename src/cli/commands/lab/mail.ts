/** `lab mail`: what arrived in the mailboxes: a list, or one message decoded or byte for byte. */
import type { Command } from "commander";
import type { MailView } from "../../../lab/api/views.ts";
import { labClient, type LabClient } from "../../lab-client.ts";
import { printable, styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { timeOf } from "../../print/trace.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

type MailOptions = LabOptions & { account?: string; raw?: true };

export function addMail(lab: Command): void {
  withLab(lab.command("mail").description("list the mail in all mailboxes, or show one message"))
    .argument("[id]", "a message, such as bob@nemesis.test:1")
    .option("--account <address>", "list this mailbox only")
    .option("--raw", "the message byte for byte")
    .addHelpText("after", "\nExamples:\n  posthorn lab mail\n  posthorn lab mail bob@nemesis.test:1 --raw")
    .action(async (id: string | undefined, options: MailOptions) => {
      const client = labClient(options.lab);
      await (id === undefined ? listMail(client, options) : showMail(client, id, options));
    });
}

async function listMail(client: LabClient, { account, json }: MailOptions): Promise<void> {
  const mails = await client.get<MailView[]>("/messages", { account });
  if (json === true) return printJson(mails);
  const style = styleFor(process.stdout, process.env);
  const columns = [
    { title: "id", text: ({ id }: MailView) => id },
    { title: "time", text: ({ receivedAt }: MailView) => timeOf(receivedAt), paint: () => style.dim },
    { title: "host", text: ({ host }: MailView) => host, paint: () => style.name },
    { title: "from", text: ({ envelope }: MailView) => (envelope.from === "" ? "<>" : envelope.from) },
    { title: "subject", text: ({ subject }: MailView) => subject },
  ];
  process.stdout.write(printTable(mails, columns, style, "the mailboxes are empty"));
}

async function showMail(client: LabClient, id: string, { raw, json }: MailOptions): Promise<void> {
  const path = `/messages/${encodeURIComponent(id)}`;
  if (raw === true) {
    process.stdout.write(await client.bytes(`${path}/raw`));
    return;
  }
  const mail = await client.get<MailView>(path);
  if (json === true) return printJson(mail);
  const { dim, bold } = styleFor(process.stdout, process.env);
  const line = (name: string, text: string): void =>
    console.log(`${dim(name.padEnd(9))}${name === "subject" ? bold(printable(text)) : printable(text)}`);
  line("envelope", `<${mail.envelope.from}> → <${mail.envelope.to}>`);
  line("from", mail.from);
  line("to", mail.to);
  line("subject", mail.subject);
  for (const { href } of mail.links) line("link", href);
  if (mail.code !== undefined) line("code", mail.code);
  for (const { filename, sizeBytes } of mail.attachments)
    line("attached", `${filename ?? "(no name)"}, ${sizeBytes} bytes`);
  if (mail.trace !== undefined) line("trace", `${mail.trace.id}: ${mail.trace.path.join(" → ")}`);
  console.log(`\n${mail.text.split(/\r?\n/).map(printable).join("\n")}`);
}
