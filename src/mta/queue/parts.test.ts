import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { array, assert as check, json, nat, oneof, property, uint8Array } from "fast-check";
import { fromUtf8 } from "../../base/bytes.ts";
import { createDueHeap } from "./due-heap.ts";
import { decodeNote, encodeNote } from "./note.ts";
import { isFinal, nextState, type QueueEvent, type RecipientState, TRANSITIONS } from "./states.ts";

const STATES = Object.keys(TRANSITIONS) as RecipientState[];
const EVENTS: QueueEvent[] = [
  "attempt",
  "delivered",
  "relayed",
  "deferred",
  "failed",
  "expired",
  "hold",
  "release",
  "drop",
];

describe("the table of states", () => {
  for (const state of STATES) {
    for (const event of EVENTS) {
      const to = TRANSITIONS[state][event];
      it(`${state} + ${event} is ${to ?? "a bug"}`, () => {
        if (to === undefined) assert.throws(() => nextState(state, event));
        else assert.equal(nextState(state, event), to);
        assert.equal(isFinal(state) && to !== undefined, false, "nothing leads out of a final state");
      });
    }
  }
});

describe("README.md", () => {
  const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
  for (const state of STATES) {
    it(`has the row of ${state} as the code has it`, () => {
      const row = readme.split("\n").find((line) => line.startsWith(`| ${state} |`));
      const moves = Object.entries(TRANSITIONS[state]).map(([event, to]) => `${event} → ${to}`);
      assert.equal(row?.split("|")[3]?.trim(), moves.join(", ") || "nothing");
    });
  }
});

describe("the heap of due times", () => {
  it("gives times in order, and equal times in the order they came", () => {
    check(
      property(array(nat(20)), (times) => {
        const heap = createDueHeap<number>();
        times.forEach((at, item) => heap.push(at, item));
        const got: [number, number][] = [];
        for (let top = heap.pop(); top !== undefined; top = heap.pop()) got.push([top.at, top.item]);
        const want = times.map((at, item): [number, number] => [at, item]).sort((a, b) => a[0] - b[0]);
        assert.deepEqual(got, want);
        assert.equal(heap.size, 0);
      }),
    );
  });
});

describe("the note", () => {
  it("does not choke on anything", () => {
    check(
      property(oneof(uint8Array(), json().map(fromUtf8)), (bytes) => {
        assert.equal(decodeNote("id", bytes, 1), undefined);
      }),
    );
  });

  it("is small for a message that was just accepted", () => {
    const recipient = { index: 0, address: "bob@nemesis.test" };
    const envelope = {
      reversePath: "ann@arch.test",
      recipients: [recipient],
      body: "7BIT" as const,
      smtputf8: false,
    };
    const part = { recipient, state: "waiting" as const, until: 5, attemptCount: 0, attempts: [] };
    const facts = { client: "10.66.0.11", connection: "c1", isDelayReported: false, cause: 7, dueAt: 9 };
    const entry = {
      id: "X",
      envelope,
      sizeBytes: 10,
      receivedAt: 5,
      ...facts,
      parts: [part],
      activeCount: 0,
      wish: undefined,
    };
    const bytes = encodeNote(entry);
    assert.ok(bytes.length < 200, `${bytes.length} bytes`);
    assert.deepEqual(decodeNote("X", bytes, 10), { ...entry, cause: undefined, dueAt: undefined });
  });
});
