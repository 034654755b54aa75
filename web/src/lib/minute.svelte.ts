/** The present as state, for "3 m ago": moves every 10 seconds while anything on the page reads it. */
import { createSubscriber } from "svelte/reactivity";

const TICK_MS = 10_000;

class Minute {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, TICK_MS);
    return () => clearInterval(timer);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const minute = new Minute();
