/**
 * One line on standard output, in the hands of the system when the call returns: what was said before a deed was said,
 * whatever the deed brings. Not by process.stdout: when the pipe is full for a moment, that keeps lines in the process,
 * and a kill takes them along.
 */
import { writeSync } from "node:fs";

const STDOUT = 1;
/** Until whoever reads has made room. */
const PAUSE_MS = 1;
const never = new Int32Array(new SharedArrayBuffer(4));

export function say(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(STDOUT, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(never, 0, 0, PAUSE_MS);
    }
  }
}
