/**
 * The long crash run: `run.ts --rounds 200 [--what storage|mailboxes|server] [--seed 1]`: queue and store alone, changes to
 * mailboxes, or the whole server under SMTP load. Half of the rounds kill at a random moment; where strace is installed, the other half kill
 * at the nth sync, write or removal. Prints each round; the folder is kept when one fails.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/base/random.ts";
import { startMailboxRounds } from "./mailbox-rounds.ts";
import { type Killing, randomKilling, startRounds } from "./rounds.ts";
import { startServerRounds } from "./server-rounds.ts";

const SYSCALLS = ["fdatasync", "pwritev", "pwrite64", "fsync", "unlink"] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    what: { type: "string", default: "server" },
    seed: { type: "string", default: "1" },
  },
});
const random = seededRandom(Number(values.seed));
const hasStrace = spawnSync("strace", ["-V"]).status === 0;
if (!hasStrace) console.log("strace is not installed: all rounds kill at a random moment");
const folder = mkdtempSync(join(tmpdir(), "posthorn-crash-"));
const round =
  values.what === "storage"
    ? storageRounds(folder)
    : values.what === "mailboxes"
      ? mailboxRounds(folder)
      : await startServerRounds(folder);
const rounds = Number(values.rounds);

/** Every kind of round tells how many messages are where. */
function storageRounds(where: string) {
  const one = startRounds(where);
  return async (killing: Killing) => {
    const { wasKilled, acknowledged, inSpool, inStore } = await one(killing);
    return { wasKilled, acknowledged, queued: inSpool, stored: inStore };
  };
}

function mailboxRounds(where: string) {
  const one = startMailboxRounds(where);
  return async (killing: Killing) => {
    const { wasKilled, deeds, messages } = await one(killing);
    return { wasKilled, acknowledged: deeds, queued: 0, stored: messages };
  };
}

/** Each kind of system call in turn, at its 1st, 2nd … call of a thread. */
function killingOf(n: number): Killing {
  if (!hasStrace || n % 2 === 0) return randomKilling(random);
  const step = (n - 1) / 2;
  const syscall = SYSCALLS[step % SYSCALLS.length] as string;
  return { how: "syscall", syscall, nth: 1 + (Math.floor(step / SYSCALLS.length) % 40) };
}

let killed = 0;
let acknowledged = 0;
try {
  for (let n = 0; n < rounds; n++) {
    const killing = killingOf(n);
    const result = await round(killing);
    if (result.wasKilled) killed++;
    acknowledged += result.acknowledged;
    const how =
      killing.how === "signal" ? `after ${killing.afterMs} ms` : `at ${killing.syscall} ${killing.nth}`;
    const end = result.wasKilled ? "killed" : "ended by itself";
    console.log(
      `${n + 1}/${rounds} ${how}: ${end}, ${result.acknowledged} acknowledged, ${result.queued} queued, ${result.stored} stored`,
    );
  }
  console.log(
    `${killed} of ${rounds} rounds killed, ${acknowledged} messages or changes acknowledged, none lost, none twice`,
  );
  rmSync(folder, { recursive: true });
} catch (error) {
  console.error(`${folder} is kept`);
  throw error;
}
