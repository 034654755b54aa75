/**
 * Answers to the latest few filters, kept right by looking again only at what changed: a wait asks after every event,
 * a page several times a second, and neither may cost a walk over 100,000 journeys.
 */
import { summaryMatches } from "../trace-summary.ts";
import type { Query } from "../query.ts";
import { summaryOf, type Journey } from "./journey.ts";

export type Answers = {
  /** `all` gives every journey in order; asked only when the filter is new. */
  of(query: Query, all: () => readonly Journey[]): readonly Journey[];
  changed(journey: Journey): void;
  removed(journey: Journey): void;
  clear(): void;
};

/** Limit: one filter for each page or wait that is open; more are rare, and cost time only. */
const ANSWERS_KEPT = 4;
/** Limit: when more than this changed, looking at everything is no slower. */
const STALE_MAX = 10_000;

type Answer = {
  readonly key: string;
  readonly query: Query;
  readonly found: Journey[];
  readonly stale: Set<Journey>;
};

export function createAnswers(): Answers {
  let answers: Answer[] = [];
  return {
    of(query, all) {
      const key = JSON.stringify(query);
      let answer = answers.find((one) => one.key === key);
      if (answer === undefined) {
        const found = all().filter((journey) => summaryMatches(summaryOf(journey), query));
        answer = { key, query, found, stale: new Set() };
      } else refresh(answer);
      answers = [answer, ...answers.filter((one) => one.key !== key)].slice(0, ANSWERS_KEPT);
      return answer.found;
    },
    changed(journey) {
      for (const { stale } of answers) stale.add(journey);
      if (answers.some(({ stale }) => stale.size > STALE_MAX))
        answers = answers.filter(({ stale }) => stale.size <= STALE_MAX);
    },
    removed(journey) {
      for (const { found, stale } of answers) {
        stale.delete(journey);
        const at = placeOf(found, journey);
        if (found[at] === journey) found.splice(at, 1);
      }
    },
    clear() {
      answers = [];
    },
  };
}

function refresh({ query, found, stale }: Answer): void {
  for (const journey of stale) {
    const at = placeOf(found, journey);
    const was = found[at] === journey;
    const is = summaryMatches(summaryOf(journey), query);
    if (is && !was) found.splice(at, 0, journey);
    else if (was && !is) found.splice(at, 1);
  }
  stale.clear();
}

/** Where it stands in a list by number, or would stand. */
export function placeOf(journeys: readonly Journey[], { number }: Journey): number {
  let low = 0;
  let high = journeys.length;
  if (high === 0 || (journeys[high - 1] as Journey).number < number) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((journeys[middle] as Journey).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
