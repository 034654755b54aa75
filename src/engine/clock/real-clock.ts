/** The machine's own time. The only place that reads it; everybody else is handed a Clock. Never fails. */
import type { Clock, Timer } from "../../base/clock.ts";

/** Limit: node's timers hold 31 bits of milliseconds; longer waits are taken in steps of this. */
const STEP_MS_MAX = 2 ** 31 - 1;

export function createRealClock(): Clock {
  return { now: () => Date.now(), after };
}

function after(delayMs: number, run: () => void): Timer {
  let restMs = Math.max(0, delayMs);
  let handle: NodeJS.Timeout;
  const arm = (): void => {
    const stepMs = Math.min(restMs, STEP_MS_MAX);
    restMs -= stepMs;
    handle = setTimeout(restMs > 0 ? arm : run, stepMs);
  };
  arm();
  return { cancel: () => clearTimeout(handle) };
}
