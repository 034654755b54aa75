import assert from "node:assert/strict";
import { test } from "node:test";
import { addressText, firstName, initialsOf, peopleText } from "./people.ts";

const person = (text: string): { name: string; address: string } => {
  const [name = "", address = ""] = text.split("|");
  return { name, address };
};
const isMe = (address: string): boolean => address === "me@x.test";

test("one person stands with the whole name, several with the first, many with the first and the last", () => {
  for (const [people, wanted] of [
    [[], "(nobody)"],
    [["Ann Baker|a@x"], "Ann Baker"],
    [["|a.b@x"], "a.b@x"],
    [["Me|me@x.test"], "me"],
    [["Ann Baker|a@x", "Me|me@x.test", "Baker, Carl|c@x"], "Ann, me, Carl"],
    [["Ann B|a@x", "Bob|b@x", "Carl|c@x", "Me|me@x.test"], "Ann … Carl, me"],
  ] as const)
    assert.equal(peopleText(people.map(person), isMe), wanted);
});

test("names are cut without breaking letters", () => {
  assert.equal(firstName(person("|@x")), "@x");
  assert.equal(addressText(person("Ann|a@x")), "Ann <a@x>");
  assert.equal(addressText(person("|a@x")), "a@x");
  for (const [text, wanted] of [
    ["Ann Baker|a@x", "AB"],
    ["|ann.baker@x.test", "AB"],
    ["𝒜nn|a@x", "𝒜"],
    ["🎉|", "?"],
  ] as const)
    assert.equal(initialsOf(person(text)), wanted);
});
