/**
 * Gives back what starting up took: sources read, files checked, code compiled once. node collects old space only when
 * it grows, and a lab at rest does not. Without a collector to call it does nothing; it never fails.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Late enough that what starting up has set going is done. */
const AFTER_MS = 500;

/** Soon, once, in the turn of a timer that keeps nobody alive. */
export function collectOnce(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  // As it was: compiled code is kept on disk for these very flags.
  setFlagsFromString("--no-expose-gc");
  if (typeof collect !== "function") return;
  setTimeout(
    () => void collect({ type: "major", flavor: "last-resort", execution: "sync" }),
    AFTER_MS,
  ).unref();
}
