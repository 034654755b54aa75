/**
 * A source of server-sent events that remembers how far it has looked, so that a filter that matches little does not
 * look at the same events again, and that wakes a few times a second at most, however much happens.
 */
import type { Journal } from "../../journal/journal.ts";
import type { EventSource } from "../../server/http/event-stream.ts";

/** Limit: a person sees no more; each piece is then worth sending. */
const WAKE_EVERY_MS = 100;

export type LiveEvent = { readonly number: number; readonly event: string; readonly data: unknown };

/** `read` gives what is new after an event id, and up to which event it has looked. */
export function liveSource(
  journal: Journal,
  read: (after: number) => { readonly events: readonly LiveEvent[]; readonly seen: number },
): EventSource {
  let looked = 0;
  return {
    read(after) {
      const { events, seen } = read(Math.max(after, looked));
      looked = seen;
      return events.map(({ number, event, data }) => {
        return { number, id: String(number), event, data: JSON.stringify(data) };
      });
    },
    subscribe(wake) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const soon = (): void => {
        timer ??= setTimeout(() => {
          timer = undefined;
          wake();
        }, WAKE_EVERY_MS);
      };
      const stop = journal.subscribe(soon);
      return () => {
        stop();
        clearTimeout(timer);
      };
    },
  };
}

/** Real time: a lab's clock may stand still while its page is looked at. */
export function everyRealMs(ms: number, call: () => void): { cancel(): void } {
  const timer = setInterval(call, ms);
  return { cancel: () => clearInterval(timer) };
}
