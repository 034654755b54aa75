import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesAddress } from "./match.ts";

const CASES: readonly (readonly [pattern: string, address: string, matches: boolean])[] = [
  ["*", "bob@nemesis.test", true],
  ["*", "", true],
  ["nemesis.test", "bob@Nemesis.TEST", true],
  ["nemesis.test", "bob@sub.nemesis.test", false],
  ["*.arch.test", "ann@mex.arch.test", true],
  ["*.arch.test", "ann@arch.test", false],
  ["*.arch.test", "ann@notarch.test", false],
  ["parser@*", "parser@[10.66.0.51]", true],
  ["parser@*", "other@[10.66.0.51]", false],
  ["bob@nemesis.test", "BOB@nemesis.test", true],
  ["*@bücher.test", "info@xn--bcher-kva.test", true],
  ["*.bücher.test", "info@mail.xn--bcher-kva.test", true],
  ["<>", "", true],
  ["<>", "bob@nemesis.test", false],
  ["nemesis.test", "", false],
];

test("a pattern takes the addresses it names and no others", () => {
  for (const [pattern, address, matches] of CASES) {
    assert.equal(matchesAddress(pattern, address), matches, `${pattern} and ${address}`);
  }
});
