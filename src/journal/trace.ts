/**
 * One message's journey over all hosts, derived from the journal's events and never stored. Pure and deterministic:
 * the same events give the same trace. What the ring has forgotten is missing, never guessed.
 */
import { buildTrace, rootOf } from "./build-trace.ts";
import type { Conversation } from "./conversation.ts";
import type { JournalEvent } from "./events.ts";
import type { Hop, Trace } from "./journey.ts";
import { indexMail } from "./messages.ts";
import type { Query } from "./query.ts";
import { refusedTraces } from "./refused.ts";
import {
  summarizeResults,
  summaryMatches,
  wholeResult,
  type TraceResult,
  type TraceSummary,
} from "./trace-summary.ts";

export type { Attempt, Hop, RecipientResult, Trace } from "./journey.ts";

/** The journey that `seed` belongs to: a queue id at any hop, or a connection id. */
export function traceOf(events: readonly JournalEvent[], seed: string): Trace | undefined {
  const index = indexMail(events);
  const record = index.messages.get(seed);
  if (record !== undefined) return buildTrace(index, rootOf(index, record));
  return (
    refusedTraces(index).find((trace) => trace.id === seed) ??
    listTraces(events).find((trace) => trace.hops.some((hop) => usesConnection(hop, seed)))
  );
}

/** Every journey the events know of, oldest first. */
export function listTraces(events: readonly JournalEvent[]): Trace[] {
  const index = indexMail(events);
  const traces: Trace[] = [];
  for (const message of index.messages.values()) {
    if (rootOf(index, message) === message) traces.push(buildTrace(index, message));
  }
  return [...traces, ...refusedTraces(index)].sort(
    (a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1),
  );
}

/** The latest journey that matches. Reports are passed over unless nothing else matches: they hang on their original. */
export function findTrace(events: readonly JournalEvent[], query: Query): Trace | undefined {
  const matching = listTraces(events).filter((trace) => traceMatches(trace, query));
  return matching.findLast((trace) => trace.related.originalOf === undefined) ?? matching.at(-1);
}

export function traceMatches(trace: Trace, query: Query): boolean {
  return summaryMatches(summarize(trace), query);
}

/** One word for the whole: the result all recipients share, else "mixed". */
export function overallResult(trace: Trace): TraceResult {
  return wholeResult(trace.results);
}

export function summarize(trace: Trace): TraceSummary {
  const { id, reversePath, recipients, results, hops, related } = trace;
  return {
    id,
    from: reversePath,
    to: [...new Set([...recipients, ...results.map((result) => result.recipient)])],
    subject: trace.subject,
    messageId: trace.messageId,
    startedAt: trace.startedAt,
    endedAt: trace.endedAt,
    hosts: hops.map((hop) => hop.host),
    queueIds: hops.flatMap((hop) => hop.queueId ?? []),
    attempts: hops.reduce((sum, { attempts }) => sum + attempts.length, 0),
    ...summarizeResults(results),
    sizeBytes: hops[0]?.received?.sizeBytes,
    dsn: [...new Set(hops.flatMap((hop) => hop.reports.map((report) => report.action)))],
    originalOf: related.originalOf,
    reports: related.reports,
  };
}

function usesConnection(hop: Hop, id: string): boolean {
  const named = (talk: Conversation | undefined): boolean =>
    talk !== undefined &&
    (talk.connection === id ||
      talk.items.some((item) => "connection" in item.event && item.event.connection === id));
  return named(hop.arrival) || hop.attempts.some((attempt) => attempt.conversations.some(named));
}
