/** The IMAP bench as a whole: mailboxes of two sizes, sessions that wait, delivery, and one very large mailbox. */
import type { Progress } from "../progress.ts";
import { hasWantedRow, MS, PER_SECOND, type RowResult, type Unit } from "./cases.ts";
import { startField, type Contestant, type Field, type Ours } from "./contestants.ts";
import { deliver } from "./delivery.ts";
import { startLoadClient, type LoadClient } from "./load-client.ts";
import { benchMailbox, countSteps, settle, type MailboxPace } from "./mailboxes.ts";
import { idlerWeight, prepareIdlers, wakeTimes, weightKb } from "./resting.ts";

const KB: Unit = { name: "kB", better: "less" };
const MB: Unit = { name: "MB", better: "less" };

const LARGE = 100_000;
const HUGE = 200_000;
const HUGE_MAILBOX = "Huge";
const OPEN_ROUNDS = 3;
const SETTLE_WITHIN_MS = 120_000;

const RESTING = ["new mail, APPEND to EXISTS under IDLE", "memory of an idle connection"] as const;
const DELIVERY = "delivery, SMTP to visible by IMAP";
const OPENING = ["SELECT, first after a start", "memory at rest, opened"] as const;

/** Goals of issue 3. */
const WAKE_MS_MAX = 5;
const IDLER_KB_MAX = 25;
const DELIVERY_TIMES_MIN = 8;
const OPEN_MS_MAX = 100;
const REST_MB_MAX = 150;

export type ImapPace = {
  readonly mailboxes: readonly MailboxPace[];
  readonly wakes: number;
  readonly idlers: number;
  readonly deliveryRounds: number;
  /** Of one load: theirs is a tenth of ours, so that both take about as long. */
  readonly deliveries: number;
  readonly huge: boolean;
  /** False: the others alone. */
  readonly withOurs: boolean;
  /** Only rows whose title has these letters. */
  readonly only: string | undefined;
};

/** What the command line may say about it. */
export type ImapWords = {
  readonly quick: boolean;
  readonly withOurs: boolean;
  readonly only: string | undefined;
  /** One mailbox of this size. */
  readonly messages: number | undefined;
};

export function imapPace({ quick, withOurs, only, messages }: ImapWords): ImapPace {
  const both = { idlers: 1_000, withOurs, only };
  const pace = paceOf(quick, both);
  if (messages === undefined) return pace;
  return { ...pace, mailboxes: [{ messages, rounds: quick ? 3 : 5 }], huge: false };
}

function paceOf(quick: boolean, both: Pick<ImapPace, "idlers" | "withOurs" | "only">): ImapPace {
  return quick
    ? {
        ...both,
        mailboxes: [{ messages: 10_000, rounds: 3 }],
        wakes: 5,
        deliveryRounds: 2,
        deliveries: 4_000,
        huge: false,
      }
    : {
        ...both,
        mailboxes: [
          { messages: 10_000, rounds: 5 },
          { messages: LARGE, rounds: 3 },
        ],
        wakes: 20,
        deliveryRounds: 3,
        deliveries: 10_000,
        huge: true,
      };
}

export function countImapSteps(pace: ImapPace): number {
  const contestants = pace.withOurs ? 3 : 2;
  const mailboxes = pace.mailboxes.reduce((sum, one) => sum + countSteps(one, contestants, pace.only), 0);
  const resting = wants(pace, RESTING) ? contestants * 2 : 0;
  const delivery = wants(pace, [DELIVERY]) ? contestants * pace.deliveryRounds : 0;
  return mailboxes + resting + delivery + (pace.huge && pace.withOurs && wants(pace, OPENING) ? 2 : 0);
}

function wants({ only }: ImapPace, titles: readonly string[]): boolean {
  return hasWantedRow(titles, only);
}

export async function benchImap(folder: string, pace: ImapPace, progress: Progress): Promise<RowResult[]> {
  const field = await startField(folder, pace.withOurs);
  const client = startLoadClient();
  try {
    return await runAll(field, client, pace, progress);
  } finally {
    await client.stop();
    await field.stop();
  }
}

