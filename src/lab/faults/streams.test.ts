import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Lane, type Pace } from "./lane.ts";
import { manualClock } from "./manual-clock.ts";
import { StarttlsStripper } from "./starttls-stripper.ts";

function strip(side: "replies" | "commands", text: string, cuts: readonly number[]): string {
  const stripper = new StarttlsStripper(side);
  const bytes = Buffer.from(text, "latin1");
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const out = edges.slice(1).map((edge, i) => stripper.push(bytes.subarray(edges[i], edge)));
  return Buffer.concat([...out, stripper.end()]).toString("latin1");
}

const STRIPPED: readonly (readonly [side: "replies" | "commands", text: string, result: string])[] = [
  ["replies", "250-edge\r\n250-STARTTLS\r\n250 SIZE\r\n", "250-edge\r\n250-XXXXXXXA\r\n250 SIZE\r\n"],
  ["replies", "250-edge\r\n250 starttls\r\n", "250-edge\r\n250 XXXXXXXA\r\n"],
  ["replies", "250-NO STARTTLS\r\n250-START", "250-NO STARTTLS\r\n250-START"],
  ["commands", "EHLO a\r\nSTARTTLS\r\n", "EHLO a\r\nXXXXXXXA\r\n"],
  ["commands", "STAR\r\n\r\nstarttls\r\n", "STAR\r\n\r\nXXXXXXXA\r\n"],
  [
    "commands",
    "MAIL FROM:<a@b>\r\nDATA\r\nSTARTTLS\r\n.\r\n",
    "MAIL FROM:<a@b>\r\nDATA\r\nSTARTTLS\r\n.\r\n",
  ],
];

test("starttls is hidden in replies and commands, never in a message, however the bytes are cut", () => {
  for (const [side, text, result] of STRIPPED) {
    assert.equal(strip(side, text, []), result);
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 8 }), (cuts) => {
        assert.equal(strip(side, text, cuts), result);
      }),
    );
  }
});

test("what has no starttls passes the stripper as it is, whatever bytes it has", () => {
  const bytes = fc.string({
    unit: fc.constantFrom("2", "5", "0", "-", "S", "T", "\r", "\n", "\xff", "M", "A"),
  });
  fc.assert(
    fc.property(fc.constantFrom("replies", "commands"), bytes, fc.array(fc.nat(60)), (side, text, cuts) => {
      assert.equal(strip(side, text, cuts), text);
    }),
  );
});

/** What comes out of a lane, with the time: `100 abc`. */
function travel(pace: Pace, texts: readonly string[], advanceMs: number): string[] {
  const clock = manualClock();
  const out: string[] = [];
  const lane = new Lane(clock, pace, {
    bytes: (bytes) => out.push(`${clock.now()} ${Buffer.from(bytes).toString()}`),
    mark: (run) => run(),
    empty: () => out.push(`${clock.now()} empty`),
  });
  for (const text of texts) lane.push(Buffer.from(text));
  lane.mark(() => out.push(`${clock.now()} end`));
  clock.advance(advanceMs);
  return out;
}

test("a lane is late, slow or sliced, and keeps its order", () => {
  assert.deepEqual(travel({}, ["ab", "cd"], 0), ["0 ab", "0 cd", "0 end"]);
  assert.deepEqual(travel({ delayMs: 50 }, ["ab", "cd"], 50), ["50 ab", "50 cd", "50 end", "50 empty"]);
  assert.deepEqual(travel({ sliceBytes: 2 }, ["abc"], 0), ["0 ab", "0 c", "0 end", "0 empty"]);
  assert.deepEqual(travel({ bytesPerSecond: 20 }, ["abcde"], 250), [
    "100 ab",
    "200 cd",
    "250 e",
    "250 end",
    "250 empty",
  ]);
  assert.deepEqual(travel({ bytesPerSecond: 10, sliceBytes: 5, delayMs: 1_000 }, ["abcdefg"], 1_600), [
    "1500 abcde",
  ]);
});

test("whatever the pace, all bytes come out once and in order, also after a hold", () => {
  const pace = fc.record({
    delayMs: fc.option(fc.nat(500), { nil: undefined }),
    bytesPerSecond: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
    sliceBytes: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  });
  const steps = fc.array(
    fc.oneof(
      fc.string({ maxLength: 20, unit: "grapheme-ascii" }),
      fc.nat(300),
      fc.constantFrom("hold", "release"),
    ),
  );
  fc.assert(
    fc.property(pace, steps, (pace, steps) => {
      const clock = manualClock();
      let sent = "";
      let heard = "";
      const lane = new Lane(clock, pace, {
        bytes: (bytes) => (heard += Buffer.from(bytes).toString()),
        mark: (run) => run(),
        empty: () => undefined,
      });
      for (const step of steps) {
        if (step === "hold") lane.hold();
        else if (step === "release") lane.release();
        else if (typeof step === "number") clock.advance(step);
        else {
          lane.push(Buffer.from(step));
          sent += step;
        }
      }
      lane.release();
      clock.advance(10_000_000);
      assert.equal(heard, sent);
      assert.equal(lane.queuedBytes, 0);
    }),
  );
});
