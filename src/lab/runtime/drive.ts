/** Brings a promise to its end in a world that only moves when it is pushed; in one that moves by itself, waits. */
import { LabError, type LabEnvironment } from "../lab.ts";

/** Limit: lab time one question or one send may take; past every timeout of a conversation. */
const LAB_MS_MAX = 3_600_000;

export async function drive<T>(environment: LabEnvironment, promise: Promise<T>): Promise<T> {
  if (environment.mode === "loopback") return promise;
  let isDone = false;
  const ended = promise.finally(() => {
    isDone = true;
  });
  // Whoever awaits `ended` below sees its rejection; until then it must not count as unhandled.
  ended.catch(() => undefined);
  const until = environment.clock.now() + LAB_MS_MAX;
  while (!isDone && (await environment.step(until)));
  // Promises that no timer stands behind settle within a turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (!isDone) throw new LabError("the lab came to rest before this was answered");
  return ended;
}
