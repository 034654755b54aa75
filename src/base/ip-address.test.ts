import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  canonicalAddress,
  formatIpAddress,
  inAddressRange,
  parseAddressRange,
  parseIpAddress,
} from "./ip-address.ts";

const CANONICAL: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ["10.66.0.21", "10.66.0.21"],
  ["010.66.0.21", undefined],
  ["10.66.0", undefined],
  ["10.66.0.256", undefined],
  ["::", "::"],
  ["::1", "::1"],
  ["FD66:0:0:0:0:0:0:21", "fd66::21"],
  ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
  ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ["::ffff:10.0.0.1", "::ffff:a00:1"],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["fe80::1%eth0", undefined],
  ["12345::", undefined],
  ["", undefined],
];

test("addresses have one canonical text", () => {
  for (const [text, canonical] of CANONICAL) assert.equal(canonicalAddress(text), canonical, text);
});

test("any sixteen bytes survive being written and read", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      assert.deepEqual(parseIpAddress(formatIpAddress(bytes)), bytes);
    }),
  );
});

test("a range holds its addresses and no others", () => {
  const within = (address: string, range: string): boolean =>
    inAddressRange(
      parseIpAddress(address) ?? new Uint8Array(0),
      parseAddressRange(range) ?? { base: new Uint8Array(0), prefixBits: 0 },
    );
  assert.ok(within("10.66.0.1", "10.66.0.0/24"));
  assert.ok(!within("10.66.1.1", "10.66.0.0/24"));
  assert.ok(within("10.66.1.1", "10.66.0.0/23"));
  assert.ok(within("fd66::9", "fd66::/64"));
  assert.ok(!within("fd66:0:0:1::9", "fd66::/64"));
  assert.ok(!within("10.66.0.1", "fd66::/64"));
  assert.ok(within("192.0.2.1", "0.0.0.0/0"));
  assert.equal(parseAddressRange("10.0.0.0/33"), undefined);
});
