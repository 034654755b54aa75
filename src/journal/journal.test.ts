import assert from "node:assert/strict";
import { test } from "node:test";
import { eventMatches } from "./event-query.ts";
import type { EventBody } from "./events.ts";
import { createJournal } from "./journal.ts";
import { formatEvents, parseEvents } from "./ndjson.ts";
import { matchesValue, parseQuery } from "./query.ts";
import { bounceJourney } from "./testing/sample-journal.ts";

const clock = { now: () => 7, after: () => ({ cancel: () => undefined }) };

function warning(what: string): EventBody {
  return { kind: "warning", what, detail: "", rfc: undefined };
}

test("a full ring forgets the oldest and keeps its ids without a gap", () => {
  const journal = createJournal(clock, 4);
  const pen = journal.recorder("edge");
  for (let i = 1; i <= 10; i++) assert.equal(pen.record(warning(`${i}`), undefined), i);
  assert.deepEqual([journal.firstId, journal.lastId], [7, 10]);
  assert.deepEqual(
    journal.read(8).map((event) => [event.id, event.kind === "warning" && event.what]),
    [
      [9, "9"],
      [10, "10"],
    ],
  );
  assert.equal(journal.get(6), undefined);
  assert.equal(journal.get(7)?.at, 7);
});

test("lines come back as they were recorded, whatever was in their place before", () => {
  const journal = createJournal(clock, 2);
  const pen = journal.recorder("edge");
  const line = (by: "client" | "server", connection: string): EventBody => {
    return { kind: "line", connection, by, text: `${by} on ${connection}` };
  };
  const bodies = [
    line("client", "c"),
    line("server", "c"),
    warning("x"),
    line("server", "other"),
    line("client", "c"),
  ];
  for (const body of bodies) {
    const id = pen.record(body, "c", 1);
    assert.deepEqual(journal.get(id), { id, at: 7, host: "edge", trace: "c", cause: 1, ...body });
  }
});

test("a cleared journal goes on counting", () => {
  const journal = createJournal(clock, 4);
  const pen = journal.recorder("edge");
  for (let i = 0; i < 6; i++) pen.record(warning("x"), undefined);
  journal.clear();
  assert.deepEqual(journal.read(), []);
  assert.equal(pen.record(warning("y"), "t", 3), 7);
  assert.deepEqual(journal.read(), [
    {
      id: 7,
      at: 7,
      host: "edge",
      trace: "t",
      cause: 3,
      kind: "warning",
      what: "y",
      detail: "",
      rfc: undefined,
    },
  ]);
});

test("a watcher that breaks is let go and the others still hear", () => {
  const journal = createJournal(clock, 4);
  const heard: number[] = [];
  let breaks = 0;
  journal.subscribe(() => {
    breaks++;
    throw new Error("mine");
  });
  const stop = journal.subscribe((event) => heard.push(event.id));
  const pen = journal.recorder("edge");
  pen.record(warning("a"), undefined);
  pen.record(warning("b"), undefined);
  stop();
  pen.record(warning("c"), undefined);
  assert.deepEqual([heard, breaks], [[1, 2], 1]);
});

test("events go to text and back, and the order of their keys does not matter", () => {
  const { events } = bounceJourney();
  const text = formatEvents(events);
  const again = parseEvents(text);
  assert.ok(again.ok);
  assert.equal(formatEvents(again.value), text);
  const turned = events.map((event) => Object.fromEntries(Object.entries(event).reverse()));
  assert.equal(formatEvents(turned as unknown as typeof events), text);
  assert.match(text, /^\{"id":1,"at":\d+,"host":"edge","trace":"in-s","kind":"connection.opened",/);
});

test("a line that is no event is named by its number", () => {
  const bad = parseEvents('{"id":1,"at":0,"host":"a","kind":"clock"}\n{"id":"x"}\n');
  assert.deepEqual(bad.ok ? undefined : bad.error.line, 2);
  assert.equal(parseEvents("{").ok, false);
});

const REFUSED: readonly (readonly [text: string, column: number])[] = [
  ["too:bob", 1],
  ["to:bob frm:ann", 7],
  ['subject:"open', 1],
];

test("a query that cannot be read says where", () => {
  for (const [text, column] of REFUSED) {
    const parsed = parseQuery(text);
    assert.equal(parsed.ok ? 0 : parsed.error.column, column, text);
  }
});

const VALUES: readonly (readonly [field: string, wanted: string, have: string, holds: boolean])[] = [
  ["to", "bob@a.test", "Bob@A.test", true],
  ["to", "@a.test", "bob@a.test", true],
  ["to", "@a.test", "bob@b.a.test", false],
  ["to", "bo*@*.test", "bob@a.test", true],
  ["to", "b*b*b", "bb", false],
  ["status", "5.1", "5.1.1", true],
  ["status", "5.1", "5.10.1", false],
  ["status", "4", "5.1.4", false],
  ["host", "ker", "kerio", false],
  ["subject", "ello", "Hello", true],
];

test("a value is compared as its field asks", () => {
  for (const [field, wanted, have, holds] of VALUES) {
    assert.equal(matchesValue(field, wanted, have), holds, `${field}:${wanted} ${have}`);
  }
});

test("the same query works on single events", () => {
  const { events } = bounceJourney();
  const count = (text: string): number => {
    const parsed = parseQuery(text);
    assert.ok(parsed.ok);
    return events.filter((event) => eventMatches(event, parsed.value)).length;
  };
  assert.equal(count("kind:outcome result:failed"), 1);
  assert.equal(count("kind:message host:kerio"), 1);
  assert.equal(count('text:"no such user"'), 3);
});
