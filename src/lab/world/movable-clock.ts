/**
 * The lab's clock over real sockets: it runs by itself, can be paused, and can be moved forward through every timer
 * on the way, in order, waiting for the traffic each one sets off. It never goes back, and never moves while "real".
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import { createEventHeap, type SimulatedEvent } from "./event-heap.ts";

/** virtual: a second a second, and can be moved. x60: a minute a second. real: the machine's own, cannot be moved. */
export type ClockMode = "virtual" | "real" | "x60";

export type MovableClock = Clock & {
  readonly mode: ClockMode;
  readonly isPaused: boolean;
  setMode(mode: ClockMode): void;
  /** World seconds in a second; leaves "real" for a clock that can be moved. */
  readonly speed: number;
  setSpeed(factor: number): void;
  pause(): void;
  resume(): void;
  /** Fires all that is due until then, each at its own instant; resolves with how many. Afterwards it is paused or runs as before. */
  advance(ms: number): Promise<number>;
  /** Jumps to the next timer and fires all of that instant; resolves with its time, undefined when there is none. */
  next(): Promise<number | undefined>;
  /** When the next timer is due. */
  readonly nextAt: number | undefined;
};

export type MovableClockOptions = {
  readonly mode: ClockMode;
  /** Waits until what a timer set off has come to rest: see `createSettled`. */
  readonly settled?: (() => Promise<unknown>) | undefined;
  /** World time to begin with; the machine's when absent. */
  readonly startAt?: number | undefined;
};

/** Limit: timers fired by one move. A lab that needs more sets timers for ever without getting anywhere. */
const TIMERS_PER_MOVE_MAX = 1_000_000;
/** Limit: timers fired at one instant of a move; past this something sets itself again without delay. */
const TIMERS_AT_ONE_INSTANT_MAX = 10_000;

const RATES: Readonly<Record<ClockMode, number>> = { real: 1, virtual: 1, x60: 60 };

/** Moving a real clock, and a move past the limit, reject with Fault "permission" and "overload". */
export function createMovableClock(base: Clock, options: MovableClockOptions): MovableClock {
  const timers = createEventHeap();
  let sequence = 0;
  const settled = options.settled ?? (() => Promise.resolve());
  let { mode } = options;
  let speed = RATES[mode];
  let isPaused = false;
  /** A move is under way: time stands still between its jumps. */
  let isMoving = false;
  let anchorWorld = options.startAt ?? base.now();
  let anchorBase = base.now();
  let armed: { readonly dueAt: number; readonly timer: Timer } | undefined;
  let moves: Promise<unknown> = Promise.resolve();

  const now = (): number => {
    if (isPaused || isMoving) return anchorWorld;
    const reading = base.now();
    // The machine's clock may be set back; the world's is not.
    if (reading > anchorBase) {
      anchorWorld += (reading - anchorBase) * speed;
    }
    anchorBase = reading;
    return anchorWorld;
  };

  const arm = (): void => {
    const first = isPaused || isMoving ? undefined : timers.peek();
    if (first?.at === armed?.dueAt) return;
    armed?.timer.cancel();
    armed = undefined;
    if (first === undefined) return;
    const delayMs = Math.max(0, Math.ceil((first.at - now()) / speed));
    armed = { dueAt: first.at, timer: base.after(delayMs, fireDue) };
  };

  const fireDue = (): void => {
    armed = undefined;
    const until = now();
    try {
      // Asked each time: a timer may pause the clock.
      for (let first = timers.peek(); first !== undefined && first.at <= until; first = timers.peek()) {
        if (isPaused || isMoving) break;
        timers.pop()?.run();
      }
    } finally {
      arm();
    }
  };

  /** Stops the clock for `body`, one move after another. */
  const move = <T>(body: () => Promise<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      if (mode === "real") {
        throw new Fault("permission", 'the lab\'s clock is real and cannot be moved: say "clock: virtual"');
      }
      now();
      isMoving = true;
      arm();
      try {
        await settled();
        return await body();
      } finally {
        isMoving = false;
        anchorBase = base.now();
        arm();
      }
    };
    const result = moves.then(run);
    moves = result.catch(() => undefined);
    return result;
  };

  /** Fires one after another what is due until then, and waits after each. */
  const fireUntil = async (until: number): Promise<number> => {
    let fired = 0;
    let firedNow = 0;
    for (let first = timers.peek(); first !== undefined && first.at <= until; first = timers.peek()) {
      firedNow = first.at > anchorWorld ? 1 : firedNow + 1;
      if (++fired > TIMERS_PER_MOVE_MAX || firedNow > TIMERS_AT_ONE_INSTANT_MAX) {
        throw new Fault(
          "overload",
          `the clock fired ${fired} timers in one move, ${firedNow} of them at once, and stopped`,
        );
      }
      anchorWorld = Math.max(anchorWorld, first.at);
      timers.pop()?.run();
      await settled();
    }
    return fired;
  };

  const stopOrGo = (paused: boolean): void => {
    now();
    if (mode === "real" && paused) {
      throw new Fault("permission", 'the lab\'s clock is real and cannot be paused: say "clock: virtual"');
    }
    isPaused = paused;
    anchorBase = base.now();
    arm();
  };

  const runAt = (wanted: ClockMode, factor: number): void => {
    now();
    armed?.timer.cancel();
    armed = undefined;
    mode = wanted;
    speed = factor;
    if (mode === "real") isPaused = false;
    anchorBase = base.now();
    arm();
  };

  return {
    now,
    after(delayMs, then) {
      const timer: SimulatedEvent = { at: now() + Math.max(0, delayMs), sequence: sequence++, run: then };
      timers.push(timer);
      arm();
      return {
        cancel() {
          timers.remove(timer);
          arm();
        },
      };
    },
    get mode() {
      return mode;
    },
    get isPaused() {
      return isPaused;
    },
    setMode(wanted) {
      runAt(wanted, RATES[wanted]);
    },
    get speed() {
      return speed;
    },
    setSpeed(factor) {
      runAt(factor === RATES.x60 ? "x60" : "virtual", factor);
    },
    pause: () => stopOrGo(true),
    resume: () => stopOrGo(false),
    advance: (ms) =>
      move(async () => {
        const until = anchorWorld + Math.max(0, ms);
        const fired = await fireUntil(until);
        anchorWorld = until;
        return fired;
      }),
    next: () =>
      move(async () => {
        const dueAt = timers.peek()?.at;
        if (dueAt === undefined) return undefined;
        await fireUntil(dueAt);
        return dueAt;
      }),
    get nextAt() {
      return timers.peek()?.at;
    },
  };
}
