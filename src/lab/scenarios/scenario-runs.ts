/**
 * Scenarios played for somebody who watches: each on a thread of its own, bounded in time and memory, its progress kept so
 * that it can be told again from any point. The oldest runs are forgotten.
 */
import { Worker } from "node:worker_threads";
import type { JournalEvent } from "../../journal/events.ts";
import type { ScenarioProgress } from "./progress.ts";
import type { RunRequest } from "./run-worker.ts";

export type NumberedProgress = ScenarioProgress & { readonly number: number };

export type ScenarioRun = {
  readonly id: string;
  readonly scenario: string;
  readonly lab: string;
  readonly startedAt: number; // ms since 1970 UTC, real time
  /** In order, from 1. */
  readonly progress: readonly NumberedProgress[];
  readonly end: (ScenarioProgress & { readonly kind: "end" }) | undefined;
  events(): JournalEvent[];
  subscribe(wake: () => void): () => void;
};

export type ScenarioRuns = {
  /** Undefined when as many as may are under way. */
  start(request: RunRequest): ScenarioRun | undefined;
  find(id: string): ScenarioRun | undefined;
  close(): Promise<void>;
};

/** Limit: a scenario takes a tenth of a second; one that was broken may never end. */
export const RUN_MS_MAX = 20_000;
/** Limit: two cores; others are told to wait. */
const RUNNING_MAX = 2;
/** Limit: some 2 MB each. */
const KEPT_MAX = 12;
/** Limit: progress of one run, and events in it; a loop of mail makes many. */
const PROGRESS_MAX = 2_000;
const EVENTS_MAX = 20_000;
/** Limit: of a thread's heap, in MB. */
const HEAP_MB_MAX = 256;

const WORKER = new URL("./run-worker.ts", import.meta.url);

type OpenRun = ScenarioRun & { stop(why: string): Promise<void> };

export function createScenarioRuns(now: () => number, makeId: () => string): ScenarioRuns {
  /** Oldest first. */
  const runs = new Map<string, OpenRun>();
  return {
    start(request) {
      if ([...runs.values()].filter(({ end }) => end === undefined).length >= RUNNING_MAX) return undefined;
      const run = startRun(makeId(), now(), request);
      runs.set(run.id, run);
      for (const [id, { end }] of runs) if (runs.size > KEPT_MAX && end !== undefined) runs.delete(id);
      return run;
    },
    find: (id) => runs.get(id),
    async close() {
      await Promise.all([...runs.values()].map((run) => run.stop("the lab went down")));
      runs.clear();
    },
  };
}

function startRun(id: string, startedAt: number, request: RunRequest): OpenRun {
  const progress: NumberedProgress[] = [];
  const listeners = new Set<() => void>();
  let events = 0;
  let end: OpenRun["end"];
  const worker = new Worker(WORKER, {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  const timer = setTimeout(() => void stop(`it took longer than ${RUN_MS_MAX / 1_000} s`), RUN_MS_MAX);
  // A lab that goes down does not wait for a story.
  worker.unref();
  timer.unref();

  function add(one: ScenarioProgress): void {
    if (end !== undefined) return;
    if (one.kind === "events") {
      events += one.events.length;
      if (events > EVENTS_MAX) return void stop(`more than ${EVENTS_MAX} things happened`);
    }
    if (progress.length >= PROGRESS_MAX && one.kind !== "end") return;
    progress.push({ ...one, number: progress.length + 1 });
    if (one.kind === "end") end = one;
    for (const wake of listeners) wake();
  }

  async function stop(why: string): Promise<void> {
    clearTimeout(timer);
    add({ kind: "end", passed: false, durationMs: performance.now() - begun, why });
    await worker.terminate();
  }

  const begun = performance.now();
  worker.on("message", add);
  worker.on("error", (error) => void stop(error instanceof Error ? error.message : String(error)));
  worker.on("exit", () => void stop("it broke off"));
  return {
    id,
    scenario: request.name,
    lab: request.lab,
    startedAt,
    progress,
    get end() {
      return end;
    },
    events: () => progress.flatMap((one) => (one.kind === "events" ? one.events : [])),
    subscribe(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    stop,
  };
}
