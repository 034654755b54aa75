/**
 * Gathers what arrives one by one and hands it over once a frame, so that hundreds of events a second cost one redraw
 * each frame. Bounded: when nobody draws for long, the oldest are dropped and counted.
 */

/** Limit: more than this waiting for one frame is not read by anybody any more; about 40 s of 500 events a second. */
export const BATCH_MAX = 20_000;

export type Batch<T> = {
  add(item: T): void;
  /** Hands over what waits, now. */
  flush(): void;
  /** Forgets what waits. */
  clear(): void;
};

export function makeBatch<T>(
  take: (items: readonly T[], dropped: number) => void,
  schedule: (run: () => void) => void,
  max = BATCH_MAX,
): Batch<T> {
  let waiting: T[] = [];
  let dropped = 0;
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    if (waiting.length === 0) return;
    const [items, lost] = [waiting, dropped];
    waiting = [];
    dropped = 0;
    take(items, lost);
  };
  return {
    add(item) {
      waiting.push(item);
      // Halved at once rather than shifted one by one, which would cost the whole array for each event.
      if (waiting.length > max) {
        const keep = Math.ceil(max / 2);
        dropped += waiting.length - keep;
        waiting = waiting.slice(-keep);
      }
      if (scheduled) return;
      scheduled = true;
      schedule(flush);
    },
    flush,
    clear() {
      waiting = [];
      dropped = 0;
    },
  };
}
