/**
 * Waiting for something to become true in a lab, without polling: each journal event is a reason to look again. In a
 * simulation nothing moves by itself, so the wait is what drives it; there a wait never takes real time it does not need.
 */
import type { Journal } from "../../journal/journal.ts";
import type { LabEnvironment, WaitOptions } from "../lab.ts";

export const WAIT_MS = 5_000;

/** Limit: how far `advanceClock` goes: past every retry, warning and expiry of any sane queue. */
const ADVANCE_MS_MAX = 30 * 86_400_000;

/** Between two jumps real sockets get this long to carry what the jump set going. */
const BREATH_MS = 5;

export type Waiting = { readonly environment: LabEnvironment; readonly journal: Journal };

/** What `look` found, or undefined when the time was over. */
export async function waitUntil<T>(
  { environment, journal }: Waiting,
  look: () => Promise<T | undefined>,
  { timeoutMs = WAIT_MS, advanceClock = false }: WaitOptions = {},
): Promise<T | undefined> {
  const found = await look();
  if (found !== undefined) return found;
  return environment.mode === "simulated"
    ? drive(environment, journal, look, timeoutMs, advanceClock)
    : listen(environment, journal, look, timeoutMs, advanceClock);
}

async function drive<T>(
  environment: LabEnvironment,
  journal: Journal,
  look: () => Promise<T | undefined>,
  timeoutMs: number,
  advanceClock: boolean,
): Promise<T | undefined> {
  const until = environment.clock.now() + (advanceClock ? ADVANCE_MS_MAX : timeoutMs);
  const realUntil = performance.now() + Math.max(timeoutMs, WAIT_MS);
  let seen = journal.lastId;
  while (performance.now() < realUntil && (await environment.step(until))) {
    if (journal.lastId === seen) continue;
    seen = journal.lastId;
    const found = await look();
    if (found !== undefined) return found;
  }
  return look();
}

function listen<T>(
  environment: LabEnvironment,
  journal: Journal,
  look: () => Promise<T | undefined>,
  timeoutMs: number,
  advanceClock: boolean,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let isLooking = false;
    let isStale = false;
    const end = (found: T | undefined, error?: unknown): void => {
      if (isOver) return;
      isOver = true;
      stop();
      clearTimeout(timer);
      if (error === undefined) resolve(found);
      else reject(error as Error);
    };
    const again = async (): Promise<void> => {
      isStale = true;
      if (isLooking) return;
      isLooking = true;
      try {
        while (isStale && !isOver) {
          isStale = false;
          const found = await look();
          if (found !== undefined) end(found);
        }
      } catch (error) {
        end(undefined, error);
      } finally {
        isLooking = false;
      }
    };
    const stop = journal.subscribe(() => void again());
    const timer = setTimeout(() => void again().then(() => end(undefined)), timeoutMs);
    // What happened between the first look and the subscription.
    void again();
    if (advanceClock) void jump(environment, () => isOver).catch((error: unknown) => end(undefined, error));
  });
}

async function jump(environment: LabEnvironment, isOver: () => boolean): Promise<void> {
  const until = environment.clock.now() + ADVANCE_MS_MAX;
  while (!isOver()) {
    if (!(await environment.step(until))) return;
    await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
  }
}
