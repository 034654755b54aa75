/** neomutt, its keys pressed by a script: a person's mail program, on a terminal of its own. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, freshSubject, type InteropLab, runWell } from "../harness.ts";
import { deliver, heldIn, HOST, letter, PASSWORD, subjectOf, subjectsIn, userOf, write } from "./post.ts";

/** Opens `mailbox` and presses `keys`. */
async function press(lab: InteropLab, mailbox: string, keys: string): Promise<void> {
  const settings = write(lab, "neomuttrc", [
    `set folder = "imap://${HOST}/"`,
    `set imap_user = "${userOf("neomutt")}"`,
    `set imap_pass = "${PASSWORD}"`,
    "set ssl_starttls = no",
    "set ssl_force_tls = no",
    "set imap_authenticators = login",
    "set mail_check = 1",
    "set delete = yes",
    "set confirm_append = no",
    "set confirm_create = no",
    "set quit = yes",
    "set move = no",
    "set mark_old = no",
    "set wait_key = no",
    `set header_cache = ""`,
    `set tmpdir = "${lab.folder}"`,
    'set from = "you@mail.test"',
  ]);
  const push = `push '${keys}'`;
  const words = ["-n", "-F", settings, "-f", mailbox, "-e", push];
  const command = ["neomutt", ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // A terminal of its own: script(1) makes one.
  await runWell("script", ["-qec", command, "/dev/null"]);
}

async function aDay(lab: InteropLab): Promise<void> {
  const subjects = ["read", "move", "delete"].map((what) => freshSubject(`mutt-${what}`));
  const [read = "", move = "", gone = ""] = subjects;
  for (const subject of subjects) await deliver(lab, "neomutt", subject);
  const pick = (subject: string): string => `<search>~s${subject}<enter>`;
  await press(
    lab,
    "+INBOX",
    `${pick(read)}<display-message><exit><flag-message>` +
      `${pick(move)}<save-message>=Archive<enter>` +
      `${pick(gone)}<delete-message><sync-mailbox><quit>`,
  );
  const inbox = await heldIn("neomutt", "INBOX");
  assert.deepEqual(
    inbox.map(({ bytes, flags }) => [subjectOf(bytes), flags.join(" ")]),
    [[read, "\\Flagged \\Seen"]],
  );
  assert.deepEqual(await subjectsIn("neomutt", "Archive"), [move]);

  // Writing: out of a file into a mailbox.
  const mbox = join(lab.folder, "neomutt.mbox");
  const written = freshSubject("mutt-written");
  writeFileSync(mbox, `From you Tue Nov 24 10:00:00 2026\n${letter(written).replaceAll("\r\n", "\n")}\n`);
  await press(lab, mbox, "<copy-message>=Drafts<enter><quit>");
  assert.deepEqual(await subjectsIn("neomutt", "Drafts"), [written]);

  // New mail is seen by a session that is open already: it flags what came after it began.
  const late = freshSubject("mutt-late");
  const session = press(
    lab,
    "+INBOX",
    `<shell-escape>sleep 3<enter><imap-fetch-mail>${pick(late)}<flag-message><sync-mailbox><quit>`,
  );
  await deliver(lab, "neomutt", late);
  await session;
  const flags = (await heldIn("neomutt", "INBOX")).find(({ bytes }) => subjectOf(bytes) === late)?.flags;
  assert.deepEqual(flags, ["\\Flagged"]);
}

export const neomuttChecks: readonly Check[] = [
  { name: "neomutt reads, flags, moves, deletes, writes, and sees new mail in an open mailbox", run: aDay },
];
