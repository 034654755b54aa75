/** mbsync: 5,000 letters both ways, equal to the byte afterwards, and nothing to do the second time. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Check, type InteropLab, runWell } from "../harness.ts";
import { corpusLetter } from "./corpus.ts";
import { makeMaildir, putLetter, readMaildir } from "./maildir.ts";
import { certificateFile, heldBy, HOST, PASSWORD, userOf, write } from "./post.ts";
import { assertSame } from "./same.ts";

const LETTERS = 5_000;
const BOXES = ["INBOX", "Work", "Work/2026"];
const MAILDIR_LETTERS = ["", "S", "F", "RS", "FS", "D"];
const SYNC_WITHIN_MS = 120_000;

/** Appends letters `from`, from+2 … below `to` to its three mailboxes in turn, with flags; deletes and flags on demand. */
const FILL = `
import imaplib, sys, json, base64, socket
host, user, password = sys.argv[1:4]
m = imaplib.IMAP4(host, 143); m.login(user, password)
m.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) # it writes a literal in three pieces
for name in ("Work", "Work/2026"): m.create(name)
for box, flags, mail in json.load(sys.stdin):
    answer = m.append(box, flags, None, base64.b64decode(mail))
    assert answer[0] == "OK", answer
m.logout()
`;

const CHANGE = `
import imaplib, sys
host, user, password = sys.argv[1:4]
m = imaplib.IMAP4(host, 143); m.login(user, password)
for box in ("INBOX", "Work"):
    m.select(box)
    m.store("1:100", "+FLAGS", r"(\\Answered)")
    m.store("101:150", "+FLAGS", r"(\\Deleted)")
    m.expunge(); m.close()
m.logout()
`;

function folderOf(maildir: string, box: string): string {
  return join(maildir, box === "INBOX" ? "INBOX" : box);
}

async function sync(file: string): Promise<string> {
  return await runWell("mbsync", ["-c", file, "-a"], "", SYNC_WITHIN_MS);
}

async function same(maildir: string): Promise<number> {
  const held = await heldBy("mbsync");
  let sum = 0;
  for (const box of BOXES) {
    const kept = readMaildir(folderOf(maildir, box));
    assertSame(kept, held.get(box) ?? [], box);
    sum += kept.length;
  }
  return sum;
}

/** Both sides as they stand: every file's name, every UID with its flags. */
async function standing(maildir: string): Promise<string> {
  const far = [...(await heldBy("mbsync"))].map(([box, held]) => [
    box,
    held.map(({ uid, flags }) => [uid, flags]),
  ]);
  const near = BOXES.map((box) => readMaildir(folderOf(maildir, box)).map(({ file }) => file));
  return JSON.stringify([far, near]);
}

/** Another run, which finds nothing to do: nothing is anywhere else than before. */
async function nothingToDo(file: string, maildir: string): Promise<void> {
  const before = await standing(maildir);
  const words = await runWell("mbsync", ["-c", file, "-a", "-V"], "", SYNC_WITHIN_MS);
  assert.equal(await standing(maildir), before);
  assert.doesNotMatch(words, /Propagating/);
}

async function roundTrip(lab: InteropLab): Promise<void> {
  const maildir = join(lab.folder, "mbsync");
  for (const box of BOXES) makeMaildir(folderOf(maildir, box));
  const upload: [string, string, string][] = [];
  for (let n = 0; n < LETTERS; n++) {
    const box = BOXES[(n >> 1) % BOXES.length] as string;
    const letters = MAILDIR_LETTERS[n % MAILDIR_LETTERS.length] as string;
    if (n % 2 === 0) putLetter(folderOf(maildir, box), `1700000000.${n}.near`, corpusLetter(n), letters);
    else upload.push([box, n % 3 === 0 ? "(\\Seen)" : "(\\Flagged)", corpusLetter(n).toString("base64")]);
  }
  const login = [HOST, userOf("mbsync"), PASSWORD];
  await runWell("python3", ["-c", FILL, ...login], JSON.stringify(upload), SYNC_WITHIN_MS);
  const file = write(lab, "mbsyncrc", [
    "IMAPAccount post",
    `Host ${HOST}`,
    `User ${userOf("mbsync")}`,
    `Pass ${PASSWORD}`,
    "SSLType IMAPS",
    `CertificateFile ${await certificateFile(lab)}`,
    "",
    "IMAPStore far",
    "Account post",
    "",
    "MaildirStore near",
    `Path ${maildir}/`,
    `Inbox ${maildir}/INBOX`,
    "SubFolders Verbatim",
    "",
    "Channel all",
    "Far :far:",
    "Near :near:",
    "Patterns INBOX Work Work/2026",
    "Create Both",
    "Expunge Both",
    "SyncState *",
    "",
  ]);
  await sync(file);
  assert.equal(await same(maildir), LETTERS);
  await nothingToDo(file, maildir);

  const inbox = readMaildir(folderOf(maildir, "INBOX")).toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (const { file: path } of inbox.slice(-200, -100)) renameSync(path, `${path.split(":2,")[0]}:2,FS`);
  for (const { file: path } of inbox.slice(-100)) rmSync(path);
  mkdirSync(folderOf(maildir, "Work"), { recursive: true });
  for (let n = LETTERS; n < LETTERS + 100; n++)
    putLetter(folderOf(maildir, "Work"), `1700000001.${n}.near`, corpusLetter(n));
  await runWell("python3", ["-c", CHANGE, ...login]);
  await sync(file);
  const left = await same(maildir);
  assert.ok(left >= LETTERS - 100 && left <= LETTERS + 100, `${left} letters`);
  await nothingToDo(file, maildir);
}

export const mbsyncChecks: readonly Check[] = [
  {
    name: `mbsync: ${LETTERS} letters both ways are equal to the byte, twice, with nothing to do in between`,
    run: roundTrip,
  },
];
