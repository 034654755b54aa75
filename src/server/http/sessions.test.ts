import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { createSessions } from "./sessions.ts";

const DAY_MS = 24 * 3_600_000;

function open() {
  let now = 0;
  const clock = { now: () => now, after: () => ({ cancel: () => undefined }) };
  return {
    sessions: createSessions({ clock, random: seededRandom(1) }),
    wait: (ms: number) => void (now += ms),
  };
}

const by = (account: string): { account: string; by: "password" } => ({ account, by: "password" });

test("a session that is used goes on, and one that is left alone for a week has ended", () => {
  const { sessions, wait } = open();
  const token = sessions.begin(by("ann@arch.test"));
  for (let day = 0; day < 20; day += 5) {
    wait(5 * DAY_MS);
    assert.equal(sessions.find(token)?.account, "ann@arch.test");
  }
  wait(8 * DAY_MS);
  assert.equal(sessions.find(token), undefined);
});

test("all sessions of an account end together, and nobody else's", () => {
  const { sessions } = open();
  const [one, two, other] = [sessions.begin(by("ann")), sessions.begin(by("ann")), sessions.begin(by("bob"))];
  sessions.endAll("ann");
  assert.deepEqual(
    [one, two, other].map((token) => sessions.find(token)?.account),
    [undefined, undefined, "bob"],
  );
});

test("the session unused for longest makes room for the ten-thousand-and-first", () => {
  const { sessions } = open();
  const [first, second] = [sessions.begin(by("first")), sessions.begin(by("second"))];
  for (let i = 0; i < 9_998; i++) sessions.begin(by("many"));
  assert.equal(sessions.find(first)?.account, "first");
  sessions.begin(by("one more"));
  assert.equal(sessions.find(second), undefined);
  assert.equal(sessions.find(first)?.account, "first");
});
