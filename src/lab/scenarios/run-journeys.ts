/**
 * The journeys of a run as it was told so far, for one who watches: asked after each piece of its journal, it gives those
 * that are new or went on with that piece. Derived from the events like every trace; it keeps only what it last gave.
 */
import { listTraces, type Trace } from "../../journal/trace.ts";
import type { JournalEvent } from "../../journal/events.ts";
import type { NumberedProgress } from "./scenario-runs.ts";

/** Limit: each piece derives the journeys anew; a run with more than this, such as a loop, shows them when it ends. */
const LIVE_EVENTS_MAX = 4_000;

export type RunJourneys = {
  /** Those that changed since it was last asked, with this progress and all before it. */
  changedBy(number: number): Trace[];
};

export function createRunJourneys(progress: readonly NumberedProgress[]): RunJourneys {
  /** Each as it was last given. */
  const given = new Map<string, string>();
  const events: JournalEvent[] = [];
  let taken = 0;
  return {
    changedBy(number) {
      for (; taken < Math.min(number, progress.length); taken++) {
        const one = progress[taken];
        if (one?.kind === "events") events.push(...one.events);
      }
      if (events.length > LIVE_EVENTS_MAX) return [];
      return listTraces(events).filter((trace) => {
        const text = JSON.stringify(trace);
        const isNew = given.get(trace.id) !== text;
        given.set(trace.id, text);
        return isNew;
      });
    },
  };
}
