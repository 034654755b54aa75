import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FlagSets, NO_FLAGS } from "./flag-sets.ts";

describe("flag sets", () => {
  it("hold each combination once, whatever the order and case", () => {
    const sets = new FlagSets();
    const id = sets.id(["$Junk", "\\seen"]);
    assert.equal(sets.id(["\\Seen", "$junk", "$JUNK"]), id);
    assert.deepEqual(sets.flags(id), ["$Junk", "\\Seen"]);
    assert.deepEqual(sets.keywords(), ["$Junk"]);
    assert.equal(sets.id([]), NO_FLAGS);
  });

  it("know what a change makes of each", () => {
    const sets = new FlagSets();
    const seen = sets.changed(NO_FLAGS, "add", ["\\Seen"]);
    assert.deepEqual(sets.flags(seen), ["\\Seen"]);
    assert.equal(sets.changed(seen, "add", ["\\SEEN"]), seen);
    assert.equal(sets.changed(seen, "remove", ["\\Seen", "x"]), NO_FLAGS);
    const many = Array.from({ length: 100 }, (_, n) => sets.changed(NO_FLAGS, "add", [`k${n}`]));
    assert.deepEqual(
      many.map((id) => sets.flags(sets.changed(id, "add", ["\\Seen"])).join()),
      many.map((_, n) => ["\\Seen", `k${n}`].sort().join()),
    );
    assert.deepEqual(sets.flags(sets.changed(seen, "replace", ["b", "a"])), ["a", "b"]);
  });

  it("say which sets hold a flag", () => {
    const sets = new FlagSets();
    sets.id(["\\Seen"]);
    sets.id(["x"]);
    sets.id(["x", "\\Seen"]);
    assert.deepEqual([...sets.holders("\\seen")], [0, 1, 0, 1]);
    assert.equal(sets.has(2, "X"), true);
    assert.equal(sets.has(1, "x"), false);
  });
});
