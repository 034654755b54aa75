/** What a row of the list of journeys says, reckoned once for each journey however often it is drawn. Pure. */
import type { TraceView } from "../../../../src/lab/api/trace-views.ts";
import { formatBytes, formatDuration, formatExact } from "../../lib/format.ts";
import type { Tone } from "../../lib/ui/tone.ts";
import { recipientsText, resultTone, resultWord, senderText, subjectText, traceHref } from "./trace-words.ts";

/** Limit: more hosts are counted, not named. */
const HOSTS_SHOWN = 5;

export type TraceLine = {
  readonly word: string;
  readonly tone: Tone;
  readonly href: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly ends: string;
  readonly hosts: readonly string[];
  readonly hostsMore: number;
  readonly path: string;
  readonly took: string;
  /** Exact, for a title; undefined when no further attempt is due. */
  readonly due: string | undefined;
  readonly size: string;
  readonly startedIso: string;
  readonly started: string;
};

const lines = new WeakMap<TraceView, TraceLine>();

export function lineOf(trace: TraceView): TraceLine {
  const known = lines.get(trace);
  if (known !== undefined) return known;
  const line = makeLine(trace);
  lines.set(trace, line);
  return line;
}

function makeLine(trace: TraceView): TraceLine {
  const { id, hosts, result, nextAttemptAt, sizeBytes, startedAt, endedAt } = trace;
  const [from, to] = [senderText(trace.from), recipientsText(trace)];
  return {
    word: resultWord(result),
    tone: resultTone(result),
    href: traceHref(id),
    subject: subjectText(trace),
    from,
    to,
    ends: `${from} to ${to}`,
    hosts: hosts.length > HOSTS_SHOWN ? hosts.slice(0, HOSTS_SHOWN) : hosts,
    hostsMore: Math.max(0, hosts.length - HOSTS_SHOWN),
    path: hosts.join(" → "),
    took: formatDuration(endedAt - startedAt),
    due: nextAttemptAt === undefined ? undefined : formatExact(nextAttemptAt),
    size: sizeBytes === undefined ? "" : formatBytes(sizeBytes),
    startedIso: new Date(startedAt).toISOString(),
    started: formatExact(startedAt),
  };
}
