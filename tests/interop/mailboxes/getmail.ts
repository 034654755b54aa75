/** getmail6: fetches into a Maildir, by POP3 and by IMAP, and knows what it has had. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, freshSubject, type InteropLab, runWell } from "../harness.ts";
import { deliver, HOST, PASSWORD, subjectOf, subjectsIn, userOf, write } from "./post.ts";

async function fetchTwice(
  lab: InteropLab,
  name: string,
  retriever: readonly string[],
  deletes: boolean,
): Promise<void> {
  const subjects = [freshSubject(`${name}-a`), freshSubject(`${name}-b`)];
  for (const subject of subjects) await deliver(lab, "getmail", subject);
  const maildir = join(lab.folder, name);
  for (const part of ["cur", "new", "tmp"]) mkdirSync(join(maildir, part), { recursive: true });
  await runWell("chown", ["-R", "nobody", maildir]);
  const file = write(lab, `${name}rc`, [
    "[retriever]",
    ...retriever,
    `server = ${HOST}`,
    `username = ${userOf("getmail")}`,
    `password = ${PASSWORD}`,
    "[destination]",
    "type = Maildir",
    `path = ${maildir}/`,
    // Run by root it delivers as somebody else.
    "user = nobody",
    "[options]",
    "read_all = false",
    `delete = ${deletes ? "true" : "false"}`,
  ]);
  const words = ["--getmaildir", lab.folder, "--rcfile", file];
  assert.match(await runWell("getmail", words), /2 messages/);
  assert.match(await runWell("getmail", words), /0 messages/);
  const got = readdirSync(join(maildir, "new")).map((one) =>
    subjectOf(readFileSync(join(maildir, "new", one))),
  );
  assert.deepEqual(got.toSorted(), subjects.toSorted());
  const left = await subjectsIn("getmail", "INBOX");
  assert.deepEqual(left, deletes ? [] : subjects);
}

export const getmailChecks: readonly Check[] = [
  {
    name: "getmail fetches by POP3 over TLS, keeps it there, and knows it the second time",
    run: (lab) => fetchTwice(lab, "getmail-pop3", ["type = SimplePOP3SSLRetriever"], false),
  },
  {
    name: "getmail fetches by IMAP over TLS and deletes",
    async run(lab) {
      // What the check before left is fetched with it.
      const clear = ["--user", `${userOf("getmail")}:${PASSWORD}`, `imap://${HOST}/INBOX`, "-X"];
      await runWell("curl", ["-sS", ...clear, "STORE 1:* +FLAGS.SILENT (\\Deleted)"]);
      await runWell("curl", ["-sS", ...clear, "EXPUNGE"]);
      await fetchTwice(
        lab,
        "getmail-imap",
        ["type = SimpleIMAPSSLRetriever", 'mailboxes = ("INBOX",)'],
        true,
      );
    },
  },
];
