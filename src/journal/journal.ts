/**
 * The flight recorder: a ring of the latest events, and those who watch it live. Writing costs one allocation and no
 * wait; when the ring is full the oldest event goes. It never throws into the code that records.
 */
import type { Clock } from "../base/clock.ts";
import type { EventBody, JournalEvent } from "./events.ts";

/** Limit: some 20 MB of small objects, and the journeys of about 4,000 messages. */
export const JOURNAL_EVENTS_MAX = 65_536;

/** One host's pen. Returns the event's id, to be given as the cause of what follows. */
export type Recorder = {
  record(body: EventBody, trace: string | undefined, cause?: number): number;
};

export type Journal = {
  /** A pen for the host named `host`. */
  recorder(host: string): Recorder;
  /** The id of the latest event; 0 when there is none. */
  readonly lastId: number;
  /** The oldest id still held. */
  readonly firstId: number;
  /** Held events with an id above `afterId`, oldest first. */
  read(afterId?: number): JournalEvent[];
  get(id: number): JournalEvent | undefined;
  /** Calls `watch` for each event from now on, in the same turn. Returns what ends it. */
  subscribe(watch: (event: JournalEvent) => void): () => void;
  /** Forgets all events; ids go on. */
  clear(): void;
};

export function createJournal(clock: Clock, eventsMax: number = JOURNAL_EVENTS_MAX): Journal {
  const ring: (JournalEvent | undefined)[] = [];
  const watchers = new Set<(event: JournalEvent) => void>();
  let lastId = 0;
  let firstId = 1;

  const at = (id: number): JournalEvent | undefined => ring[(id - 1) % eventsMax];

  function record(
    host: string,
    body: EventBody,
    trace: string | undefined,
    cause: number | undefined,
  ): number {
    const id = ++lastId;
    const event = { id, at: clock.now(), host, trace, cause, ...body };
    ring[(id - 1) % eventsMax] = event;
    if (id - firstId >= eventsMax) firstId = id - eventsMax + 1;
    for (const watch of watchers) watch(event);
    return id;
  }

  return {
    recorder: (host) => ({ record: (body, trace, cause) => record(host, body, trace, cause) }),
    get lastId() {
      return lastId;
    },
    get firstId() {
      return firstId;
    },
    read(afterId = 0) {
      const events: JournalEvent[] = [];
      for (let id = Math.max(afterId + 1, firstId); id <= lastId; id++) {
        const event = at(id);
        if (event !== undefined) events.push(event);
      }
      return events;
    },
    get: (id) => (id >= firstId && id <= lastId ? at(id) : undefined),
    subscribe(watch) {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    clear() {
      ring.length = 0;
      firstId = lastId + 1;
    },
  };
}
