/**
 * The flight recorder: a ring of the latest events, and those who watch it live. The ring is held in columns, so that
 * writing allocates nothing (bench/recorder.ts measures it); an event is put together when somebody reads it. Of a line,
 * the most frequent event by far, only the text is kept: what outlives its turn is what the garbage collector copies.
 * When the ring is full the oldest event goes. It never throws into the code that records.
 */
import type { Clock } from "../base/clock.ts";
import type { EventBody, JournalEvent } from "./events.ts";

/**
 * Limit: some 10 MB, and what a question about a journey has to look at. A server writes 17 to 55 events of a message, so
 * it remembers the details of 1,200 to 3,800; a lab writes down both ends of each hop and every DNS question, 130 to 290
 * of a message over three hops, so it remembers 230 to 500 (of older ones the summary: journal/index/).
 */
export const JOURNAL_EVENTS_MAX = 65_536;

/** How the ring writes down who said a line. */
const CLIENT = 1;
const SERVER = 2;

/** One host's pen: `body` belongs to the journal from then on and is not changed any more. Returns the event's id, to be given as the cause of what follows. */
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
  /** The same before an event is put together: for those who only count, at next to no cost. */
  tap(count: (host: string, at: number, body: EventBody) => void): () => void;
  /** Forgets all events; ids go on. */
  clear(): void;
};

export function createJournal(clock: Clock, eventsMax: number = JOURNAL_EVENTS_MAX): Journal {
  const times = new Float64Array(eventsMax);
  const causes = new Float64Array(eventsMax); // 0: none
  const hosts: string[] = [];
  const traces: (string | undefined)[] = [];
  const bodies: (EventBody | string | undefined)[] = []; // of a line whose trace is its connection: the text alone
  const speakers = new Uint8Array(eventsMax); // who said such a line
  const watchers = new Set<(event: JournalEvent) => void>();
  const taps = new Set<(host: string, at: number, body: EventBody) => void>();
  let lastId = 0;
  let firstId = 1;

  /** The event put together; only for an id that is held. */
  function at(id: number): JournalEvent {
    const slot = (id - 1) % eventsMax;
    const cause = causes[slot] as number;
    return {
      id,
      at: times[slot] as number,
      host: hosts[slot] as string,
      trace: traces[slot],
      cause: cause === 0 ? undefined : cause,
      ...bodyAt(slot),
    };
  }

  function bodyAt(slot: number): EventBody {
    const kept = bodies[slot];
    if (typeof kept !== "string") return kept as EventBody;
    const by = speakers[slot] === CLIENT ? "client" : "server";
    return { kind: "line", connection: traces[slot] as string, by, text: kept };
  }

  function keep(slot: number, body: EventBody, trace: string | undefined): void {
    if (body.kind === "line" && body.connection === trace) {
      bodies[slot] = body.text;
      speakers[slot] = body.by === "client" ? CLIENT : SERVER;
    } else bodies[slot] = body;
  }

  function record(host: string, body: EventBody, trace: string | undefined, cause: number = 0): number {
    const id = ++lastId;
    const slot = (id - 1) % eventsMax;
    times[slot] = clock.now();
    causes[slot] = cause;
    hosts[slot] = host;
    traces[slot] = trace;
    keep(slot, body, trace);
    if (id - firstId >= eventsMax) firstId = id - eventsMax + 1;
    for (const count of taps) count(host, times[slot] as number, body);
    if (watchers.size > 0) tell(at(id));
    return id;
  }

  function tell(event: JournalEvent): void {
    for (const watch of watchers) {
      try {
        watch(event);
      } catch {
        watchers.delete(watch); // a watcher that breaks must not break the one who records
      }
    }
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
      for (let id = Math.max(afterId + 1, firstId); id <= lastId; id++) events.push(at(id));
      return events;
    },
    get: (id) => (id >= firstId && id <= lastId ? at(id) : undefined),
    subscribe(watch) {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    tap(count) {
      taps.add(count);
      return () => taps.delete(count);
    },
    clear() {
      bodies.fill(undefined); // emptied in place: a shortened array would be written far past its end
      firstId = lastId + 1;
    },
  };
}
