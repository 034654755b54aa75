/** Planned events in the order they are due, those of one instant in the order they were planned. A binary heap. */

export type SimulatedEvent = {
  readonly at: number;
  readonly sequence: number;
  readonly run: () => void;
  isCancelled?: boolean;
};

export type EventHeap = {
  push(event: SimulatedEvent): void;
  /** The first event that was not cancelled, left where it is. */
  peek(): SimulatedEvent | undefined;
  pop(): SimulatedEvent | undefined;
  remove(event: SimulatedEvent): void;
  /** Without those cancelled. */
  readonly size: number;
};

/** Limit: cancelled events kept before they are swept out, so that idle timers re-armed for ever cost no memory. */
const CANCELLED_MAX = 1_024;

export function createEventHeap(): EventHeap {
  let events: SimulatedEvent[] = [];
  let cancelled = 0;

  function push(event: SimulatedEvent): void {
    let i = events.length;
    events.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = events[parent] as SimulatedEvent;
      if (!isBefore(event, above)) break;
      events[i] = above;
      i = parent;
    }
    events[i] = event;
  }

  function removeFirst(): void {
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right !== undefined && isBefore(right, events[child] as SimulatedEvent)) child++;
      const below = events[child] as SimulatedEvent;
      if (!isBefore(below, last)) break;
      events[i] = below;
      i = child;
    }
    events[i] = last;
  }

  function peek(): SimulatedEvent | undefined {
    while (events[0]?.isCancelled === true) {
      removeFirst();
      cancelled--;
    }
    return events[0];
  }

  return {
    push,
    peek,
    pop() {
      const first = peek();
      if (first === undefined) return undefined;
      removeFirst();
      // A timer that ran can be cancelled no more.
      first.isCancelled = true;
      return first;
    },
    remove(event) {
      if (event.isCancelled === true) return;
      event.isCancelled = true;
      cancelled++;
      if (cancelled <= CANCELLED_MAX || cancelled * 2 <= events.length) return;
      const kept = events.filter((one) => one.isCancelled !== true);
      events = [];
      cancelled = 0;
      for (const one of kept) push(one);
    },
    get size() {
      return events.length - cancelled;
    },
  };
}

function isBefore(a: SimulatedEvent, b: SimulatedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
