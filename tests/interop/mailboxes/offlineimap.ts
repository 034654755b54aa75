/** offlineimap3: keeps a Maildir and the server alike, in both directions. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Check, freshSubject, type InteropLab, runWell } from "../harness.ts";
import { corpusLetter } from "./corpus.ts";
import { makeMaildir, putLetter, readMaildir } from "./maildir.ts";
import { deliver, heldBy, HOST, letter, PASSWORD, subjectOf, userOf, write } from "./post.ts";
import { assertSame } from "./same.ts";

const BOXES = ["INBOX", "Archive"];
const RUN_WITHIN_MS = 60_000;

async function settings(lab: InteropLab, maildir: string): Promise<string> {
  const script =
    "import ssl,sys,hashlib; print(hashlib.sha256(ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((sys.argv[1],993)))).hexdigest())";
  const fingerprint = (await runWell("python3", ["-c", script, HOST])).trim();
  return write(lab, "offlineimaprc", [
    "[general]",
    "accounts = post",
    `metadata = ${join(lab.folder, "offlineimap-state")}`,
    "[Account post]",
    "localrepository = near",
    "remoterepository = far",
    "[Repository near]",
    "type = Maildir",
    `localfolders = ${maildir}`,
    "sep = /",
    "[Repository far]",
    "type = IMAP",
    `remotehost = ${HOST}`,
    `remoteuser = ${userOf("offlineimap")}`,
    `remotepass = ${PASSWORD}`,
    "ssl = yes",
    `cert_fingerprint = ${fingerprint}`,
    "folderfilter = lambda name: name in ('INBOX', 'Archive')",
  ]);
}

async function bothWays(lab: InteropLab): Promise<void> {
  const maildir = join(lab.folder, "offlineimap");
  mkdirSync(maildir);
  const file = await settings(lab, maildir);
  const sync = (): Promise<string> =>
    runWell("offlineimap", ["-c", file, "-o", "-u", "quiet"], "", RUN_WITHIN_MS);
  const same = async (): Promise<void> => {
    const held = await heldBy("offlineimap");
    for (const box of BOXES) assertSame(readMaildir(join(maildir, box)), held.get(box) ?? [], box);
  };
  const subjects = [freshSubject("offline-a"), freshSubject("offline-b")];
  for (const subject of subjects) await deliver(lab, "offlineimap", subject);
  const archive = makeMaildir(join(maildir, "Archive"));
  // It writes what it uploads anew with Python's email package: whole and plain letters are those it leaves alone.
  for (let n = 0; n < 500; n += 10)
    putLetter(archive, `1700000000_${n}.near`, corpusLetter(n), n % 20 === 0 ? "S" : "");
  await sync();
  await same();

  const inbox = readMaildir(join(maildir, "INBOX"));
  const at = (subject: string | undefined): string =>
    inbox.find(({ bytes }) => subjectOf(bytes) === subject)?.file as string;
  const read = at(subjects[0]);
  renameSync(read, `${read.replace("/new/", "/cur/").split(":2,")[0]}:2,FS`);
  rmSync(at(subjects[1]));
  const late = freshSubject("offline-c");
  await deliver(lab, "offlineimap", late);
  putLetter(join(maildir, "INBOX"), "1700000009_1.near", Buffer.from(letter("offline-d")));
  await sync();
  await same();
  const held = (await heldBy("offlineimap")).get("INBOX") ?? [];
  assert.deepEqual(
    held.map(({ bytes, flags }) => [subjectOf(bytes), flags.join(" ")]).toSorted(),
    [
      [subjects[0], "\\Flagged \\Seen"],
      [late, ""],
      ["offline-d", ""],
    ].toSorted(),
  );
}

export const offlineimapChecks: readonly Check[] = [
  {
    name: "offlineimap3 keeps a Maildir and the server alike: new, flags, deletions, both ways",
    run: bothWays,
  },
];
