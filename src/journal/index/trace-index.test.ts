import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { JournalEvent } from "../events.ts";
import { parseQuery } from "../query.ts";
import { randomJournal, type Step } from "../testing/random-journal.ts";
import { bounceJourney } from "../testing/sample-journal.ts";
import { listTraces, summarize, traceOf } from "../trace.ts";
import { summaryMatches, type TraceSummary } from "../trace-summary.ts";
import { summaryOf } from "./journey.ts";
import { createTraceIndex, type TraceIndex } from "./trace-index.ts";

const number = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("submit"), host: number, recipients: number, refuse: fc.boolean() } as const),
  fc.record({
    do: fc.constant("relay"),
    message: number,
    to: number,
    kept: fc.boolean(),
    reply: fc.constantFrom("250", "450", "550"),
  } as const),
  fc.record({ do: fc.constant("abroad"), message: number, back: number } as const),
  fc.record({ do: fc.constant("deliver"), message: number } as const),
  fc.record({ do: fc.constant("report"), message: number, foreign: fc.boolean() } as const),
);

const byId = (a: TraceSummary, b: TraceSummary): number => (a.id < b.id ? -1 : 1);

function derived(events: readonly JournalEvent[]): TraceSummary[] {
  return listTraces(events).map(summarize).sort(byId);
}

function kept(index: TraceIndex): TraceSummary[] {
  return index.journeys.matching([]).map(summaryOf).sort(byId);
}

function indexed(events: readonly JournalEvent[], journeysMax = 100_000): TraceIndex {
  const index = createTraceIndex({ journeysMax });
  for (const event of events) index.add(event);
  return index;
}

test("the index says what the full derivation says, of any journal and of any beginning of it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), number, (steps, stride) => {
      const { events } = randomJournal(steps);
      const index = createTraceIndex();
      for (const [at, event] of events.entries()) {
        index.add(event);
        if (at % (stride + 9) === 0)
          assert.deepEqual(kept(index), derived(events.slice(0, at + 1)), `event ${event.id}`);
      }
      assert.deepEqual(kept(index), derived(events));
    }),
    { numRuns: 200 },
  );
});

test("from a journey's first event on, the rest of the journal gives the same trace", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { events } = randomJournal(steps);
      for (const { id, firstEventId } of indexed(events).journeys.matching([])) {
        const { related: _, ...part } = traceOf(events.slice(firstEventId - 1), id) ?? {};
        const { related: __, ...whole } = traceOf(events, id) ?? {};
        assert.deepEqual(part, whole);
      }
    }),
    { numRuns: 50 },
  );
});

test("a journey is found by any hop's queue id and by either end of a connection", () => {
  const index = indexed(bounceJourney().events);
  for (const seed of ["E1", "K1", "in-s", "hop-c", "hop-s"]) assert.equal(index.find(seed), "E1", seed);
  assert.equal(index.find("nothing"), undefined);
  assert.deepEqual(kept(index), derived(bounceJourney().events));
});

test("the oldest journey goes when there are too many, and the others keep their place", () => {
  const submit: Step = { do: "submit", host: 0, recipients: 0, refuse: false };
  const { journeys, find } = indexed(randomJournal(Array.from({ length: 10 }, () => submit)).events, 4);
  assert.equal(journeys.size, 4);
  assert.equal(journeys.gone, 6);
  const [oldest] = journeys.matching([]);
  assert.equal(find(oldest?.id ?? ""), oldest?.id);
  assert.equal(find("Q3"), undefined, "nothing of those that went is kept");
});

test("of a journey that is over and old the summary stays, and is still found by its queue id", () => {
  const steps = Array.from({ length: 8 }, (_, message): Step[] => [
    { do: "submit", host: 0, recipients: 0, refuse: false },
    { do: "deliver", message },
  ]);
  const { events } = randomJournal(steps.flat());
  const open = createTraceIndex({ journeysMax: 100, openMax: 100 });
  const small = createTraceIndex({ journeysMax: 100, openMax: 2 });
  for (const event of events) for (const index of [open, small]) index.add(event);
  assert.deepEqual(kept(small), kept(open));
  assert.equal(kept(small)[0]?.result, "delivered");
  assert.deepEqual(
    kept(small).map(({ id }) => small.find(id)),
    kept(open).map(({ id }) => id),
  );
});

test("a filter that was asked before finds what a new one finds", () => {
  const parsed = parseQuery("-result:queued -to:user2");
  assert.ok(parsed.ok);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.constantFrom(3, 100), (steps, journeysMax) => {
      const index = createTraceIndex({ journeysMax });
      for (const event of randomJournal(steps).events) {
        index.add(event);
        if (event.id % 5 === 0) index.journeys.matching(parsed.value);
      }
      const ids = (some: readonly { id: string }[]): string[] => some.map(({ id }) => id);
      const anew = index.journeys.matching([]).filter((one) => summaryMatches(summaryOf(one), parsed.value));
      assert.deepEqual(ids(index.journeys.matching(parsed.value)), ids(anew));
    }),
  );
});

test("a filter is answered anew when something changed", () => {
  const index = createTraceIndex();
  const parsed = parseQuery("result:delivered");
  assert.ok(parsed.ok);
  const steps: Step[] = [
    { do: "submit", host: 0, recipients: 0, refuse: false },
    { do: "deliver", message: 0 },
  ];
  const seen: number[] = [];
  for (const event of randomJournal(steps).events) {
    index.add(event);
    seen.push(index.journeys.matching(parsed.value).length);
  }
  assert.equal(seen.at(0), 0);
  assert.equal(seen.at(-1), 1);
  const [{ changedId } = { changedId: 0 }] = index.journeys.matching([]);
  assert.equal(index.journeys.changedAfter(changedId - 1)?.length, 1);
  assert.equal(index.journeys.changedAfter(changedId)?.length, 0);
});
