import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  countNumbers,
  eachNumber,
  formatRanges,
  hasNumber,
  intersectRanges,
  normalRanges,
  rangesOf,
  unionRanges,
  withoutRanges,
} from "./number-ranges.ts";

const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

describe("number ranges", () => {
  it("are what a set of numbers is", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const left = rangesOf(a);
        const right = rangesOf(b);
        const setA = new Set(a);
        const setB = new Set(b);
        const same = (ranges: readonly number[], want: ReadonlySet<number>): void => {
          assert.deepEqual(
            [...eachNumber(ranges)],
            [...want].sort((x, y) => x - y),
          );
          assert.equal(countNumbers(ranges), want.size);
          for (let n = 0; n <= 61; n++) assert.equal(hasNumber(ranges, n), want.has(n));
          for (let i = 2; i < ranges.length; i += 2)
            assert.ok((ranges[i] as number) > (ranges[i - 1] as number) + 1);
        };
        same(left, setA);
        same(unionRanges(left, right), setA.union(setB));
        same(intersectRanges(left, right), setA.intersection(setB));
        same(withoutRanges(left, right), setA.difference(setB));
      }),
    );
  });

  it("are written as a sequence-set", () => {
    assert.equal(formatRanges(rangesOf([5, 1, 2, 3, 9, 8])), "1:3,5,8:9");
    assert.equal(
      formatRanges(
        normalRanges([
          [7, 4],
          [1, 2],
          [5, 9],
        ]),
      ),
      "1:2,4:9",
    );
    assert.equal(formatRanges([]), "");
  });
});
