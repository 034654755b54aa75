/** imapflow: the IMAP client of most Node.js programs. */
import assert from "node:assert/strict";
import { ImapFlow } from "imapflow";
import { type Check, freshSubject, type InteropLab } from "../harness.ts";
import { deliver, HOST, letter, PASSWORD, userOf } from "./post.ts";

const NEW_MAIL_WITHIN_MS = 10_000;

async function aSession(lab: InteropLab, secure: boolean): Promise<void> {
  const client = new ImapFlow({
    host: HOST,
    port: secure ? 993 : 143,
    secure,
    auth: { user: userOf("imapflow"), pass: PASSWORD },
    tls: { rejectUnauthorized: false },
    logger: false,
    qresync: true,
  });
  await client.connect();
  const folder = `Flow-${secure ? "tls" : "clear"}`;
  await client.mailboxCreate(folder);
  const mail = letter(freshSubject("flow"), "Grüße\r\n");
  const appended = await client.append(
    folder,
    mail,
    ["\\Flagged", "$Todo"],
    new Date("2020-02-03T04:05:06Z"),
  );
  assert.ok(appended && appended.uid === 1);
  const lock = await client.getMailboxLock(folder);
  const query = {
    uid: true,
    flags: true,
    envelope: true,
    bodyStructure: true,
    internalDate: true,
    source: true,
    labels: true,
    threadId: true,
    emailId: true,
  };
  const one = await client.fetchOne("1", query as never);
  assert.ok(one);
  assert.equal(one.source?.toString(), mail);
  assert.deepEqual([...(one.flags ?? [])].toSorted(), ["$Todo", "\\Flagged"]);
  assert.equal(new Date(one.internalDate ?? 0).toISOString(), "2020-02-03T04:05:06.000Z");
  assert.equal(one.envelope?.from?.[0]?.address, "ann@mail.test");
  assert.equal(one.bodyStructure?.type, "text/plain");
  assert.deepEqual(await client.search({ flagged: true, keyword: "$Todo" }, { uid: true }), [1]);
  await client.messageFlagsRemove("1", ["\\Flagged"]);
  await client.messageFlagsAdd("1", ["\\Seen"]);
  const copied = await client.messageCopy("1", "Archive");
  assert.ok(copied && copied.uidMap?.has(1));
  const moved = await client.messageMove("1", "Trash");
  assert.ok(moved && moved.uidMap?.has(1));
  lock.release();
  const trash = await client.getMailboxLock("Trash");
  assert.equal(await client.messageDelete("1:*"), true);
  assert.deepEqual(await client.search({ all: true }), []);
  trash.release();
  await seesNewMail(lab, client);
  assert.ok(await client.mailboxRename(folder, `${folder}-old`));
  assert.ok(await client.mailboxDelete(`${folder}-old`));
  assert.ok((await client.status("INBOX", { messages: true, highestModseq: true })) !== false);
  assert.ok(await client.getQuota("INBOX"));
  await client.logout();
}

async function seesNewMail(lab: InteropLab, client: ImapFlow): Promise<void> {
  await client.mailboxOpen("INBOX");
  const before = client.mailbox === false ? 0 : client.mailbox.exists;
  const seen = new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no new mail was told")), NEW_MAIL_WITHIN_MS);
    client.once("exists", ({ count }: { count: number }) => {
      clearTimeout(late);
      resolve(count);
    });
  });
  void client.idle();
  await deliver(lab, "imapflow", freshSubject("flow-new"));
  assert.equal(await seen, before + 1);
}

export const imapflowChecks: readonly Check[] = [
  {
    name: "imapflow over TLS: reads, writes, flags, copies, moves, deletes, sees new mail",
    run: (lab) => aSession(lab, true),
  },
  { name: "imapflow with STARTTLS does the same", run: (lab) => aSession(lab, false) },
];
