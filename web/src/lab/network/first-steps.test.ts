import assert from "node:assert/strict";
import { test } from "node:test";
import { keepSteps, NO_STEPS, readSteps } from "./first-steps.ts";

function storageOf(entries: Record<string, string> = {}) {
  const map = new Map(Object.entries(entries));
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

test("steps that were done are done when one comes back to the page, until they are closed", () => {
  const storage = storageOf();
  assert.equal(readSteps(storage), undefined);
  const steps = { ...NO_STEPS, sent: "4KF2", read: true };
  keepSteps(storage, steps);
  assert.deepEqual(readSteps(storage), { ...steps, lost: undefined });
  keepSteps(storage, undefined);
  assert.equal(readSteps(storage), undefined);
});

test("what somebody else kept under the name, and a browser that keeps nothing, are no steps", () => {
  assert.equal(readSteps(storageOf({ "posthorn.first-steps": "{" })), undefined);
  const strange = readSteps(storageOf({ "posthorn.first-steps": '{"sent":3,"read":"yes"}' }));
  assert.deepEqual(strange, { ...NO_STEPS, sent: undefined, lost: undefined });
  const closed = {
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
    removeItem: () => undefined,
  };
  assert.equal(readSteps(closed), undefined);
  keepSteps(closed, NO_STEPS);
});
