/**
 * Time that stands still until it is moved, and then jumps from event to event: five days take milliseconds. Between
 * two events everything that was promised settles first. A world that never comes to rest is stopped with a Fault
 * "overload" that says so. It must never ask the machine for the time.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import { createEventHeap, type SimulatedEvent } from "./event-heap.ts";

/** Limit: events of one move; past this the world runs in circles. */
const EVENTS_MAX = 20_000_000;
/** Limit: events at one instant; past this something re-arms itself without delay. */
const EVENTS_AT_ONE_INSTANT_MAX = 200_000;

export type SimulatedClock = Clock & {
  /** Runs everything due in the next `ms`, in order, and leaves time there. */
  advance(ms: number): Promise<void>;
  /** The same up to `time`; a time gone by only settles. */
  advanceTo(time: number): Promise<void>;
  /** Runs until nothing is planned, or until `limitMs` have passed, and leaves time at the last event. True when idle. */
  runUntilIdle(limits: { limitMs: number }): Promise<boolean>;
  /** Runs until `done` says so after an event, or until `limitMs` have passed. True when done. */
  runUntil(done: () => boolean, limits: { limitMs: number }): Promise<boolean>;
  /** Jumps to the next event and runs it. False when nothing is planned. */
  step(): Promise<boolean>;
  /** When the next event is due. */
  readonly nextAt: number | undefined;
  /** Events planned and not cancelled. */
  readonly pending: number;
};

export type SimulatedClockOptions = {
  /** Milliseconds since 1970 UTC. */
  readonly startAt: number;
  /** Lets every promise settle; a turn of the machine's loop unless told otherwise. */
  readonly yieldTurn?: () => Promise<void>;
  readonly eventsMax?: number;
  readonly eventsAtOneInstantMax?: number;
};

export function createSimulatedClock(options: SimulatedClockOptions): SimulatedClock {
  const eventsMax = options.eventsMax ?? EVENTS_MAX;
  const instantMax = options.eventsAtOneInstantMax ?? EVENTS_AT_ONE_INSTANT_MAX;
  const yieldTurn = options.yieldTurn ?? settle;
  const heap = createEventHeap();
  let now = options.startAt;
  let sequence = 0;
  let moving: Promise<unknown> = Promise.resolve();

  /** One mover at a time: a second one waits for the first, so that order does not depend on who asked. */
  function move<T>(run: () => Promise<T>): Promise<T> {
    const moved = moving.then(run, run);
    moving = moved.catch(() => undefined);
    return moved;
  }

  /** Runs events up to and with `limit`, until `done`. */
  async function run(limit: number, done: () => boolean): Promise<boolean> {
    let events = 0;
    let eventsNow = 0;
    await yieldTurn();
    while (!done()) {
      const event = heap.peek();
      if (event === undefined || event.at > limit) return false;
      eventsNow = event.at > now ? 0 : eventsNow + 1;
      if (++events > eventsMax || eventsNow > instantMax) throw runaway(events, eventsNow);
      runNext();
      await yieldTurn();
    }
    return true;
  }

  function runNext(): boolean {
    const event = heap.pop();
    if (event === undefined) return false;
    now = Math.max(now, event.at);
    event.run();
    return true;
  }

  async function runUpTo(time: number): Promise<void> {
    await run(time, never);
    now = Math.max(now, time);
  }

  return {
    now: () => now,
    after(delayMs, run): Timer {
      const event: SimulatedEvent = { at: now + Math.max(0, delayMs), sequence: ++sequence, run };
      heap.push(event);
      return { cancel: () => heap.remove(event) };
    },
    advance: (ms) => move(() => runUpTo(now + ms)),
    advanceTo: (time) => move(() => runUpTo(time)),
    runUntilIdle: ({ limitMs }) =>
      move(async () => {
        await run(now + limitMs, never);
        return heap.size === 0;
      }),
    runUntil: (done, { limitMs }) => move(() => run(now + limitMs, done)),
    step: () =>
      move(async () => {
        await yieldTurn();
        const ran = runNext();
        await yieldTurn();
        return ran;
      }),
    get nextAt() {
      return heap.peek()?.at;
    },
    get pending() {
      return heap.size;
    },
  };
}

const never = (): boolean => false;

/** Microtasks all run before the loop's next turn, so one turn is enough, however long their chains. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function runaway(events: number, eventsNow: number): Fault {
  return new Fault(
    "overload",
    `the simulated world does not come to rest: ${events} events, ${eventsNow} of them at one instant`,
  );
}
