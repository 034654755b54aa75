import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../base/fault.ts";
import type { Network } from "../../base/network.ts";
import { mapLoopbackAddresses } from "./loopback-addresses.ts";
import { fallbackPort, probeManyAddresses, probePrivilegedPorts } from "./loopback-ports.ts";
import { parseUplink } from "./loopback-uplink.ts";

const usual = mapLoopbackAddresses({ virtualNetwork: "10.66.0.0/24", ipv6: "fd66::/64", you: "10.66.0.1" });
const same = mapLoopbackAddresses({ virtualNetwork: "127.66.0.0/24", ipv6: "fd66::/64", you: "127.66.0.1" });
const wide = mapLoopbackAddresses({
  virtualNetwork: "192.168.0.0/16",
  ipv6: "fd00:1::/64",
  you: "192.168.0.1",
});

test("each lab address has its own bound address, and comes back from it", () => {
  const table = [
    [usual, "10.66.0.21", "127.66.0.21"],
    [usual, "fd66::21", "127.67.0.33"],
    [usual, "fd66::ab12", "127.67.171.18"],
    [same, "127.66.0.21", "127.66.0.21"],
    [wide, "192.168.7.9", "127.66.7.9"],
    [wide, "fd00:1::9", "127.67.0.9"],
  ] as const;
  for (const [addresses, virtual, bound] of table) {
    assert.equal(addresses.bound(virtual), bound);
    assert.equal(addresses.shown(bound), virtual);
    assert.equal(addresses.isLab(virtual), true);
  }
});

test("what is not of the lab is bound nowhere and shown as it is", () => {
  for (const address of ["192.0.2.1", "10.66.1.21", "127.0.0.1", "fd67::1", "mail.test"]) {
    assert.equal(usual.isLab(address), false, address);
    assert.equal(usual.bound(address), undefined, address);
  }
  assert.equal(usual.bound("fd66::1:15"), undefined, "its high bits would be lost");
  for (const real of ["192.0.2.1", "127.66.9.9", "127.5.5.5", "2001:db8::1"]) {
    assert.equal(usual.shown(real), real);
  }
});

test("the machine's plain loopback is the person at the keyboard", () => {
  for (const real of ["127.0.0.1", "::1"]) assert.equal(usual.shown(real), "10.66.0.1");
});

test("networks that cannot be told apart again are refused", () => {
  const table = [
    ["10.0.0.0/8", "fd66::/64", /10\.0\.0\.0\/8 is too wide/],
    ["127.0.0.0/8", "fd66::/64", /covers 127\.67/],
    ["fd66::/64", "fd66::/64", /"fd66::\/64" is no IPv4 network/],
    ["10.66.0.0/24", "lab", /"lab" is no IPv6 network/],
  ] as const;
  for (const [virtualNetwork, ipv6, why] of table) {
    assert.throws(() => mapLoopbackAddresses({ virtualNetwork, ipv6, you: "10.66.0.1" }), why);
  }
});

test("the uplink allows what it lists and nothing else", () => {
  const uplink = parseUplink([
    "192.0.2.1",
    "198.51.100.0/24",
    "203.0.113.5:25",
    "[2001:db8::1]:53",
    "2001:db8::2",
  ]);
  const table = [
    ["192.0.2.1", 99, true],
    ["192.0.2.2", 25, false],
    ["198.51.100.77", 25, true],
    ["203.0.113.5", 25, true],
    ["203.0.113.5", 26, false],
    ["2001:db8::1", 53, true],
    ["2001:db8::1", 25, false],
    ["2001:db8::2", 25, true],
  ] as const;
  for (const [address, port, allowed] of table)
    assert.equal(uplink.allows({ address, port }), allowed, address);
  for (const entry of ["mail.test", "192.0.2.1:0", "192.0.2.1:70000", ""]) {
    assert.throws(() => parseUplink([entry]), /uplink: /, entry);
  }
});

/** A machine that says no to some ports. */
function machine(
  refuses: (port: number, address: string) => "permission" | "addressInUse" | "unreachable" | undefined,
): Network {
  const open = async ({ address, port }: { address: string; port: number }): Promise<never> => {
    const kind = refuses(port, address);
    if (kind !== undefined) throw new Fault(kind, "no");
    return { endpoint: { address, port }, close: async () => undefined, send() {} } as never;
  };
  return { listen: open, bindDatagram: open, connect: () => Promise.reject(new Fault("refused", "no")) };
}

test("ports the machine does not give are bound further up", async () => {
  const free = await probePrivilegedPorts(
    machine(() => undefined),
    "127.66.0.1",
  );
  assert.deepEqual([25, 53, 587, 8080].map(free), [25, 53, 587, 8080]);
  const user = await probePrivilegedPorts(
    machine((port) => (port < 1024 ? "permission" : undefined)),
    "127.66.0.1",
  );
  assert.deepEqual(
    [25, 53, 110, 587, 8080, 0].map((port) => (port === 0 ? 0 : user(port))),
    [2525, 5300, 10110, 10587, 8080, 0],
  );
  const taken = await probePrivilegedPorts(
    machine((port) => (port === 25 ? "addressInUse" : undefined)),
    "127.66.0.1",
  );
  assert.deepEqual([25, 53, 587].map(taken), [2525, 53, 587]);
  assert.equal(fallbackPort(8025), 8025);
});

test("a machine with one loopback address is recognised", async () => {
  assert.equal(await probeManyAddresses(machine(() => undefined)), true);
  assert.equal(
    await probeManyAddresses(machine((_, address) => (address === "127.66.0.1" ? "unreachable" : undefined))),
    false,
  );
});