async function runAll(
  field: Field,
  client: LoadClient,
  pace: ImapPace,
  progress: Progress,
): Promise<RowResult[]> {
  const { contestants, ours } = field;
  const results: RowResult[] = [];
  if (wants(pace, RESTING)) results.push(...(await restingRows(contestants, client, pace, progress)));
  if (wants(pace, [DELIVERY])) results.push(await deliveryRow(contestants, client, pace, progress));
  for (const mailbox of pace.mailboxes)
    results.push(...(await benchMailbox(client, contestants, mailbox, pace.only, progress)));
  if (pace.huge && ours !== undefined && wants(pace, OPENING))
    results.push(...(await hugeRows(ours, client, pace.only === undefined, progress)));
  return results;
}

async function restingRows(
  contestants: readonly Contestant[],
  client: LoadClient,
  pace: ImapPace,
  progress: Progress,
): Promise<RowResult[]> {
  await prepareIdlers(client, contestants);
  const weights: Record<string, number[]> = {};
  const wakes: Record<string, readonly number[]> = {};
  for (const contestant of contestants) {
    progress.step(`${pace.idlers} idle connections: ${contestant.name}`);
    weights[contestant.name] = [await idlerWeight(client, contestant, pace.idlers)];
  }
  for (const contestant of contestants) {
    progress.step(`new mail under IDLE: ${contestant.name}`);
    wakes[contestant.name] = await wakeTimes(client, contestant, pace.wakes);
  }
  const weight = `${RESTING[1]}, one of ${pace.idlers}`;
  return [
    { title: RESTING[0], unit: MS, limit: WAKE_MS_MAX, figures: wakes },
    { title: weight, unit: KB, limit: IDLER_KB_MAX, figures: weights },
  ];
}

async function deliveryRow(
  contestants: readonly Contestant[],
  client: LoadClient,
  pace: ImapPace,
  progress: Progress,
): Promise<RowResult> {
  const figures: Record<string, number[]> = {};
  for (let round = 0; round <= pace.deliveryRounds; round++) {
    for (const contestant of contestants) {
      if (round > 0) progress.step(`delivery: ${contestant.name}, round ${round}`);
      const load = contestant.name === contestants[0]?.name ? pace.deliveries : pace.deliveries / 10;
      const rate = await deliver(client, contestant, round === 0 ? load / 10 : load);
      if (round > 0) (figures[contestant.name] ??= []).push(rate);
      await settle(contestant.pids().slice(0, 1), SETTLE_WITHIN_MS);
    }
  }
  return { title: DELIVERY, unit: PER_SECOND, goal: DELIVERY_TIMES_MIN, figures };
}

/** Half of it copies of the large one, if that was made, else all its own. Opened by a server that was just started. */
async function hugeRows(
  ours: Ours,
  client: LoadClient,
  hasLarge: boolean,
  progress: Progress,
): Promise<RowResult[]> {
  const connection = ours.name;
  const enter = (): Promise<unknown> => client.ask({ kind: "connect", connection, ...ours.login });
  const say = (command: string) => client.ask({ kind: "say", connection, command });
  progress.step(`${HUGE}: filling`);
  await enter();
  await say(`CREATE ${HUGE_MAILBOX}`);
  if (hasLarge) {
    await say(`SELECT Mail${LARGE}`);
    await say(`COPY 1:* ${HUGE_MAILBOX}`);
  }
  const first = hasLarge ? LARGE : 0;
  await client.ask({ kind: "fill", connection, mailbox: HUGE_MAILBOX, first, count: HUGE - first });
  await client.ask({ kind: "close", connection });
  await settle(ours.pids(), SETTLE_WITHIN_MS);
  progress.step(`${HUGE}: opening`);
  const opened: number[] = [];
  const weights: number[] = [];
  for (let round = 0; round < OPEN_ROUNDS; round++) {
    await ours.restart();
    await enter();
    opened.push((await say(`SELECT ${HUGE_MAILBOX}`)).ms);
    await settle(ours.pids(), SETTLE_WITHIN_MS);
    weights.push(weightKb(ours.pids()) / 1000);
    await client.ask({ kind: "close", connection });
  }
  const at = { messages: HUGE };
  return [
    {
      ...at,
      title: OPENING[0],
      unit: MS,
      limit: OPEN_MS_MAX,
      figures: { [ours.name]: opened },
    },
    {
      ...at,
      title: OPENING[1],
      unit: MB,
      limit: REST_MB_MAX,
      figures: { [ours.name]: weights },
    },
  ];
}
