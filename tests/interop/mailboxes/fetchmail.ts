/** fetchmail: polls, hands each message to a program, and deletes it on the server. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, freshSubject, type InteropLab, run, runWell } from "../harness.ts";
import { deliver, HOST, PASSWORD, subjectsIn, userOf, write } from "./post.ts";

/** What it says when there is no mail. */
const NO_MAIL = 1;

async function poll(lab: InteropLab, name: string, options: string): Promise<void> {
  const subjects = [freshSubject(`${name}-a`), freshSubject(`${name}-b`)];
  for (const subject of subjects) await deliver(lab, "fetchmail", subject, "Hi.\r\n.dot\r\n..dots\r\n");
  const taken = join(lab.folder, `${name}.mbox`);
  const file = write(lab, `${name}.fetchmailrc`, [
    `poll ${HOST} ${options.split(" ssl ")[0]}`,
    `  user "${userOf("fetchmail")}" password "${PASSWORD}" ${options.split(" ssl ")[1] ?? ""}`,
    `  mda "cat >> ${taken}" fetchall`,
  ]);
  const words = ["--nodetach", "--nosyslog", "--pidfile", `${taken}.pid`, "-f", file, "-v"];
  const said = await runWell("fetchmail", words);
  assert.match(said, /2 messages? for/);
  const got = readFileSync(taken, "latin1");
  for (const subject of subjects) assert.match(got, new RegExp(`^Subject: ${subject}\r?$`, "m"));
  assert.match(got, /^\.dot\r?$/m);
  assert.match(got, /^\.\.dots\r?$/m);
  assert.deepEqual(await subjectsIn("fetchmail", "INBOX"), []);
  assert.equal((await run("fetchmail", words)).code, NO_MAIL);
}

export const fetchmailChecks: readonly Check[] = [
  {
    name: "fetchmail takes mail by POP3 with STLS, and leaves nothing",
    run: (lab) => poll(lab, "fetchmail-pop3", "proto pop3 uidl ssl sslproto TLS1.2+ no sslcertck"),
  },
  {
    name: "fetchmail takes mail by IMAP over TLS, and leaves nothing",
    run: (lab) => poll(lab, "fetchmail-imap", "proto imap port 993 ssl ssl no sslcertck"),
  },
];
