/** curl: one command a line of mail, over both protocols and both ways into TLS. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, freshSubject, runWell } from "../harness.ts";
import { certificateFile, deliver, heldIn, HOST, letter, PASSWORD, subjectsIn, userOf } from "./post.ts";

const LOGIN = ["--user", `${userOf("curl")}:${PASSWORD}`];

function curl(words: readonly string[]): Promise<string> {
  return runWell("curl", ["-sS", ...LOGIN, ...words]);
}

export const curlChecks: readonly Check[] = [
  {
    name: "curl imap:// appends, searches, reads, flags, moves and deletes",
    async run(lab) {
      const subject = freshSubject("curl-imap");
      const mail = letter(subject, "A body.\r\n");
      const file = join(lab.folder, "curl.eml"); // its size must be known before it is sent
      writeFileSync(file, mail);
      await curl([`imap://${HOST}/Drafts`, "--upload-file", file]);
      const found = await curl([`imap://${HOST}/Drafts`, "-X", `UID SEARCH SUBJECT ${subject}`]);
      const uid = /SEARCH (\d+)/.exec(found)?.[1];
      assert.ok(uid, found);
      assert.equal(await curl([`imap://${HOST}/Drafts/;UID=${uid}`]), mail);
      assert.equal((await curl([`imap://${HOST}/Drafts/;UID=${uid}/;SECTION=TEXT`])).trim(), "A body.");
      assert.equal((await curl([`imap://${HOST}/Drafts?SUBJECT%20${subject}`])).trim(), "* SEARCH 1");
      await curl([`imap://${HOST}/Drafts`, "-X", `UID STORE ${uid} +FLAGS (\\Answered)`]);
      const [held] = await heldIn("curl", "Drafts");
      assert.deepEqual(held?.flags, ["\\Answered", "\\Seen"]);
      await curl([`imap://${HOST}/Drafts`, "-X", `UID MOVE ${uid} Trash`]);
      assert.deepEqual(await subjectsIn("curl", "Drafts"), []);
      await curl([`imap://${HOST}/Trash`, "-X", "STORE 1 +FLAGS (\\Deleted)"]);
      await curl([`imap://${HOST}/Trash`, "-X", "EXPUNGE"]);
      assert.deepEqual(await subjectsIn("curl", "Trash"), []);
    },
  },
  {
    name: "curl imaps:// and STARTTLS, and AUTH=PLAIN in one step",
    async run(lab) {
      const trust = ["--cacert", await certificateFile(lab), "--resolve", `post.lab.test:993:${HOST}`];
      assert.match(await curl(["--insecure", `imaps://${HOST}/`, "-X", "NAMESPACE"]), /NAMESPACE/);
      assert.match(await curl(["--insecure", "--ssl-reqd", `imap://${HOST}/`]), /LIST .*INBOX/);
      const names = await runWell("openssl", [
        "x509",
        "-in",
        trust[1] as string,
        "-noout",
        "-ext",
        "subjectAltName",
      ]);
      assert.match(names, /DNS:post\./);
      const plain = ["--insecure", "--ssl-reqd", "--login-options", "AUTH=PLAIN"];
      assert.match(await curl([...plain, `imap://${HOST}/`]), /LIST .*INBOX/);
    },
  },
  {
    name: "curl pop3:// and pop3s:// list, read and delete",
    async run(lab) {
      const subject = freshSubject("curl-pop3");
      await deliver(lab, "curl", subject);
      const list = (await curl([`pop3://${HOST}/`])).trim().split("\r\n");
      const last = list.length;
      const mail = await curl(["--insecure", `pop3s://${HOST}/${last}`]);
      assert.match(mail, new RegExp(`Subject: ${subject}\r\n`));
      assert.match(await curl(["--insecure", "--ssl-reqd", `pop3://${HOST}/`, "-X", "UIDL"]), /^1 \S+/);
      await curl([`pop3://${HOST}/${last}`, "-X", "DELE", "--head"]);
      assert.ok(!(await subjectsIn("curl", "INBOX")).includes(subject));
    },
  },
];
