/** Time as the house sees it. The lab's clock can be stopped and moved; nobody may read the machine's own. */

export type Timer = { cancel(): void };

export type Clock = {
  /** Milliseconds since 1970-01-01 UTC in this world's time. */
  now(): number;
  /** Runs `run` once, `delayMs` of world time from now. Timers due at one instant run in the order they were set. */
  after(delayMs: number, run: () => void): Timer;
};

export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
