/**
 * The rows of sessions that wait: how soon an idle client hears of new mail, what a thousand of them weigh, and what a
 * mailbox of 200,000 messages costs to open and to keep.
 */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import type { LoadClient } from "./load-client.ts";

const IDLE_MESSAGES = 100;
const CROWD_REST_MS = 1_000;

/** Memory of processes, shared pages divided among those who share them; kB of 1,000 octets. */
export function weightKb(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
      sum += (Number(found?.[1] ?? 0) * 1024) / 1000;
    } catch {
      // It ended meanwhile.
    }
  }
  return sum;
}

/** A little mail for those who wait. */
export async function prepareIdlers(client: LoadClient, contestants: readonly Contestant[]): Promise<void> {
  const fill = { mailbox: "INBOX", first: 0, count: IDLE_MESSAGES };
  for (const { name, login, idlers } of contestants) {
    for (const account of [login, ...idlers]) {
      await client.ask({ kind: "connect", connection: name, ...account });
      await client.ask({ kind: "fill", connection: name, ...fill });
      await client.ask({ kind: "close", connection: name });
    }
  }
}

/** Milliseconds from the last octet of an APPEND to EXISTS at a client under IDLE. */
export async function wakeTimes(
  client: LoadClient,
  { name, login }: Contestant,
  count: number,
): Promise<readonly number[]> {
  const watcher = `${name} idle`;
  await client.ask({ kind: "connect", connection: name, ...login });
  await client.ask({ kind: "connect", connection: watcher, ...login });
  await client.ask({ kind: "say", connection: watcher, command: "SELECT INBOX" });
  const { samples = [] } = await client.ask({
    kind: "wake",
    watcher,
    connection: name,
    mailbox: "INBOX",
    count,
  });
  await client.ask({ kind: "close", connection: watcher });
  await client.ask({ kind: "close", connection: name });
  return samples;
}

/** kB that one more connection under IDLE costs. */
export async function idlerWeight(
  client: LoadClient,
  contestant: Contestant,
  count: number,
): Promise<number> {
  await wait(CROWD_REST_MS);
  const before = weightKb(contestant.pids());
  const { idlers } = contestant;
  await client.ask({ kind: "crowd", logins: idlers, each: count / idlers.length });
  await wait(CROWD_REST_MS);
  const after = weightKb(contestant.pids());
  await client.ask({ kind: "disperse" });
  await wait(CROWD_REST_MS);
  return (after - before) / count;
}
