/**
 * How far the frames of a page lie apart, and how long those took that were long, from when one says so. Each function
 * runs in the page, the first before anything else there; they may use nothing of this file.
 */

export type Frames = { readonly gaps: readonly number[]; readonly long: readonly number[] };

type Watched = {
  gaps: number[];
  long: number[];
  last: number;
  on: boolean;
  /** When the measure began: the frames that showed the page are not of it. */
  since: number;
  take(entries: readonly { readonly startTime: number; readonly duration: number }[]): void;
  observer?: Pick<InstanceType<typeof PerformanceObserver>, "takeRecords">;
};
type WatchedWindow = { frames: Watched } & Pick<typeof globalThis, "performance">;

export function watchFrames(): void {
  const page = globalThis as unknown as WatchedWindow & {
    requestAnimationFrame(call: (at: number) => void): void;
  };
  const frames: Watched = {
    gaps: [],
    long: [],
    last: 0,
    on: false,
    since: 0,
    take(entries) {
      for (const { startTime, duration } of entries)
        if (frames.on && startTime >= frames.since) frames.long.push(duration);
    },
  };
  page.frames = frames;
  const next = (at: number): void => {
    if (frames.on && frames.last > 0) frames.gaps.push(at - frames.last);
    frames.last = at;
    page.requestAnimationFrame(next);
  };
  page.requestAnimationFrame(next);
  const observer = new PerformanceObserver((list) => frames.take(list.getEntries()));
  frames.observer = observer;
  observer.observe({ type: "long-animation-frame", buffered: false } as never);
}

/** Begins to measure; the mark tells a trace when. */
export function startFrames(): void {
  const { frames, performance } = globalThis as unknown as WatchedWindow;
  frames.gaps = [];
  frames.long = [];
  frames.last = 0;
  frames.since = performance.now();
  performance.mark("measure");
  frames.on = true;
}

export function readFrames(): Frames {
  const { frames } = globalThis as unknown as WatchedWindow;
  // What the browser has not told yet counts too.
  frames.take(frames.observer?.takeRecords() ?? []);
  frames.on = false;
  return { gaps: frames.gaps, long: frames.long };
}
