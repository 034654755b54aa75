/**
 * What an eight-host lab weighs: at rest, and after many messages through four of its hosts. Flat means that the
 * second half of the messages adds next to nothing: what is kept is bounded, what is stored is on disk.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { runLoad } from "./load.ts";
import { greets } from "./postfix.ts";
import { rests, startPosthorn } from "./posthorn.ts";
import type { Progress } from "./progress.ts";
import type { Verdict } from "./report.ts";

/** Goal of issue 2, in MB of 10^6 bytes. */
const REST_MB_MAX = 120;
/** Flat: the second half of the load adds less than this share. A collector's breathing is within it. */
const GROWTH_MAX = 0.1;
export const MEMORY_PORTIONS = 10;
const REST_MS = 3_000;
const JOURNEY_WITHIN_MS = 120_000;

/** Eight hosts; mail for sink.test goes gate → edge → mail, and is kept nowhere but in mail's drop mailbox. */
const LAB = `lab: memory
clock: real
domains:
  sink.test:  { mx: [edge:10] }
  other.test: { mx: [spare:10] }
hosts:
  dc:    { ip: 10.66.0.53, role: dns, forward: none }
  gate:  { ip: 10.66.0.11, role: smarthost, allow: [you, 127.0.0.0/8] }
  edge:  { ip: 10.66.0.12, role: relay, relay: { sink.test: mail } }
  mail:  { ip: 10.66.0.13, role: mailbox, accept: [sink.test] }
  spare: { ip: 10.66.0.14, role: mailbox, accept: [other.test] }
  smart: { ip: 10.66.0.15, role: smarthost, allow: [you, 127.0.0.0/8] }
  drop:  { ip: 10.66.0.16, role: drop, accept: ["[10.66.0.16]"], drop: ./Drop }
  app:   { ip: 10.66.0.90, role: submit, as: app@other.test, via: smart }
accounts:
  bench@sink.test: { password: bench }
`;

export type MemoryResult = {
  readonly restMb: number;
  readonly messages: number;
  /** After each tenth of the messages, the hosts at rest. */
  readonly loadedMb: readonly number[];
};

/** Resident memory of a process, MB of 10^6 bytes, from the kernel's own sum. */
export function residentMb(pid: number): number {
  const found = /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return (Number(found?.[1]) * 1024) / 1e6;
}

/** Needs root, as the lab stands on port 25 of 127.66.0.11. */
export async function benchMemory(
  folder: string,
  messages: number,
  progress: Progress,
): Promise<MemoryResult> {
  const file = join(folder, "memory.lab.yaml");
  writeFileSync(file, LAB);
  const lab = startPosthorn(["lab", "up", file], folder);
  try {
    await Promise.race([greets("127.66.0.11", 25), lab.failed]).catch((error: Error) => {
      throw new Error(`${error.message}\nposthorn said: ${lab.output()}`);
    });
    progress.step("the lab at rest");
    await wait(REST_MS);
    const restMb = residentMb(lab.pid);
    const loadedMb: number[] = [];
    for (let portion = 1; portion <= MEMORY_PORTIONS; portion++) {
      progress.step(`memory after ${(messages * portion) / MEMORY_PORTIONS} messages`);
      const count = messages / MEMORY_PORTIONS;
      const load = { address: "127.66.0.11", port: 25, messages: count, sessions: 20 };
      await runLoad({ ...load, sizeBytes: 1024, reuse: true });
      await quiet(lab.pid);
      loadedMb.push(residentMb(lab.pid));
    }
    return { restMb, messages, loadedMb };
  } finally {
    await lab.stop();
  }
}

/** Waits until the last message has made its way: the process rests twice in a row. */
async function quiet(pid: number): Promise<void> {
  const end = Date.now() + JOURNEY_WITHIN_MS;
  for (let calm = 0; calm < 2 && Date.now() < end;) {
    const before = performance.now();
    await rests(pid);
    calm = performance.now() - before < 450 ? calm + 1 : 0;
  }
}

/** Growth of the second half of the load over its first. */
export function growthOf(loadedMb: readonly number[]): number {
  const middle = loadedMb[Math.floor(loadedMb.length / 2) - 1] ?? Number.NaN;
  return (loadedMb.at(-1) ?? Number.NaN) / middle - 1;
}

export function memoryVerdicts(result: MemoryResult): Verdict[] {
  const growth = growthOf(result.loadedMb);
  return [
    {
      what: "eight-host lab at rest, MB",
      value: result.restMb,
      goal: REST_MB_MAX,
      reached: result.restMb < REST_MB_MAX,
    },
    {
      what: `growth over the second half of ${result.messages} messages`,
      value: growth,
      goal: GROWTH_MAX,
      reached: growth < GROWTH_MAX,
    },
  ];
}

export function formatMemory(result: MemoryResult): string {
  const loaded = result.loadedMb.map((mb) => mb.toFixed(0)).join(" ");
  return [
    `eight-host lab at rest: ${result.restMb.toFixed(0)} MB (goal under ${REST_MB_MAX})`,
    `after each tenth of ${result.messages} messages: ${loaded} MB`,
    `the second half added ${(growthOf(result.loadedMb) * 100).toFixed(1)} % (goal under ${GROWTH_MAX * 100} %)`,
  ].join("\n");
}
