/**
 * One journey in a line: what a list shows and what a query looks at. It can be had from the whole trace, or from the
 * index that is kept up as events happen (index/trace-index.ts); both say the same. Pure.
 */
import { matchesQuery, type Query } from "./query.ts";
import type { RecipientResult } from "./journey.ts";

export type TraceResult = RecipientResult["result"] | "mixed";

export type TraceSummary = {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In the order of travel. */
  readonly hosts: readonly string[];
  readonly queueIds: readonly string[];
  /** Over all hops. */
  readonly attempts: number;
  /** What all recipients share, else "mixed". */
  readonly result: TraceResult;
  /** Each word and each status that some recipient has. */
  readonly results: readonly RecipientResult["result"][];
  readonly statuses: readonly string[];
  /** The earliest; undefined when nothing waits. */
  readonly nextAttemptAt: number | undefined;
  /** As the first host received it; undefined when it was refused. */
  readonly sizeBytes: number | undefined;
  /** Actions of the reports made about it. */
  readonly dsn: readonly string[];
  readonly originalOf: string | undefined;
  readonly reports: readonly string[];
};

/** One word for the whole. */
export function wholeResult(results: readonly { readonly result: RecipientResult["result"] }[]): TraceResult {
  const words = new Set(results.map(({ result }) => result));
  const [only] = words;
  return words.size === 1 && only !== undefined ? only : words.size === 0 ? "queued" : "mixed";
}

export function summarizeResults(
  results: readonly RecipientResult[],
): Pick<TraceSummary, "result" | "results" | "statuses" | "nextAttemptAt"> {
  const due = results.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []);
  return {
    result: wholeResult(results),
    results: [...new Set(results.map(({ result }) => result))],
    statuses: [...new Set(results.flatMap(({ status }) => status ?? []))],
    nextAttemptAt: due.length === 0 ? undefined : Math.min(...due),
  };
}

export function summaryMatches(summary: TraceSummary, query: Query): boolean {
  return matchesQuery(query, (field) => summaryField(summary, field));
}

function summaryField(summary: TraceSummary, field: string): readonly string[] | undefined {
  switch (field) {
    case "id":
      return [summary.id, ...summary.queueIds];
    case "messageid":
      return [summary.messageId ?? ""];
    case "from":
      return [summary.from];
    case "to":
      return summary.to;
    case "subject":
      return [summary.subject ?? ""];
    case "host":
      return summary.hosts;
    case "result":
      // A bounce is what people call a failure that was reported.
      return summary.results.flatMap((result) =>
        result === "failed" || result === "expired" ? [result, "bounced"] : [result],
      );
    case "status":
      return summary.statuses;
    case "dsn":
      return summary.originalOf === undefined ? summary.dsn : [...summary.dsn, "report"];
    default:
      return undefined;
  }
}
