/**
 * The lab's events as they happen: one live connection for all pages of the place, opened by `enter.ts`. Keeps the
 * latest in a ring, so that a page that opens has something to show; who wants every event subscribes.
 */
import type { EventKind, JournalEvent } from "../../../../src/journal/events.ts";
import { Live, type LiveEvent } from "$lib/live.svelte.ts";
import { shell } from "$lib/shell.svelte.ts";

export type LabEvent = JournalEvent;
type Take = (events: readonly LabEvent[], dropped: number) => void;

const KINDS = [
  "connection.opened",
  "connection.closed",
  "connection.failed",
  "line",
  "content",
  "tls.started",
  "tls.failed",
  "dns.query",
  "dns.answer",
  "dns.served",
  "policy",
  "message.received",
  "message.refused",
  "routing",
  "attempt",
  "outcome",
  "dsn",
  "store",
  "drop",
  "webhook",
  "fault.fired",
  "clock",
  "warning",
] as const satisfies readonly EventKind[];

/** Limit: events kept for a page that opens; some minutes of a busy lab, a megabyte or two. */
const RECENT_MAX = 2_000;

const takers = new Set<Take>();
let recent: LabEvent[] = [];

/** The latest events, oldest first. */
export function recentEvents(): readonly LabEvent[] {
  return recent;
}

/** Calls `take` once a frame with what has happened; returns what ends it. */
export function onLabEvents(take: Take): () => void {
  takers.add(take);
  return () => takers.delete(take);
}

/** Opens the connection; returns what closes it. */
export function openLabEvents(): () => void {
  const live = new Live({ url: "/lab/v1/events", kinds: KINDS, onEvents: takeEvents });
  const stop = $effect.root(() => {
    $effect(() => {
      shell.connection = live.state;
    });
  });
  return () => {
    stop();
    live.close();
    recent = [];
    shell.connection = undefined;
  };
}

function takeEvents(arrived: readonly LiveEvent[], dropped: number): void {
  const events = arrived.flatMap(({ data }) => parse(data) ?? []);
  recent = [...recent, ...events].slice(-RECENT_MAX);
  for (const take of takers) take(events, dropped);
}

/** What cannot be read is left out: one bad line must not stop the page. */
function parse(data: string): LabEvent | undefined {
  try {
    return JSON.parse(data) as LabEvent;
  } catch {
    return undefined;
  }
}
