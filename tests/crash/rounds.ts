/**
 * Rounds of killing: starts the child, kills it (by a signal at a random moment, or by strace at the nth system call
 * of a kind), checks what is left, and goes on in the same folder. Ends only the process it started.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "../../src/base/random.ts";
import { checkSpool, checkStore } from "./check.ts";
import { emptyLedger, type Ledger, readLedger } from "./ledger.ts";

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));
/** Limit: a child that nobody killed in this time ends by itself. */
const CHILD_SECONDS = 3;

export type Killing =
  | { readonly how: "signal"; readonly afterMs: number }
  | { readonly how: "syscall"; readonly syscall: string; readonly nth: number };

export type Round = {
  readonly killing: Killing;
  readonly wasKilled: boolean;
  readonly acknowledged: number;
  readonly inSpool: number;
  readonly inStore: number;
};

/** A kill that comes some 5 to 150 ms after the first acknowledgement. */
export function randomKilling(random: Random): Killing {
  return { how: "signal", afterMs: 5 + random.integer(145) };
}

export function startRounds(folder: string): (killing: Killing) => Promise<Round> {
  const ledger: Ledger = emptyLedger();
  let number = 0;
  return async (killing) => {
    const { output, wasKilled } = await runChild([CHILD, folder, String(number++)], killing);
    const before = ledger.added.size;
    readLedger(ledger, output);
    // A line that was cut off says less than was done: what is there may be more than the ledger knows.
    const inSpool = await checkSpool(join(folder, "spool"), ledger);
    const inStore = await checkStore(join(folder, "store"), "bob@nemesis.test", ledger);
    return { killing, wasKilled, acknowledged: ledger.added.size - before, inSpool, inStore };
  };
}

/** `words`: the child's file, its folder, the number of the round. */
export function runChild(
  words: readonly string[],
  killing: Killing,
): Promise<{ output: string; wasKilled: boolean }> {
  const command = [process.execPath, ...words, String(CHILD_SECONDS)];
  if (killing.how === "syscall") {
    const { syscall, nth } = killing;
    const inject = ["-e", `trace=${syscall}`, "-e", `inject=${syscall}:signal=KILL:when=${nth}`];
    command.unshift("strace", "-f", "-qq", "-o", "/dev/null", ...inject);
  }
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (killing.how === "signal") timer ??= setTimeout(() => child.kill("SIGKILL"), killing.afterMs);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const wasKilled = signal === "SIGKILL" || code === 137;
      if (wasKilled || code === 0) resolve({ output, wasKilled });
      else reject(new Error(`the child ended by itself with ${code ?? signal}: ${errors}`));
    });
  });
}
