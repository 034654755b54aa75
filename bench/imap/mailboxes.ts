/**
 * The rows of one mailbox, interleaved: in each round every contestant is measured once, in a session of its own that
 * was opened and logged in before the clock ran, while the others rest. The first, untimed round checks that all of
 * them answer alike.
 */
import { execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { rests } from "../posthorn.ts";
import type { Progress } from "../progress.ts";
import { PER_SECOND, wantedCases, type Case, type Hands, type RowResult } from "./cases.ts";
import { OURS, type Contestant } from "./contestants.ts";
import type { LoadClient } from "./load-client.ts";

/** A case that takes longer than this is measured twice, the first time included. */
const SLOW_MS = 2_500;
/** Limit: an index that is not made by then is measured as it is. */
const INDEX_WITHIN_MS = 180_000;

export type MailboxPace = { readonly messages: number; readonly rounds: number };

/** `only`: as in cases.ts. A mailbox that no row is wanted of is not filled. */
export function countSteps({ rounds }: MailboxPace, contestants: number, only: string | undefined): number {
  const cases = wantedCases(only).length;
  return cases === 0 ? 0 : contestants * (1 + cases * (rounds + 1));
}

export async function benchMailbox(
  client: LoadClient,
  contestants: readonly Contestant[],
  pace: MailboxPace,
  only: string | undefined,
  progress: Progress,
): Promise<RowResult[]> {
  const cases = wantedCases(only);
  if (cases.length === 0) return [];
  const mailbox = `Mail${pace.messages}`;
  const fills = await fillAll(client, contestants, mailbox, pace.messages, progress);
  const results = [fills];
  for (const item of cases)
    results.push(...(await runCase(item, client, contestants, mailbox, pace, progress)));
  return results;
}

/** An extra row: how fast each took them. It also waits until ours has made its index. */
async function fillAll(
  client: LoadClient,
  contestants: readonly Contestant[],
  mailbox: string,
  messages: number,
  progress: Progress,
): Promise<RowResult> {
  const figures: Record<string, number[]> = {};
  for (const { name, login, pids } of contestants) {
    progress.step(`${messages}: ${name} takes them`);
    await client.ask({ kind: "connect", connection: name, ...login });
    await client.ask({ kind: "say", connection: name, command: `CREATE ${mailbox}` });
    const { ms } = await client.ask({ kind: "fill", connection: name, mailbox, first: 0, count: messages });
    figures[name] = [messages / (ms / 1000)];
    await client.ask({ kind: "close", connection: name });
    if (name === OURS) await settle(pids(), INDEX_WITHIN_MS);
  }
  execFileSync("sync");
  return { title: "MULTIAPPEND of 250", unit: PER_SECOND, messages, figures };
}

/** Waits until they rest twice in a row. */
export async function settle(pids: readonly number[], withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  for (const pid of pids) {
    for (let calm = 0; calm < 2 && performance.now() < end;) {
      const before = performance.now();
      await rests(pid);
      calm = performance.now() - before < 450 ? calm + 1 : 0;
    }
  }
}

async function runCase(
  item: Case,
  client: LoadClient,
  contestants: readonly Contestant[],
  mailbox: string,
  pace: MailboxPace,
  progress: Progress,
): Promise<RowResult[]> {
  const figures = item.rows.map((): Record<string, number[]> => ({}));
  const keep = (name: string, values: readonly number[]): void =>
    values.forEach((value, row) => ((figures[row] ?? {})[name] ??= []).push(value));
  const title = `${pace.messages}: ${item.rows[0]?.title ?? ""}`;
  let slowest = 0;
  const first = new Map<string, number[]>();
  const hits = new Set<number>();
  for (const contestant of contestants) {
    progress.step(`${title}: ${contestant.name}, warming up`);
    const start = performance.now();
    const session = await openSession(client, contestant, mailbox, item);
    try {
      if (item.search === undefined) first.set(contestant.name, await item.measure(session.hands));
      else {
        const found = await session.find(item.search);
        hits.add(found.hits);
        first.set(contestant.name, [found.ms]);
      }
    } catch (error) {
      console.error(`LEFT OUT: ${title}: ${contestant.name}: ${(error as Error).message}`);
    }
    await session.end();
    slowest = Math.max(slowest, performance.now() - start);
  }
  if (hits.size > 1) throw new Error(`${title}: they find ${[...hits].join(", ")}, which must be the same`);
  const slow = slowest > SLOW_MS;
  if (slow) for (const [name, values] of first) keep(name, values);
  for (let round = 1; round <= (slow ? 1 : pace.rounds); round++) {
    for (const contestant of contestants.filter(({ name }) => first.has(name))) {
      progress.step(`${title}: ${contestant.name}, round ${round}`);
      const session = await openSession(client, contestant, mailbox, item);
      keep(contestant.name, await item.measure(session.hands));
      await session.end();
      if (contestant.name === OURS && item.rows.length > 1) await settle(contestant.pids(), 5_000);
    }
  }
  return item.rows.map((row, index) => ({ ...row, messages: pace.messages, figures: figures[index] ?? {} }));
}

type Session = {
  readonly hands: Hands;
  find(search: string): Promise<{ hits: number; ms: number }>;
  end(): Promise<void>;
};

async function openSession(
  client: LoadClient,
  { name, login }: Contestant,
  mailbox: string,
  item: Case,
): Promise<Session> {
  await client.ask({ kind: "connect", connection: name, ...login });
  const say: Hands["say"] = async (command) => {
    const answer = await client.ask({ kind: "say", connection: name, command });
    if (!answer.status.startsWith("OK")) throw new Error(`${name}: ${command}: ${answer.status}`);
    return answer;
  };
  if (item.unselected !== true) await say(`SELECT ${mailbox}`);
  return {
    hands: {
      mailbox,
      say,
      append: (into, count) =>
        client.ask({ kind: "append", connection: name, mailbox: into, first: 0, count }),
    },
    async find(command) {
      const {
        text = "",
        ms,
        status,
      } = await client.ask({ kind: "say", connection: name, command, keep: true });
      if (!status.startsWith("OK")) throw new Error(`${command}: ${status}`);
      const numbers = /^\* SEARCH([ \d]*)/m.exec(text)?.[1] ?? "";
      return { hits: numbers.split(" ").filter(Boolean).length, ms };
    },
    async end() {
      await client.ask({ kind: "close", connection: name });
      // A server may have work left that a closed session gives it.
      await wait(30);
    },
  };
}
