import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ITEM, type JsonSchema, keysAt, type Step, valuesAt, wordsAt } from "./json-schema.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../../../schema/mail.lab.schema.json", import.meta.url), "utf8"),
) as JsonSchema;

const KEYS: readonly (readonly [path: readonly Step[], some: readonly string[]])[] = [
  [[], ["lab", "domains", "hosts", "faults"]],
  [["hosts"], []],
  [
    ["hosts", "edge"],
    ["role", "relay", "accept", "policies"],
  ],
  [
    ["faults", ITEM],
    ["id", "at", "when", "do"],
  ],
  [["nothing", "here"], []],
];

test("a map offers the keys its schema has, also under names of one's own and in lists", () => {
  for (const [path, some] of KEYS) {
    const names = keysAt(schema, path).map(({ name }) => name);
    for (const name of some) assert.ok(names.includes(name), `${path.join(".")} has ${name}`);
    if (some.length === 0) assert.deepEqual(names, []);
  }
});

test("a value offers the words it may be, and every key says what it means", () => {
  assert.deepEqual(valuesAt(schema, ["hosts", "edge", "role"]).slice(0, 3), [
    "mailbox",
    "relay",
    "smarthost",
  ]);
  assert.deepEqual(valuesAt(schema, ["magic"]), ["true", "false"]);
  assert.match(wordsAt(schema, ["hosts", "edge", "role"]) ?? "", /^mailbox: keeps mail.*One of mailbox/);
  assert.match(wordsAt(schema, ["clock"]) ?? "", /When absent: virtual\.$/);
  assert.equal(wordsAt(schema, ["nothing"]), undefined);
});
