/** A journey as the index holds it. */
import type { TraceSummary } from "../trace-summary.ts";

export type Journey = {
  readonly id: string;
  /** Counts all journeys there ever were: the order of the list. */
  readonly number: number;
  /** The oldest event its trace is made of. */
  firstEventId: number;
  /** The event that changed it last. */
  changedId: number;
  /** When it was first seen and changed last, in the machine's own time: a lab's may be moved. */
  readonly seenAtReal: number;
  changedAtReal: number;
  /** Undefined: it changed since. */
  summary: TraceSummary | undefined;
  summarize: () => TraceSummary;
};

export function summaryOf(journey: Journey): TraceSummary {
  return (journey.summary ??= journey.summarize());
}
