/**
 * One run of a scenario as it is watched: begun or found again, its steps shown one after the other at a pace one can
 * follow (the run itself takes a tenth of a second), and its journeys at the end.
 */
import { ApiError, get, post } from "$lib/api.ts";
import { Live, type LiveEvent } from "$lib/live.svelte.ts";
import type { Trace } from "../../../../src/journal/trace.ts";
import type { ScenarioRunView } from "../../../../src/lab/api/scenario-routes.ts";
import type { Told } from "./steps.ts";

const NOTE_MS = 550;
const LINE_MS = 170;

type End = { readonly passed: boolean; readonly durationMs: number; readonly why?: string };

export class Play {
  run = $state.raw<ScenarioRunView>();
  /** What is shown so far. */
  told = $state.raw<readonly Told[]>([]);
  /** Set when all of it is shown. */
  end = $state.raw<End>();
  traces = $state.raw<readonly Trace[]>([]);
  starting = $state(false);
  #waiting: Told[] = [];
  #end: End | undefined;
  #live: Live | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isHurried = false;

  get isPlaying(): boolean {
    return this.starting || (this.run !== undefined && this.end === undefined);
  }

  /** Returns the run's id. Throws ApiError. */
  async start(name: string, lab: string | undefined): Promise<string> {
    this.starting = true;
    try {
      const body = lab === undefined ? {} : { lab };
      const run = await post<ScenarioRunView>(`/lab/v1/scenarios/${encodeURIComponent(name)}/runs`, body);
      this.#watch(run, window.matchMedia("(prefers-reduced-motion: reduce)").matches);
      return run.id;
    } finally {
      this.starting = false;
    }
  }

  /** Shows an earlier run, all at once. False when the lab has forgotten it. */
  async find(id: string): Promise<boolean> {
    try {
      this.#watch(await get<ScenarioRunView>(`/lab/v1/scenario-runs/${encodeURIComponent(id)}`), true);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Shows the rest at once. */
  hurry(): void {
    this.#isHurried = true;
    this.#show();
  }

  /** Ends watching; the run goes on without us. */
  close(): void {
    this.#live?.close();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** As before the first run. */
  clear(): void {
    this.close();
    this.run = undefined;
    this.told = [];
    this.traces = [];
    this.end = undefined;
    this.#waiting = [];
    this.#end = undefined;
  }

  #watch(run: ScenarioRunView, isHurried: boolean): void {
    this.clear();
    this.run = run;
    this.#isHurried = isHurried;
    this.#live = new Live({
      url: `/lab/v1/scenario-runs/${run.id}/progress`,
      kinds: ["note", "measured", "assertion", "end"],
      onEvents: (events) => this.#take(run, events),
    });
  }

  #take(run: ScenarioRunView, events: readonly LiveEvent[]): void {
    for (const { kind, data } of events) {
      if (kind === "end") {
        this.#end = JSON.parse(data) as End;
        this.#live?.close();
        // Without its journeys a run is still worth reading.
        get<readonly Trace[]>(`/lab/v1/scenario-runs/${run.id}/traces`).then(
          (traces) => (this.traces = traces),
          () => undefined,
        );
      } else this.#waiting.push({ kind, ...(JSON.parse(data) as object) } as Told);
    }
    this.#timer ??= setTimeout(() => this.#show(), 0);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const count = this.#isHurried ? this.#waiting.length : 1;
    const shown = this.#waiting.splice(0, count);
    if (shown.length > 0) this.told = [...this.told, ...shown];
    const next = this.#waiting[0];
    if (next !== undefined)
      this.#timer = setTimeout(() => this.#show(), next.kind === "note" ? NOTE_MS : LINE_MS);
    else if (this.#end !== undefined) this.end = this.#end;
  }
}
