/**
 * Waits for the other side's turn to be over, but not for long: what comes later comes as news. A simulated world is
 * pushed on meanwhile, a few seconds of its time at most, so that a server's own timeouts do not fire by accident.
 */
import type { LabEnvironment } from "../lab.ts";

/** Limit: real time; a person has long looked elsewhere. */
const PATIENCE_MS = 3_000;
/** Limit: lab time in a simulation; more than any answer takes, less than any timeout. */
const LAB_PATIENCE_MS = 10_000;
/** A goodbye is followed by the end of the connection a packet later. */
const LINGER_MS = 20;

export async function turnOver(
  environment: LabEnvironment,
  over: Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  if (environment.mode === "loopback") {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([over, patience]);
    clearTimeout(timer);
    return;
  }
  let isDone = false;
  void over.then(() => (isDone = true));
  const until = environment.clock.now() + LAB_PATIENCE_MS;
  while (!(isDone && isOver()) && (await environment.step(until)));
  const linger = environment.clock.now() + LINGER_MS;
  while (await environment.step(linger));
}
