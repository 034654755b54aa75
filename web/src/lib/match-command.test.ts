import assert from "node:assert/strict";
import { test } from "node:test";
import { bestMatches } from "./match-command.ts";

const commands = ["Server", "Search mail", "Mail", "Dark theme", "Place a fault"];
const find = (query: string): readonly string[] => bestMatches(query, commands, (one) => one);

test("all words must occur, in any order", () => {
  assert.deepEqual(find("fault place"), ["Place a fault"]);
  assert.deepEqual(find("mail dark"), []);
});

test("a command that starts with the word comes before one that only has it", () => {
  assert.deepEqual(find("mail"), ["Mail", "Search mail"]);
});

test("nothing typed shows all, as they stand", () => {
  assert.deepEqual(find(""), commands);
});
