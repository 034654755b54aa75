/** What the figures stand on: processor, memory, file system, versions, and how long this disk takes to be sure. */
import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./statistics.ts";

export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly postfix: string;
  readonly fileSystem: string;
  /** One 10 KiB append and its fdatasync, alone. */
  readonly appendSyncMs: number;
  /** One new 10 KiB file and its fsync: what a queue with a file a message pays. */
  readonly newFileSyncMs: number;
};

const SYNC_SAMPLES = 100;

export function describeMachine(folder: string): Machine {
  const said = (program: string, ...words: string[]): string => {
    try {
      return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      return "none";
    }
  };
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    postfix: said("postconf", "-dh", "mail_version"),
    fileSystem: said("stat", "-f", "-c", "%T", folder),
    ...measureSyncs(folder),
  };
}

function measureSyncs(parent: string): Pick<Machine, "appendSyncMs" | "newFileSyncMs"> {
  const folder = mkdtempSync(join(parent, "sync-"));
  const bytes = Buffer.alloc(10 * 1024, "x");
  const timed = (run: () => void): number => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const log = openSync(join(folder, "log"), "a");
  const appends = Array.from({ length: SYNC_SAMPLES }, () =>
    timed(() => {
      writeSync(log, bytes);
      fdatasyncSync(log);
    }),
  );
  closeSync(log);
  const files = Array.from({ length: SYNC_SAMPLES }, (_, index) =>
    timed(() => {
      const file = openSync(join(folder, String(index)), "wx");
      writeSync(file, bytes);
      fsyncSync(file);
      closeSync(file);
    }),
  );
  rmSync(folder, { recursive: true });
  return { appendSyncMs: median(appends), newFileSyncMs: median(files) };
}

export function formatMachine(machine: Machine): string {
  return [
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGib} GiB, Linux ${machine.kernel}, ${machine.fileSystem}`,
    `Node ${machine.node}, Postfix ${machine.postfix}`,
    `a synced 10 KiB append takes ${machine.appendSyncMs.toFixed(2)} ms, a synced new file ${machine.newFileSyncMs.toFixed(2)} ms (medians of ${SYNC_SAMPLES})`,
  ].join("\n");
}
