import assert from "node:assert/strict";
import { test } from "node:test";
import { isAddress, readAddresses } from "./address-text.ts";

test("what people type and paste becomes addresses", () => {
  for (const [text, wanted] of [
    ["a@x.test", [["", "a@x.test"]]],
    [
      "Ann Baker <a@x.test>, c@y.test; d@z.test",
      [
        ["Ann Baker", "a@x.test"],
        ["", "c@y.test"],
        ["", "d@z.test"],
      ],
    ],
    [
      '"Baker, Ann" <a@x.test>\nb@x.test',
      [
        ["Baker, Ann", "a@x.test"],
        ["", "b@x.test"],
      ],
    ],
    ['"Ann \\"A\\" B" <a@x.test>', [['Ann "A" B', "a@x.test"]]],
    ["mailto:a@x.test", [["", "a@x.test"]]],
    [" , ;\n", []],
    ["not an address", [["", "not an address"]]],
  ] as const)
    assert.deepEqual(
      readAddresses(text).map(({ name, address }) => [name, address]),
      wanted,
      text,
    );
});

test("the form of an address is known", () => {
  for (const good of ["a@x", "a.b+c@x.test", '"a b"@x.test', "ü@bücher.test", "a@[127.0.0.1]", "a'b@x.test"])
    assert.ok(isAddress(good), good);
  for (const bad of [
    "",
    "a",
    "@x",
    "a@",
    "a b@x.test",
    "a@x..test",
    "a@-x.test",
    "a@x y",
    "a,b@x",
    "a@x>",
    "<a@x",
  ])
    assert.ok(!isAddress(bad), bad);
});
