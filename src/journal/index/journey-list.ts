/** The journeys in the order in which they were first seen, with their summaries as far as they are up to date. */
import type { Query } from "../query.ts";
import { createAnswers, placeOf } from "./journey-answers.ts";
import type { Journey } from "./journey.ts";

export type JourneyList = {
  add(journey: Pick<Journey, "id" | "firstEventId" | "changedId" | "summarize">): void;
  remove(id: string): void;
  change(id: string, eventId: number): void;
  get(id: string): Journey | undefined;
  /** How many were forgotten because of the limit. */
  readonly gone: number;
  readonly size: number;
  /** The one that has this many after it. */
  before(count: number): Journey | undefined;
  /** Those that match, oldest first. The array is the list's own: not to be changed, nor kept. */
  matching(query: Query): readonly Journey[];
  /** Those changed by an event above `afterId`, in the order of change; undefined when that is too long ago to say. */
  changedAfter(afterId: number): Journey[] | undefined;
  clear(): void;
};

/** Limit: a page that missed more changes than this asks anew. */
const CHANGES_KEPT = 4_096;

export function createJourneyList(
  onDropped: (journey: Journey) => void,
  journeysMax: number,
  realNow: () => number,
): JourneyList {
  const journeys = new Map<string, Journey>();
  const answers = createAnswers();
  let changes: { readonly journey: Journey; readonly id: number }[] = [];
  let forgottenChange = 0;
  let all: Journey[] = [];
  let gone = 0;
  let count = 0;

  function note(journey: Journey): void {
    answers.changed(journey);
    changes.push({ journey, id: journey.changedId });
    if (changes.length < 2 * CHANGES_KEPT) return;
    forgottenChange = changes[CHANGES_KEPT - 1]?.id ?? 0;
    changes = changes.slice(CHANGES_KEPT);
  }

  function forget(journey: Journey): void {
    journeys.delete(journey.id);
    answers.removed(journey);
    all.splice(placeOf(all, journey), 1);
  }

  return {
    add(given) {
      const at = realNow();
      const journey = { ...given, number: count++, summary: undefined, seenAtReal: at, changedAtReal: at };
      journeys.set(journey.id, journey);
      all.push(journey);
      note(journey);
      if (journeys.size <= journeysMax) return;
      const oldest = journeys.values().next().value as Journey;
      forget(oldest);
      gone += 1;
      onDropped(oldest);
    },
    remove(id) {
      const journey = journeys.get(id);
      if (journey !== undefined) forget(journey);
    },
    change(id, eventId) {
      const journey = journeys.get(id);
      if (journey === undefined) return;
      const told = journey.changedId === eventId;
      journey.changedId = eventId;
      journey.summary = undefined;
      if (told) return;
      journey.changedAtReal = realNow();
      note(journey);
    },
    get: (id) => journeys.get(id),
    before: (after) => all[all.length - 1 - after],
    get gone() {
      return gone;
    },
    get size() {
      return journeys.size;
    },
    matching: (query) => (query.length === 0 ? all : answers.of(query, () => all)),
    changedAfter(afterId) {
      if (afterId < forgottenChange) return undefined;
      const found: Journey[] = [];
      for (let at = changes.length - 1; at >= 0; at--) {
        const { journey, id } = changes[at] as (typeof changes)[number];
        if (id <= afterId) break;
        if (journey.changedId === id && journeys.get(journey.id) === journey) found.push(journey);
      }
      return found.toReversed();
    },
    clear() {
      journeys.clear();
      answers.clear();
      changes = [];
      all = [];
      gone = 0;
    },
  };
}
