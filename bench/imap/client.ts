/**
 * The IMAP client of the bench: a process of its own, so that it shares no event loop with anything measured, and the
 * same for every server. It takes jobs from its parent one at a time and answers each; it ends with its parent.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Answer, Envelope, Job, Login } from "./client-jobs.ts";
import { ImapConnection } from "./connection.ts";
import { makeCorpus } from "./corpus.ts";

const READ_OCTETS = 256 * 1024;
const IDLER_READ_OCTETS = 1024;
/** A batch is one command, and one transaction of the server. */
const FILL_BATCH = 250;
const CROWD_AT_ONCE = 20;
const CROWD_ADDRESSES = 50;
const POLL_MS = 20;
/** Between two wakes, so that one does not ride on the other. */
const WAKE_PAUSE_MS = 30;
/** Limit: an update that has not come by then is not coming. */
const WAKE_WITHIN_MS = 35_000;

const message = makeCorpus();
const connections = new Map<string, ImapConnection>();
const crowd: ImapConnection[] = [];
const NOTHING: Answer = { ms: 0, octets: 0, status: "" };

function connectionOf(name: string): ImapConnection {
  const connection = connections.get(name);
  if (connection === undefined) throw new Error(`there is no connection ${name}`);
  return connection;
}

async function logIn(login: Login, readOctets: number, from?: string): Promise<ImapConnection> {
  const connection = new ImapConnection(login.port, readOctets, from);
  await connection.greeting();
  accept(await connection.command(`LOGIN "${login.user}" "${login.password}"`), "LOGIN");
  return connection;
}

function accept(status: string, what: string): void {
  if (!status.startsWith("OK")) throw new Error(`${what}: ${status}`);
}

async function timed(connection: ImapConnection, run: () => Promise<string>): Promise<Answer> {
  const before = connection.octets;
  const start = performance.now();
  const status = await run();
  return { ms: performance.now() - start, octets: connection.octets - before, status };
}

function append(connection: ImapConnection, mailbox: string, index: number): Promise<string> {
  const bytes = message(index);
  return connection.command(`APPEND "${mailbox}" {${bytes.length}+}\r\n`, bytes);
}

async function fill(connection: ImapConnection, mailbox: string, first: number, end: number): Promise<void> {
  for (let from = first; from < end; from += FILL_BATCH) {
    const parts: (string | Uint8Array)[] = [`APPEND "${mailbox}"`];
    for (let index = from; index < Math.min(end, from + FILL_BATCH); index++) {
      const bytes = message(index);
      parts.push(` {${bytes.length}+}\r\n`, bytes);
    }
    accept(await connection.command(...parts), "APPEND");
  }
}

async function wake(job: Job & { kind: "wake" }): Promise<Answer> {
  const watcher = connectionOf(job.watcher);
  const samples: number[] = [];
  await watcher.begin("IDLE");
  for (let i = 0; i < job.count; i++) {
    await wait(WAKE_PAUSE_MS);
    const heard = new Promise<number>((resolve) => {
      watcher.heard = (text) => {
        if (text.includes(" EXISTS")) resolve(performance.now());
      };
    });
    const start = performance.now();
    accept(await append(connectionOf(job.connection), job.mailbox, i), "APPEND");
    const late = wait(WAKE_WITHIN_MS, undefined, { ref: false }).then(() => Number.NaN);
    samples.push((await Promise.race([heard, late])) - start);
  }
  watcher.heard = undefined;
  return { ...NOTHING, samples };
}

async function until(job: Job & { kind: "until" }): Promise<Answer> {
  const start = performance.now();
  for (;;) {
    let messages = 0;
    for (const name of job.connections) {
      const connection = connectionOf(name);
      connection.text = "";
      await connection.command("STATUS INBOX (MESSAGES)");
      messages += Number(/MESSAGES (\d+)/.exec(connection.text)?.[1]);
      connection.text = undefined;
    }
    const ms = performance.now() - start;
    if (messages >= job.messages) return { ...NOTHING, ms };
    if (ms > job.withinMs) throw new Error(`${messages} of ${job.messages} messages after ${ms} ms`);
    await wait(POLL_MS);
  }
}

async function gather(job: Job & { kind: "crowd" }): Promise<Answer> {
  const logins = Array.from({ length: job.each }, () => job.logins).flat();
  let next = 0;
  const one = async (): Promise<void> => {
    for (let login = logins[next++]; login !== undefined; login = logins[next++]) {
      const connection = await logIn(login, IDLER_READ_OCTETS, `127.0.1.${1 + (next % CROWD_ADDRESSES)}`);
      crowd.push(connection);
      accept(await connection.command("SELECT INBOX"), "SELECT");
      await connection.begin("IDLE");
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CROWD_AT_ONCE }, one));
  return { ...NOTHING, ms: performance.now() - start };
}

async function run(job: Job): Promise<Answer> {
  switch (job.kind) {
    case "connect":
      connections.set(job.connection, await logIn(job, READ_OCTETS));
      return NOTHING;
    case "say": {
      const connection = connectionOf(job.connection);
      if (job.keep === true) connection.text = "";
      const answer = await timed(connection, () => connection.command(job.command));
      const { text } = connection;
      connection.text = undefined;
      return text === undefined ? answer : { ...answer, text };
    }
    case "append": {
      const connection = connectionOf(job.connection);
      return timed(connection, async () => {
        for (let i = 0; i < job.count; i++)
          accept(await append(connection, job.mailbox, job.first + i), "APPEND");
        return "OK";
      });
    }
    case "fill": {
      const connection = connectionOf(job.connection);
      return timed(connection, async () => {
        await fill(connection, job.mailbox, job.first, job.first + job.count);
        return "OK";
      });
    }
    case "wake":
      return wake(job);
    case "until":
      return until(job);
    case "crowd":
      return gather(job);
    case "disperse":
      await Promise.all(crowd.splice(0).map((connection) => connection.close()));
      return NOTHING;
    case "close":
      await connectionOf(job.connection).close();
      connections.delete(job.connection);
      return NOTHING;
  }
}

process.on("message", ({ id, value }: { id: number; value: Job }) => {
  const say = (envelope: Envelope<Answer>): void => void process.send?.(envelope);
  run(value).then(
    (answer) => say({ id, value: answer }),
    (error: Error) => say({ id, error: `${value.kind}: ${error.message}` }),
  );
});
process.on("disconnect", () => process.exit(0));
