/** Journeys that are over and old: of them the summary is kept, and which queue ids it goes by. */
import { summaryOf, type Journey } from "./journey.ts";
import type { TraceSummary } from "../trace-summary.ts";

export type SettledBook = {
  /** False when something of it still waits: then it stays open. */
  settle(journey: Journey): boolean;
  /** The journey with this queue id. */
  get(queueId: string): string | undefined;
  forget(journey: Journey): void;
  clear(): void;
};

const WAITING: ReadonlySet<string> = new Set(["queued", "deferred", "held"]);

export function createSettledBook(): SettledBook {
  const journeyOf = new Map<string, string>();
  return {
    settle(journey) {
      const summary: TraceSummary = summaryOf(journey);
      if (summary.results.some((result) => WAITING.has(result))) return false;
      journey.summarize = () => summary;
      for (const queueId of summary.queueIds) journeyOf.set(queueId, journey.id);
      return true;
    },
    get: (queueId) => journeyOf.get(queueId),
    forget(journey) {
      if (journey.summary !== undefined)
        for (const queueId of journey.summary.queueIds) journeyOf.delete(queueId);
    },
    clear: () => journeyOf.clear(),
  };
}
