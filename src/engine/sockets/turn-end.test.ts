import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurnEnd } from "./turn-end.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what is left for the end of a turn runs once, in order, and not before", async () => {
  const ran: string[] = [];
  const turnEnd = createTurnEnd();
  turnEnd.after(() => {
    ran.push("first");
    turnEnd.after(() => ran.push("of the next turn"));
  });
  turnEnd.after(() => ran.push("second"));
  await Promise.resolve();
  assert.deepEqual(ran, []);
  await nextTurn();
  assert.deepEqual(ran, ["first", "second"]);
  await nextTurn();
  assert.deepEqual(ran, ["first", "second", "of the next turn"]);
});
