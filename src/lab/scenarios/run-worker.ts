/**
 * Plays one scenario on a thread of its own and posts its progress. A changed lab file may keep it busy for ever or fill
 * the memory: whoever started the thread ends it.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { ScenarioProgress } from "./progress.ts";
import { listScenarios, runScenario } from "./index.ts";

export type RunRequest = {
  readonly name: string;
  /** In place of the scenario's own lab file. */
  readonly lab: string;
};

const { name, lab } = workerData as RunRequest;
const scenario = listScenarios().find((one) => one.name === name);
if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread, not a window
const post = (progress: ScenarioProgress): void => parentPort?.postMessage(progress);
await runScenario({ ...scenario, lab }, { onProgress: post });
