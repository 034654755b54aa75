/**
 * What every interop check stands on: a lab brought up as a user would (`posthorn lab up FILE`), foreign programs run
 * to their end, and the lab's own trace as the witness of what arrived. Nothing is skipped: a missing program fails.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, chmodSync, copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { greets } from "../../bench/postfix.ts";
import { POSTHORN, startPosthorn } from "../../bench/posthorn.ts";
import type { Trace } from "../../src/journal/journey.ts";

/** Limit: a program that takes longer hangs. */
const PROGRAM_WITHIN_MS = 30_000;
const ARRIVAL_WITHIN_MS = 15_000;
const LAB_UP_WITHIN_MS = 20_000;

export type Ran = { readonly code: number | null; readonly output: string };

/** One named check: throws when it does not hold. */
export type Check = { readonly name: string; run(lab: InteropLab): Promise<void> };

export type InteropLab = {
  /** A folder of this run, for what a program must read. */
  readonly folder: string;
  /** `posthorn WORDS…` as a user types it; throws unless it ends with 0. */
  posthorn(...words: string[]): Promise<string>;
  /** The journey of the one message with this subject. */
  trace(subject: string): Promise<Trace>;
  /** The same, as soon as each recipient has come to `result`. */
  arrival(subject: string, result?: Outcome): Promise<Trace>;
  stop(): Promise<void>;
};

export type Outcome = Trace["results"][number]["result"];

let subjects = 0;

/** A subject no other message has. */
export function freshSubject(what: string): string {
  return `interop-${process.pid}-${++subjects}-${what}`;
}

/** Runs a program to its end, with `input` on its stdin. */
export function run(
  program: string,
  words: readonly string[],
  input = "",
  withinMs = PROGRAM_WITHIN_MS,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"], timeout: withinMs });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** The same, and it must end well. */
export async function runWell(
  program: string,
  words: readonly string[],
  input = "",
  withinMs = PROGRAM_WITHIN_MS,
): Promise<string> {
  const { code, output } = await run(program, words, input, withinMs);
  if (code !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/** Brings up the lab of a file beside this one; ready when each of `doors` (port 25) greets. */
export async function startInteropLab(labFile: string, doors: readonly string[]): Promise<InteropLab> {
  const folder = mkdtempSync("/var/tmp/posthorn-interop-");
  chmodSync(folder, 0o755);
  const file = join(folder, basename(labFile));
  copyFileSync(fileURLToPath(new URL(labFile, import.meta.url)), file);
  const program = startPosthorn(["lab", "up", file], folder);
  const stop = async (): Promise<void> => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const door of doors) await Promise.race([greets(door, 25, LAB_UP_WITHIN_MS), program.failed]);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\nposthorn said: ${program.output()}`, { cause: error });
  }

  const posthorn = (...words: string[]): Promise<string> => runWell(process.execPath, [POSTHORN, ...words]);
  const trace = async (subject: string): Promise<Trace> =>
    JSON.parse(await posthorn("lab", "trace", `subject:${subject}`, "--json")) as Trace;
  return {
    folder,
    posthorn,
    trace,
    async arrival(subject, result = "delivered") {
      const end = Date.now() + ARRIVAL_WITHIN_MS;
      let last = "no trace yet";
      while (Date.now() < end) {
        const found = await trace(subject).catch((error: Error) => void (last = error.message));
        if (found?.results.length && found.results.every((one) => one.result === result)) return found;
        if (found)
          last = found.results.map((one) => `${one.recipient}: ${one.result} ${one.reply}`).join("; ");
        await wait(200);
      }
      throw new Error(`"${subject}" is not ${result} after ${ARRIVAL_WITHIN_MS} ms: ${last}`);
    },
    stop,
  };
}
