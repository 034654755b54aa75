/**
 * The lab's clock in the browser: asked for on entering, after each move and when something may have become due, and
 * reckoned in between from its pace. Everything on a lab page that says "in 4 h" reads it.
 */
import type { ClockView } from "../../../../src/lab/api/clock-routes.ts";
import { get, post } from "$lib/api.ts";
import { shell } from "$lib/shell.svelte.ts";
import { showError } from "$lib/toasts.svelte.ts";
import { type LabEvent, onLabEvents } from "../live/lab-events.svelte.ts";

/** Limit: asked at most so often, however much happens. */
const PAUSE_MS = 500;
/** The computer may have slept, or a test may have moved the clock without telling. */
const LOOK_AGAIN_MS = 20_000;
/** How often what is shown of it moves. */
const TICK_MS = 1_000;

export type ClockMove =
  | { readonly action: "advance"; readonly by: string }
  | { readonly action: "speed"; readonly factor: number }
  | { readonly action: "due" | "pause" | "resume" };

class LabClock {
  view = $state.raw<ClockView>();
  /** Lab time to the second, for what is shown. */
  tick = $state(0);
  moving = $state(false);
  #takenAt = 0;

  take(view: ClockView): void {
    this.view = view;
    this.#takenAt = performance.now();
    this.tick = this.now();
  }

  now(): number {
    const { view } = this;
    if (view === undefined) return Date.now();
    const ran = view.paused ? 0 : (performance.now() - this.#takenAt) * view.speed;
    return view.now + ran;
  }

  async refresh(): Promise<void> {
    this.take(await get<ClockView>("/lab/v1/clock"));
  }

  async move(move: ClockMove): Promise<void> {
    this.moving = true;
    try {
      await post("/lab/v1/clock", move);
      await this.refresh();
    } catch (error) {
      showError(error);
    } finally {
      this.moving = false;
    }
  }
}

export const labClock = new LabClock();

const TELLS = new Set<LabEvent["kind"]>(["clock", "outcome", "message.received", "fault.fired", "dsn"]);

/** Runs the clock while one is in the lab; returns what stops it. */
export function startLabClock(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // When the lab is gone the connection mark says so already.
  const ask = (): void => void labClock.refresh().catch(() => undefined);
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      ask();
    }, PAUSE_MS);
  };
  ask();
  const stopEvents = onLabEvents((events) => {
    if (events.some(({ kind }) => TELLS.has(kind))) soon();
  });
  const again = setInterval(ask, LOOK_AGAIN_MS);
  const ticking = setInterval(() => {
    labClock.tick = labClock.now();
    const due = labClock.view?.next?.at;
    if (due !== undefined && due <= labClock.tick) soon();
  }, TICK_MS);
  const stopChip = $effect.root(() => {
    $effect(() => {
      const { view } = labClock;
      if (view === undefined) return;
      shell.clock = {
        now: () => labClock.now(),
        state: view.paused ? "paused" : "running",
        note: view.paused ? "paused" : view.speed === 1 ? "lab time" : `× ${view.speed}`,
        href: "/lab/queues",
      };
    });
  });
  return () => {
    stopEvents();
    stopChip();
    clearTimeout(timer);
    clearInterval(again);
    clearInterval(ticking);
    shell.clock = undefined;
  };
}
