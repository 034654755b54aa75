/**
 * The server with mailboxes that every program here reads, and the witness of what it holds: Python's imaplib, which
 * none of the other checks relies on.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type InteropLab, runWell } from "../harness.ts";

export const HOST = "127.66.0.11";
export const PASSWORD = "secret";

export function userOf(program: string): string {
  return `${program}@mail.test`;
}

export type Held = {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly bytes: Buffer;
};

const WITNESS = `
import imaplib, json, sys, base64, re
host, user, password = sys.argv[1:4]
m = imaplib.IMAP4(host, 143)
m.login(user, password)
held = {}
for line in m.list()[1]:
    name = re.search(rb'"?([^" ]+)"?$', line).group(1).decode()
    assert m.select('"' + name + '"', readonly=True)[0] == "OK"
    mails = []
    typ, data = m.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")
    for item in data:
        if not isinstance(item, tuple): continue
        head = item[0].decode()
        uid = int(re.search(r"UID (\\d+)", head).group(1))
        flags = re.search(r"FLAGS \\(([^)]*)\\)", head).group(1).split()
        mails.append([uid, [f for f in flags if f != "\\\\Recent"], base64.b64encode(item[1]).decode()])
    held[name] = mails
m.logout()
json.dump(held, sys.stdout)
`;

/** Everything in the account's mailboxes, by name. */
export async function heldBy(program: string): Promise<ReadonlyMap<string, readonly Held[]>> {
  const json = await runWell("python3", ["-c", WITNESS, HOST, userOf(program), PASSWORD]);
  const held = JSON.parse(json) as Record<string, [number, string[], string][]>;
  return new Map(
    Object.entries(held).map(([name, mails]) => [
      name,
      mails.map(([uid, flags, bytes]) => ({
        uid,
        flags: flags.toSorted(),
        bytes: Buffer.from(bytes, "base64"),
      })),
    ]),
  );
}

/** The messages of one mailbox. */
export async function heldIn(program: string, mailbox: string): Promise<readonly Held[]> {
  const found = (await heldBy(program)).get(mailbox);
  assert.ok(found, `${program} has no mailbox ${mailbox}`);
  return found;
}

/** The subjects there, in order. */
export async function subjectsIn(program: string, mailbox: string): Promise<string[]> {
  return (await heldIn(program, mailbox)).map(({ bytes }) => subjectOf(bytes));
}

export function subjectOf(bytes: Buffer): string {
  return /^Subject: (.*?)\r?$/m.exec(bytes.toString("latin1"))?.[1] ?? "";
}

export function letter(subject: string, body = "Hello.\r\n"): string {
  const head = `From: Ann <ann@mail.test>\r\nTo: you@mail.test\r\nSubject: ${subject}\r\n`;
  return `${head}Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject}@mail.test>\r\n\r\n${body}`;
}

/** New mail, as it comes: by SMTP. */
export async function deliver(
  lab: InteropLab,
  program: string,
  subject: string,
  body?: string,
): Promise<void> {
  const envelope = ["--mail-from", "ann@mail.test", "--mail-rcpt", userOf(program), "--upload-file", "-"];
  await runWell("curl", ["-sS", `smtp://${HOST}/client.test`, ...envelope], letter(subject, body));
  await lab.arrival(subject);
}

/** A file of this run, for a program to read. */
export function write(lab: InteropLab, name: string, lines: readonly string[]): string {
  const path = join(lab.folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  return path;
}

/** The server's certificate as a file, for programs that want to be told whom to trust. */
export async function certificateFile(lab: InteropLab): Promise<string> {
  const script = "import ssl,sys; print(ssl.get_server_certificate((sys.argv[1], 993)), end='')";
  return write(lab, "post.pem", [(await runWell("python3", ["-c", script, HOST])).trim()]);
}
