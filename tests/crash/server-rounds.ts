/**
 * Rounds against the whole server: `posthorn serve` takes mail from several SMTP sessions, is killed, and is started
 * again on the same folder. Every message that got its 250 must end in its mailbox or stay queued, whole; a mailbox
 * never has one twice. A message whose 250 never arrived may be there once, or not at all.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openSpool } from "../../src/engine/spool/spool.ts";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import type { Killing } from "./rounds.ts";

const POSTHORN = fileURLToPath(new URL("../../bin/posthorn", import.meta.url));
const SESSIONS = 8;
const ACCOUNT = "ann@crash.test";
/** Limit: a server that does not come up, or a queue that does not drain, has failed. */
const PATIENCE_MS = 20_000;
/** A kill that never strikes (the call was not made so often) ends the round after this long. */
const ROUND_MS_MAX = 4_000;

export type ServerRound = {
  readonly wasKilled: boolean;
  readonly acknowledged: number;
  readonly stored: number;
  readonly queued: number;
};

export async function startServerRounds(folder: string): Promise<(killing: Killing) => Promise<ServerRound>> {
  const port = await freePort();
  const settings = join(folder, "posthorn.yaml");
  const policies = "{helo: off, reverseDns: off, senderDomain: off}";
  writeFileSync(
    settings,
    [
      `hostname: mail.crash.test`,
      `data: ./data`,
      `listen: ["127.0.0.1:${port}"]`,
      `domains: {crash.test: local, away.test: relay}`,
      `accounts: {${ACCOUNT}: {}}`,
      `connectors: [{to: away.test, via: "127.0.0.1:1"}]`,
      `policies: ${policies}`,
      "",
    ].join("\n"),
  );
  const acknowledged = { here: new Set<string>(), away: new Set<string>() };
  let next = 0;

  return async (killing) => {
    const server = start(settings, killing);
    await greeted(port, server);
    if (killing.how === "signal") setTimeout(() => server.kill("SIGKILL"), killing.afterMs);
    const giveUp = setTimeout(() => server.kill("SIGTERM"), ROUND_MS_MAX);
    const before = acknowledged.here.size + acknowledged.away.size;
    await Promise.all(
      Array.from({ length: SESSIONS }, () => deliverUntilGone(port, () => next++, acknowledged)),
    );
    const wasKilled = await ended(server);
    clearTimeout(giveUp);
    const again = start(settings, undefined);
    await greeted(port, again);
    await drained(folder, again, acknowledged);
    const { stored, queued } = await check(folder, acknowledged);
    return {
      wasKilled,
      acknowledged: acknowledged.here.size + acknowledged.away.size - before,
      stored,
      queued,
    };
  };
}

/** Under strace when a system call is to kill it: the nth such call of any thread never returns. */
function start(settings: string, killing: Killing | undefined): ChildProcess {
  const words = [POSTHORN, "serve", settings];
  if (killing?.how !== "syscall") return spawn(process.execPath, words, { stdio: "ignore" });
  const { syscall, nth } = killing;
  const inject = [
    "-D", // what we start is the server itself, so that our signals reach it
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    `trace=${syscall}`,
    "-e",
    `inject=${syscall}:signal=KILL:when=${nth}`,
  ];
  return spawn("strace", [...inject, process.execPath, ...words], { stdio: "ignore" });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits for the greeting; a server that was killed while starting is none of our business here. */
async function greeted(port: number, server: ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && server.exitCode === null && server.signalCode === null) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("data", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
      setTimeout(() => resolve(false), 500).unref();
      socket.once("data", () => socket.destroy());
    });
    if (isUp) return;
    await wait(25);
  }
  assert.ok(server.exitCode !== null || server.signalCode !== null, "the server does not come up");
}

function ended(server: ChildProcess): Promise<boolean> {
  const wasKilled = (): boolean => server.signalCode === "SIGKILL" || server.exitCode === 137;
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve(wasKilled());
  return new Promise((resolve) => server.once("close", () => resolve(wasKilled())));
}

/** One session: message after message until the server is gone. Every other one is for a next hop that is down. */
function deliverUntilGone(
  port: number,
  number: () => number,
  acknowledged: { here: Set<string>; away: Set<string> },
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let heard = "";
    let current = "";
    let isAway = false;
    const say = (text: string): void => void socket.write(text);
    const begin = (): void => {
      const n = number();
      current = `m${n}`;
      isAway = n % 4 === 3;
      say(`MAIL FROM:<bob@far.test>\r\nRCPT TO:<${isAway ? "eve@away.test" : ACCOUNT}>\r\nDATA\r\n`);
    };
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1");
      for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
        const line = heard.slice(0, end);
        heard = heard.slice(end + 1);
        if (line.startsWith("220 ")) say("EHLO far.test\r\n");
        else if (/^250 [A-Z]/.test(line) && current === "") begin();
        else if (line.startsWith("354 ")) say(`${messageOf(current)}\r\n.\r\n`);
        else if (line.includes("queued as")) {
          acknowledged[isAway ? "away" : "here"].add(current);
          begin();
        }
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

function messageOf(id: string): string {
  const filling = `${id} `.repeat(40);
  return `From: bob@far.test\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@far.test>\r\nSubject: ${id}\r\n\r\n${filling}\r\nend of ${id}`;
}

/** Lets the restarted server deliver what it can, then ends it in order. */
async function drained(folder: string, server: ChildProcess, { here }: { here: Set<string> }): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  let steady = 0;
  let last = -1;
  while (Date.now() < until && steady < 5) {
    await wait(60);
    const count = (await subjects(folder)).length;
    steady = count === last && count >= here.size ? steady + 1 : 0;
    last = count;
  }
  server.kill("SIGTERM");
  await ended(server);
}

/** The store as a stranger reads it: the server has it locked, SQLite lets others look. */
async function subjects(folder: string): Promise<string[]> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(folder, "data/mail/mail.sqlite"), { readOnly: true });
  try {
    return database
      .prepare("SELECT id FROM email")
      .all()
      .map((row) => String(row["id"]));
  } finally {
    database.close();
  }
}

async function check(
  folder: string,
  acknowledged: { here: Set<string>; away: Set<string> },
): Promise<{ stored: number; queued: number }> {
  const store = openSqliteMailStore({ folder: join(folder, "data/mail"), thread: false });
  await store.open();
  const stored = new Set<string>();
  for (const { uid } of await store.list(ACCOUNT, "INBOX")) {
    const id = whole(await store.read(ACCOUNT, "INBOX", uid));
    assert.ok(!stored.has(id), `${id} was stored twice`);
    stored.add(id);
  }
  await store.close();
  for (const id of acknowledged.here) assert.ok(stored.has(id), `${id} got its 250 and is in no mailbox`);
  const spool = openSpool({ folder: join(folder, "data/queue") });
  const queued = new Set<string>();
  for (const { id } of await spool.open()) queued.add(whole(await spool.read(id)));
  assert.deepEqual(spool.damage, []);
  await spool.close();
  for (const id of acknowledged.away) assert.ok(queued.has(id), `${id} got its 250 and is not queued`);
  return { stored: stored.size, queued: queued.size };
}

/** The number of a message, which must be there to its last byte. */
function whole(bytes: Uint8Array | undefined): string {
  const text = Buffer.from(bytes ?? []).toString("latin1");
  const id = /^Subject: (m\d+)$/m.exec(text.replaceAll("\r", ""))?.[1] ?? "";
  assert.ok(text.includes(messageOf(id)), `a message is there by halves: ${text.slice(0, 200)}`);
  return id;
}
