import assert from "node:assert/strict";
import { test } from "node:test";
import { digWords } from "./dig-words.ts";

test("a question is cut at blanks, and may begin with dig", () => {
  assert.deepEqual(digWords("  nemesis.test   MX "), ["nemesis.test", "MX"]);
  assert.deepEqual(digWords("dig -x 10.66.0.11 @dc"), ["-x", "10.66.0.11", "@dc"]);
  assert.deepEqual(digWords("   "), []);
});
