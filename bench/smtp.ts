/**
 * SMTP throughput, ours and Postfix's, interleaved: in each round every contestant takes the same load from the same
 * program, one after the other, while the rest are at rest. `accept` ends at the last 250, with the mail kept in the
 * queue (Postfix holds it, our next hop never answers); `relay` ends when the last message has reached the sink.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { freePort, runLoad, startSilence, startSink, type Sink } from "./load.ts";
import { startPostfix, type Postfix } from "./postfix.ts";
import { rests, servePosthorn } from "./posthorn.ts";
import type { Progress } from "./progress.ts";
import { smtpCases, titleOf, type SmtpCase, type SmtpKind } from "./smtp-cases.ts";
import { median } from "./statistics.ts";

export type Pace = {
  readonly rounds: number;
  /** How long one load should take: its number of messages is set from the warm-up's rate. */
  readonly loadSeconds: number;
  readonly quick: boolean;
};

/** Messages a second of each round, by contestant. */
export type SmtpResult = SmtpCase & { readonly title: string; readonly rates: Record<string, number[]> };

export const OURS = "posthorn";
export const POSTFIX_DISK = "postfix";
export const POSTFIX_MEMORY = "postfix, queue in memory";

/** Limit: what one load may leave in a queue; a queue in memory must hold it too. */
const LOAD_BYTES_MAX = 400 * 1024 ** 2;
const WARM_UP_MESSAGES = 400;
/** A server runs for months: it is measured when its processes stand and its compiler is done, not in its first second. */
const WARM_UP_SECONDS = 4;

type Contestant = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Leaves the contestant idle, with room for the next load. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

/** Runs all rows. `memoryFolder` is on tmpfs; without one that contestant is left out. */
export async function benchSmtp(
  folder: string,
  memoryFolder: string | undefined,
  pace: Pace,
  progress: Progress,
): Promise<SmtpResult[]> {
  const results: SmtpResult[] = [];
  for (const kind of ["accept", "relay"] as const) {
    const cases = smtpCases(pace.quick).filter((item) => item.kind === kind);
    const silence = await startSilence();
    const sink = await startSink(await freePort());
    const contestants: Contestant[] = [];
    try {
      const nextHop = kind === "accept" ? silence.port : sink.port;
      await enter(contestants, kind, nextHop, join(folder, kind), memoryFolder && join(memoryFolder, kind));
      for (const item of cases) results.push(await runCase(item, contestants, sink, pace, progress));
    } finally {
      // One that will not stop must not keep the others running.
      const stops = [...contestants, sink, silence].map((one) => one.stop());
      for (const stopped of await Promise.allSettled(stops))
        if (stopped.status === "rejected") console.error(stopped.reason);
    }
  }
  return results;
}

/** How many steps `benchSmtp` reports. */
export function countSteps(pace: Pace, contestants: number): number {
  return smtpCases(pace.quick).length * (pace.rounds + 1) * contestants;
}

async function enter(
  contestants: Contestant[],
  kind: SmtpKind,
  nextHop: number,
  folder: string,
  memoryFolder: string | undefined,
): Promise<void> {
  const destinations = kind === "accept" ? 1 : 20;
  const ours = await servePosthorn(`${folder}-ours`, await freePort(), nextHop, destinations);
  contestants.push({
    name: OURS,
    address: ours.address,
    port: ours.port,
    settle: () => rests(ours.pid),
    stop: () => ours.stop(),
  });
  const settings = postfixSettings(kind, nextHop);
  const port = await freePort();
  const disk = await startPostfix({ folder: `${folder}-postfix`, address: "127.0.0.1", port, settings });
  contestants.push(postfixContestant(POSTFIX_DISK, disk));
  if (memoryFolder === undefined) return;
  const memory = await startPostfix({
    folder: `${folder}-postfix-memory`,
    queueFolder: memoryFolder,
    address: "127.0.0.1",
    port: await freePort(),
    settings,
  });
  contestants.push(postfixContestant(POSTFIX_MEMORY, memory));
}

/**
 * Postfix as its friends would tune it for this load: no reverse look-ups, no DNS, no brake between intake and
 * delivery, the destination at full width from the start. Its durability is untouched.
 */
function postfixSettings(kind: SmtpKind, nextHop: number): Record<string, string> {
  return {
    myhostname: "postfix.bench.test",
    relayhost: `[127.0.0.1]:${nextHop}`,
    smtpd_peername_lookup: "no",
    smtpd_tls_security_level: "none",
    smtp_tls_security_level: "none",
    smtp_dns_support_level: "disabled",
    in_flow_delay: "0",
    default_process_limit: "200",
    initial_destination_concurrency: "20",
    smtp_destination_concurrency_limit: "20",
    ...(kind === "accept" ? { smtpd_client_restrictions: "check_client_access static:hold" } : {}),
  };
}

function postfixContestant(name: string, postfix: Postfix): Contestant {
  return {
    name,
    address: postfix.address,
    port: postfix.port,
    settle: () => postfix.empty(),
    stop: () => postfix.stop(),
  };
}

async function runCase(
  item: SmtpCase,
  contestants: readonly Contestant[],
  sink: Sink,
  pace: Pace,
  progress: Progress,
): Promise<SmtpResult> {
  const title = titleOf(item);
  const messages = new Map<string, number>();
  for (const contestant of contestants) {
    progress.step(`${title}: ${contestant.name} warms up`);
    const most = Math.floor(LOAD_BYTES_MAX / item.sizeBytes);
    const countFor = (rate: number): number =>
      Math.max(WARM_UP_MESSAGES, Math.min(most, Math.round(rate * pace.loadSeconds)));
    // The first run only starts processes; each later one is as long as the rate before it says.
    await measure(item, contestant, WARM_UP_MESSAGES, sink);
    let count = WARM_UP_MESSAGES;
    const end = performance.now() + WARM_UP_SECONDS * 1000;
    do count = countFor(await measure(item, contestant, count, sink));
    while (performance.now() < end);
    messages.set(contestant.name, count);
  }
  const rates: Record<string, number[]> = {};
  for (let round = 1; round <= pace.rounds; round++) {
    for (const contestant of contestants) {
      progress.step(`${title}: ${contestant.name}, round ${round}`);
      const count = messages.get(contestant.name) ?? WARM_UP_MESSAGES;
      (rates[contestant.name] ??= []).push(await measure(item, contestant, count, sink));
    }
  }
  const told = Object.entries(rates).map(([name, values]) => `${name} ${Math.round(median(values))}/s`);
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001b[K" : ""}${title}: ${told.join(", ")}\n`);
  return { ...item, title, rates };
}

/** Messages a second of one load. What the last one left to be written is written before, not during. */
async function measure(
  item: SmtpCase,
  contestant: Contestant,
  messages: number,
  sink: Sink,
): Promise<number> {
  execFileSync("sync");
  const { address, port } = contestant;
  const { sizeBytes, sessions, reuse } = item;
  const expected = sink.received() + messages;
  const start = performance.now();
  let seconds = await runLoad({ address, port, messages, sessions, sizeBytes, reuse });
  if (item.kind === "relay") {
    await sink.until(expected);
    seconds = (performance.now() - start) / 1000;
  }
  await contestant.settle();
  return messages / seconds;
}
