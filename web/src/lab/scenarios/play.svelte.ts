/**
 * One run of a scenario as it is watched: begun or found again, its steps shown one after the other at a pace one can
 * follow (the run itself takes a tenth of a second), and with each step its journeys as they stood then.
 */
import { ApiError, get, post } from "$lib/api.ts";
import { Live, type LiveEvent } from "$lib/live.svelte.ts";
import type { Trace } from "../../../../src/journal/trace.ts";
import type { ScenarioRunView } from "../../../../src/lab/api/scenario-routes.ts";
import type { Told } from "./steps.ts";

const NOTE_MS = 550;
const LINE_MS = 170;

/** What waits to be shown. */
type Piece = Told | { readonly kind: "events"; readonly journeys: readonly Trace[] };
type End = { readonly passed: boolean; readonly durationMs: number; readonly why?: string };

export class Play {
  run = $state.raw<ScenarioRunView>();
  /** What is shown so far. */
  told = $state.raw<readonly Told[]>([]);
  /** Set when all of it is shown. */
  end = $state.raw<End>();
  traces = $state.raw<readonly Trace[]>([]);
  /** The journey that went on last. */
  moving = $state.raw<string>();
  starting = $state(false);
  #waiting: Piece[] = [];
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
    this.moving = undefined;
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
      kinds: ["note", "measured", "assertion", "events", "end"],
      onEvents: (events) => this.#take(events),
    });
  }

  #take(events: readonly LiveEvent[]): void {
    for (const { kind, data } of events) {
      if (kind === "end") {
        this.#end = JSON.parse(data) as End;
        this.#live?.close();
      } else this.#waiting.push({ kind, ...(JSON.parse(data) as object) } as Piece);
    }
    this.#timer ??= setTimeout(() => this.#show(), 0);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    do {
      const piece = this.#waiting.shift();
      if (piece?.kind === "events") this.#move(piece.journeys);
      else if (piece !== undefined) this.told = [...this.told, piece];
      // What went over the wire is shown with the step that it is about.
    } while (this.#waiting[0] !== undefined && (this.#isHurried || this.#waiting[0].kind === "events"));
    const next = this.#waiting[0];
    if (next !== undefined)
      this.#timer = setTimeout(() => this.#show(), next.kind === "note" ? NOTE_MS : LINE_MS);
    else if (this.#end !== undefined) this.#finish(this.#end);
  }

  #move(journeys: readonly Trace[]): void {
    if (journeys.length === 0) return;
    const byId = new Map(this.traces.map((trace) => [trace.id, trace]));
    for (const trace of journeys) byId.set(trace.id, trace);
    this.traces = [...byId.values()].toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
    this.moving = journeys.reduce((last, one) => (one.endedAt >= last.endedAt ? one : last)).id;
  }

  #finish(end: End): void {
    this.end = end;
    const { run } = this;
    if (run === undefined) return;
    // All of them, also those of a run too long to be followed; without them it is still worth reading.
    get<readonly Trace[]>(`/lab/v1/scenario-runs/${run.id}/traces`).then(
      (traces) => {
        if (this.run === run) this.traces = traces;
      },
      () => undefined,
    );
  }
}
