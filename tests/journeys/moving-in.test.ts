import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { freePort, posthorn, serve, stopped } from "./program.ts";

const ANN = "ann@example.org";
const MESSAGES = 4_000;

function makeMaildir(folder: string): void {
  for (const part of ["cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"])
    mkdirSync(join(folder, part), { recursive: true });
  for (let n = 0; n < MESSAGES; n++) {
    const file = join(
      folder,
      n % 10 === 0 ? ".Sent/cur" : "cur",
      `${1_600_000_000 + n}.M${n}.host:2,${n % 3 === 0 ? "S" : ""}`,
    );
    writeFileSync(file, `From: a@x.test\nSubject: ${n}\n\n${"line\n".repeat(n % 40)}`);
    utimesSync(file, 1_600_000_000 + n, 1_600_000_000 + n);
  }
}

test("an import that is killed again and again brings every message once; backup and restore keep it all", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-moving-in-"));
  let server: ChildProcess | undefined;
  t.after(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "posthorn.yaml");
  const port = await freePort();
  writeFileSync(
    file,
    `hostname: mail.example.org\ndomains: {example.org: local}\nlisten: [{at: "127.0.0.1:${port}", service: imap}]\n`,
  );
  const run = (...args: readonly string[]) => posthorn([...args, "-s", file]);
  const maildir = join(folder, "Maildir");
  makeMaildir(maildir);
  await run("account", "add", ANN, "--generate");

  // Killed while the folder is at rest, then while a server runs, then to the end over the control socket.
  const killAfter = (ms: number): Promise<unknown> => {
    const args = ["bin/posthorn", "import", "maildir", ANN, maildir, "-s", file];
    const program = spawn(process.execPath, args, { stdio: "ignore" });
    setTimeout(() => program.kill("SIGKILL"), ms).unref();
    return new Promise((resolve) => program.once("exit", resolve));
  };
  await killAfter(700);
  await killAfter(900);
  server = await serve(file, "imap");
  const used = async (): Promise<number> => {
    const [account] = JSON.parse((await run("account", "ls", "--json")).out) as { usedMessages: number }[];
    return account?.usedMessages ?? 0;
  };
  // A machine that has much to do takes longer until the first messages are in.
  for (let ms = 800; ms < 30_000; ms *= 2) {
    await killAfter(ms);
    if ((await used()) > 0) break;
  }
  const last = JSON.parse((await run("import", "maildir", ANN, maildir, "--json")).out) as {
    folders: { folder: string; stored: number; again: number; unreadable: number; mailbox: string }[];
  };
  assert.deepEqual(
    last.folders.map(({ folder: name, stored, again, mailbox }) => [name, stored + again, mailbox]),
    [
      ["INBOX", MESSAGES * 0.9, "INBOX"],
      ["Sent", MESSAGES * 0.1, "Sent"],
    ],
  );
  const total = last.folders.reduce((sum, one) => sum + one.again, 0);
  assert.ok(total > 0, "what was killed had brought something");

  // A copy beside the running server; then a loss; then back again.
  const copy = join(folder, "copy");
  assert.match((await run("backup", copy)).out, new RegExp(`${MESSAGES} messages`));
  assert.match((await run("backup", copy)).err, /is there already/);
  assert.equal((await run("restore", copy, "--force")).err.includes("a server runs"), true);
  await stopped(server, "SIGTERM");
  assert.equal(
    existsSync(join(folder, "data", "control.sock")),
    false,
    "an orderly end takes its socket away",
  );
  assert.match((await run("restore", copy)).err, /--force puts them aside/);
  const restored = await run("restore", copy, "--force");
  assert.match(
    restored.out,
    new RegExp(`restored and the same: 1 accounts, 6 mailboxes, ${MESSAGES} messages`),
  );
  assert.equal(
    readdirSync(join(folder, "data")).filter((name) => name.startsWith("mail.before-restore-")).length,
    1,
  );
  assert.match((await run("verify")).out, /^all is well/);

  const store = openSqliteMailStore({ folder: join(folder, "data", "mail") });
  await store.open();
  const inbox = await store.list(ANN, "INBOX");
  const subjects = await Promise.all(
    inbox.map(async ({ uid }) =>
      Number(
        /Subject: (\d+)\r/.exec(Buffer.from((await store.read(ANN, "INBOX", uid)) ?? []).toString())?.[1],
      ),
    ),
  );
  const wanted = Array.from({ length: MESSAGES }, (_, n) => n).filter((n) => n % 10 !== 0);
  assert.deepEqual(subjects, wanted, "each once, in their order");
  assert.deepEqual(
    inbox.map(({ receivedAt }) => receivedAt),
    wanted.map((n) => (1_600_000_000 + n) * 1_000),
  );
  const mailbox = store.mail(ANN)?.find("INBOX");
  assert.ok((mailbox?.uidNext ?? 0) > 1_000_000, "UIDs of the lost time are never given again");
  const table = await store.mail(ANN)?.open(mailbox?.id ?? 0);
  assert.equal(
    table?.expungedSince,
    mailbox?.highestModseq,
    "who resynchronises is told of everything that is gone",
  );
  await store.close();
});

test("verify says what is wrong and ends with 1", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-verify-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const nothing = await posthorn(["verify", folder]);
  assert.deepEqual([nothing.code, nothing.err.includes("no mail.sqlite")], [2, true]);
  const store = openSqliteMailStore({ folder, thread: false });
  await store.open();
  await store.putAccount(ANN);
  const facts = { reversePath: "", recipient: ANN, queueId: "q", deliveryId: "d", receivedAt: 0 };
  await store.deliver({
    account: ANN,
    mailbox: "INBOX",
    content: Buffer.from("Subject: x\r\n\r\nx\r\n"),
    ...facts,
  });
  await store.close();
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(folder, "mail.sqlite"));
  database.exec("UPDATE blob SET bytes = x'00'");
  database.close();
  const damaged = await posthorn(["verify", folder]);
  assert.equal(damaged.code, 1);
  assert.match(damaged.out, /blob 1: its bytes are not those it was stored with/);
  const asJson = JSON.parse((await posthorn(["verify", folder, "--json"])).out) as { problems: unknown[] };
  assert.ok(asJson.problems.length >= 1);
});
