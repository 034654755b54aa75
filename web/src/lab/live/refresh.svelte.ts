/**
 * A value of the lab's API that is fetched again when events say that it may have changed: at once for the first, then
 * at most once a pause. Keeps the last good value when a request fails, with the error beside it.
 */
import { get } from "$lib/api.ts";
import { type LabEvent, onLabEvents } from "./lab-events.svelte.ts";

/** Limit: hundreds of events a second must not become hundreds of requests. */
const PAUSE_MS = 400;

export type Refreshed<T> = {
  readonly value: T | undefined;
  readonly error: string | undefined;
  /** Fetches it now; resolves when it is there. */
  refresh(): Promise<void>;
};

/** For the calling component, as long as it is shown. `path` may read state: a change fetches anew. */
export function refreshed<T>(path: () => string, when: (event: LabEvent) => boolean): Refreshed<T> {
  let value = $state.raw<T>();
  let error = $state<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  let asked = 0;

  async function refresh(): Promise<void> {
    const turn = ++asked;
    last = performance.now();
    try {
      const fetched = await get<T>(path());
      // An answer that was overtaken by a later question is old.
      if (turn === asked) [value, error] = [fetched, undefined];
    } catch (cause) {
      if (turn === asked) error = cause instanceof Error ? cause.message : String(cause);
    }
  }

  function soon(): void {
    if (timer !== undefined) return;
    const wait = Math.max(30, PAUSE_MS - (performance.now() - last));
    timer = setTimeout(() => {
      timer = undefined;
      void refresh();
    }, wait);
  }

  $effect(() => {
    path();
    void refresh();
  });
  $effect(() => {
    const stop = onLabEvents((events) => {
      if (events.some(when)) soon();
    });
    return () => {
      stop();
      clearTimeout(timer);
      timer = undefined;
    };
  });

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    refresh,
  };
}
