/** A source of events that says how things stand, again and again: for a live stream of what has no events of its own. */
import type { Clock } from "../../../base/clock.ts";
import type { EventSource } from "../event-stream.ts";

export type TickingSource = EventSource & {
  readonly every: (ms: number, call: () => void) => { cancel(): void };
};

export function tickingSource(
  clock: Clock,
  periodMs: number,
  look: () => { readonly event: string; readonly data: unknown },
): TickingSource {
  let ticks = 1;
  const every: TickingSource["every"] = (ms, call) => {
    let timer = clock.after(ms, ring);
    function ring(): void {
      timer = clock.after(ms, ring);
      call();
    }
    return { cancel: () => timer.cancel() };
  };
  return {
    every,
    read(after) {
      if (after >= ticks) return [];
      const { event, data } = look();
      return [{ number: ticks, id: String(ticks), event, data: JSON.stringify(data) }];
    },
    subscribe(wake) {
      const beat = every(periodMs, () => {
        ticks++;
        wake();
      });
      return () => beat.cancel();
    },
  };
}
