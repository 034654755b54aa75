import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  canonicalIp,
  formatIp,
  networkContains,
  parseIp,
  parseIpv6,
  parseNetwork,
  reverseName,
} from "./ip.ts";

test("addresses are written in their one canonical form", () => {
  const table: [string, string | undefined][] = [
    ["192.168.1.32", "192.168.1.32"],
    ["0.0.0.0", "0.0.0.0"],
    ["256.1.1.1", undefined],
    ["01.1.1.1", undefined],
    ["1.1.1", undefined],
    ["1.1.1.1.", undefined],
    ["", undefined],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["FD66::0021", "fd66::21"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["1:2:3:4:5:6:7:8::", undefined],
    ["::ffff:10.66.0.1", "::ffff:10.66.0.1"],
    ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
    ["1:2:3:4:5:6:7:1.2.3.4", undefined],
    [":1::", undefined],
    ["1::2::3", undefined],
    ["1:", undefined],
    ["12345::", undefined],
    ["fe80::1%eth0", undefined],
  ];
  for (const [text, expected] of table) assert.equal(canonicalIp(text), expected, text);
});

test("what we take for an address, node does too", () => {
  const hextet = fc.constantFrom("0", "1", "ab", "ffff", "", "::", ":", "1.2.3.4", "00001", "g");
  fc.assert(
    fc.property(fc.array(hextet, { maxLength: 10 }), fc.constantFrom(":", ""), (parts, joint) => {
      const text = parts.join(joint);
      assert.equal(parseIpv6(text) !== undefined, isIPv6(text), text);
      assert.equal(parseIp(text) !== undefined, isIPv4(text) || isIPv6(text), text);
    }),
    { numRuns: 500 },
  );
});

test("any address survives being written and read", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 2 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, (ip) => assert.deepEqual(parseIp(formatIp(ip)), ip)));
});

test("a network contains its addresses and no others", () => {
  const table: [string, string, boolean][] = [
    ["10.66.0.0/24", "10.66.0.255", true],
    ["10.66.0.0/24", "10.66.1.0", false],
    ["10.66.0.0/23", "10.66.1.7", true],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "::1", false],
    ["10.66.0.1", "10.66.0.1", true],
    ["10.66.0.1", "10.66.0.2", false],
    ["10.66.0.0/24", "::ffff:10.66.0.9", true],
    ["fd66::/64", "fd66::1:2", true],
    ["fd66::/65", "fd66::8000:0:0:1", false],
    ["fd66::/64", "nonsense", false],
  ];
  for (const [network, address, expected] of table) {
    const parsed = parseNetwork(network);
    assert.ok(parsed !== undefined, network);
    assert.equal(networkContains(parsed, address), expected, `${network} ${address}`);
  }
  for (const bad of ["10.66.0.1/24", "10.66.0.0/33", "10.66.0.0/", "fd66::/129", "x/8", "10.0.0.0/08"]) {
    assert.equal(parseNetwork(bad), undefined, bad);
  }
});

test("reverse names run from the last part to the first", () => {
  assert.equal(reverseName("10.66.0.1"), "1.0.66.10.in-addr.arpa");
  assert.equal(
    reverseName("fd66::21"),
    "1.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.6.d.f.ip6.arpa",
  );
  assert.equal(reverseName("mx.test"), undefined);
});
