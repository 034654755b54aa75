import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatRecord } from "../../protocol/dns/zone-file.ts";
import { zoneRecords } from "../../protocol/dns/zone.ts";
import { formatProblem } from "../../settings/yaml-file.ts";
import { LAB_SCHEMA_FILE, labJsonSchema } from "./json-schema.ts";
import type { LabPlan } from "./plan.ts";
import { readLabFile } from "./read-lab-file.ts";
import { leavingObjection } from "../runtime/leaving.ts";

const EXAMPLE = new URL("../../../examples/nemesis.lab.yaml", import.meta.url);

function plan(text: string): LabPlan {
  const result = readLabFile(text, "mail.lab.yaml");
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

const host = (lab: LabPlan, name: string) => {
  const found = lab.hosts.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};

const records = (lab: LabPlan): string[] =>
  lab.zones.flatMap((zone) => [...zoneRecords(zone)].map((one) => formatRecord(one).replaceAll("\t", " ")));

test("the example gives every host its full name, address and doors", () => {
  const lab = plan(readFileSync(EXAMPLE, "utf8"));
  assert.deepEqual(
    lab.hosts.map(({ name, hostname, addresses }) => `${name} ${hostname} ${addresses.join(" ")}`),
    [
      "dc dc.lab.test 10.66.0.53",
      "presto presto.arch.test 10.66.0.11",
      "mex mex.mex.arch.test 10.66.0.12",
      "edge edge.nemesis.test 10.66.0.21",
      "backup backup.nemesis.test 10.66.0.22",
      "kerio kerio.nemesis.test 10.66.0.31",
      "smart smart.lab.test 10.66.0.41",
      "iis iis.lab.test 10.66.0.51",
      "app app.arch.test 10.66.0.90",
    ],
  );
  assert.deepEqual(lab.warnings, []);
  assert.deepEqual(host(lab, "presto").settings?.relayFrom, ["10.66.0.1", "10.66.0.90"]);
  assert.deepEqual(host(lab, "edge").settings?.domains["nemesis.test"], {
    kind: "relay",
    via: { address: "kerio.nemesis.test", port: 25 },
  });
  assert.deepEqual(host(lab, "edge").settings?.relayFrom, [], "nobody relays who was not named");
  assert.deepEqual(host(lab, "iis").settings?.drop, { folder: "./Drop" });
});

test("who goes through a host that wants a login has one there", () => {
  const lab = plan(readFileSync(EXAMPLE, "utf8"));
  const connector = host(lab, "app").settings?.connectors[0];
  assert.equal(connector?.user, "app@smart.lab.test");
  assert.equal(connector?.tls, "must", "a password is never sent in clear");
  assert.equal(host(lab, "smart").passwords.get("app@smart.lab.test"), connector?.password);
});

test("domains make MX, A, PTR and TXT; a sub-domain lives in its parent's zone", () => {
  const all = records(plan(readFileSync(EXAMPLE, "utf8")));
  for (const expected of [
    "arch.test. 300 IN MX 10 presto.arch.test.",
    "presto.arch.test. 300 IN A 10.66.0.11",
    "mex.arch.test. 300 IN MX 10 mex.mex.arch.test.",
    "nemesis.test. 300 IN MX 20 backup.nemesis.test.",
    'arch.test. 300 IN TXT "v=spf1 mx -all"',
    '_dmarc.arch.test. 300 IN TXT "v=DMARC1; p=reject"',
    "31.0.66.10.in-addr.arpa. 300 IN PTR kerio.nemesis.test.",
    "presto. 300 IN A 10.66.0.11",
  ]) {
    assert.ok(all.includes(expected), expected);
  }
  assert.ok(!all.some((line) => line.startsWith("mex.arch.test.") && line.includes("SOA")));
});

test("a lab needs no addresses, no name server and no roles", () => {
  const lab = plan(
    "domains: {a.test: {mx: [one]}}\nhosts: {one: {accept: [a.test]}, two: {accept: [b.test]}}",
  );
  assert.deepEqual(
    lab.hosts.map(({ name, role, addresses }) => [name, role, addresses[0]]),
    [
      ["dns", "dns", "10.66.0.53"],
      ["one", "mailbox", "10.66.0.11"],
      ["two", "mailbox", "10.66.0.12"],
    ],
  );
});

test("an international domain is one and the same in its own script and in A-labels", () => {
  const lab = plan(
    "domains: {bücher.test: {mx: [p:10]}}\nhosts: {p: {accept: [Bücher.test], imap: true, pop3: false}}\naccounts: {eva@bücher.test: {password: x}}\naliases: {info@bücher.test: eva@bücher.test}",
  );
  assert.ok(records(lab).includes("xn--bcher-kva.test. 300 IN MX 10 p.xn--bcher-kva.test."));
  const { hostname, settings, passwords } = lab.hosts.find(({ name }) => name === "p") ?? {};
  assert.equal(hostname, "p.xn--bcher-kva.test");
  assert.ok(settings?.domains["xn--bcher-kva.test"] !== undefined);
  assert.deepEqual(Object.keys(settings?.aliases ?? {}), ["info@xn--bcher-kva.test"]);
  assert.deepEqual([...(passwords?.keys() ?? [])], ["eva@xn--bcher-kva.test"]);
  const services = settings?.listen.map(({ service }) => service) ?? [];
  assert.ok(services.includes("imap") && !services.includes("pop3"), services.join());
});

const WARNED: readonly (readonly [text: string, pattern: RegExp, line?: number])[] = [
  ["domains: {nemesis.local: {}}", /multicast DNS/],
  ["domains: {a.test: {mx: ['10.66.0.11:5']}}", /points to an address, 10\.66\.0\.11/],
  [
    "domains: {a.test: {}}\nzones:\n  a.test: |\n    @ MX 5 m\n    m CNAME n\n    n A 10.66.0.9\n",
    /is an alias/,
  ],
];

test("what is legal and probably not meant is a warning that cites its RFC", () => {
  for (const [text, pattern] of WARNED) {
    const [warning, ...others] = plan(text).warnings;
    assert.match(warning?.message ?? "none", pattern);
    assert.match(warning?.rfc ?? "", /^RFC \d+/);
    assert.deepEqual(others, []);
  }
});

test("mail leaves to the addresses of uplink: for its recipients, and for nobody else", () => {
  const objection = leavingObjection(
    plan("hosts: {a: {accept: [a.test]}}\nuplink: {allow: [192.0.2.1], recipients: [me@real.test, ok.test]}"),
  );
  for (const recipient of ["me@real.test", "any@ok.test"])
    assert.equal(objection(recipient, ["192.0.2.1"]), undefined, recipient);
  assert.match(
    objection("you@real.test", ["10.66.0.11", "192.0.2.1"]) ?? "",
    /^blocked by the lab: you@real\.test/,
  );
  assert.equal(objection("you@real.test", ["10.66.0.11", "fd66::1"]), undefined, "inside");
  const closed = leavingObjection(plan("hosts: {a: {accept: [a.test]}}"));
  assert.equal(closed("you@real.test", ["192.0.2.1"]), undefined, "the dial itself is blocked");
});

const WRONG: readonly (readonly [text: string, ...problems: (string | RegExp)[]])[] = [
  [
    "hosts: {a: {accept: [a.test]}}\nuplink: {allow: [here], recipients: [me@real.test]}",
    'mail.lab.yaml:2:18: uplink.allow[0]: "here" is no address, network or address:port',
  ],
  ["uplink: {allow: [192.0.2.1]}", /^mail\.lab\.yaml:1:9: uplink\.recipients: expected a list/],
  ["hosts:\n  a: { jmap: true }\n", /^mail\.lab\.yaml:2:8: hosts\.a: unknown setting "jmap"/],
  ["hosts: {a: {policies: {spf: enforce}}}\n", /:1:24: hosts\.a\.policies: unknown setting "spf"/],
  [
    "domains:\n  a.test: { mx: [presto:10] }\n",
    'mail.lab.yaml:2:18: domains.a.test.mx[0]: "presto" is no host of this lab',
  ],
  ["hosts: {a: {ip: 192.0.2.1}}\n", /192\.0\.2\.1 is outside the lab's network 10\.66\.0\.0\/24/],
  [
    "hosts:\n  a: {ip: 10.66.0.9}\n  b: {ip: 10.66.0.9}\n",
    "mail.lab.yaml:3:11: hosts.b.ip: 10.66.0.9 is taken by a",
  ],
  ["hosts: {a: {role: relay}}\n", /a relay host needs "relay:" or "backup:"/],
  [
    "accounts:\n  ann@arch.test: {}\n",
    /^mail\.lab\.yaml:2:18: accounts\.ann@arch\.test: no host accepts arch\.test/,
  ],
  ["connectors:\n  - {on: x, to: '*', via: mx}\n", /:2:10: connectors\[0\]\.on: "x" is no host/],
  [
    "zones:\n  a.test: |\n    @ MX 5 mail\n    @ A 10.66.0\n",
    /^mail\.lab\.yaml:4:9: zones\.a\.test: .*; expected /,
  ],
  [
    "hosts: {a: {}}\nfaults:\n  - {at: b.smtp.RCPT, do: {reply: 451}}\n",
    /:3:10: faults\[0\]\.at: "b" is no host/,
  ],
  ["faults:\n  - {at: dns.dns, do: {rcode: NOPE}}\n", /^mail\.lab\.yaml:2:31: faults\[0\]\.do\.rcode: /],
  ["domains: {a.test: {mx: ['.', 'x.test']}}\n", /null MX must be the only one/],
];

test("every mistake is named with its line and column, inside a raw zone too", () => {
  for (const [text, ...problems] of WRONG) {
    const result = readLabFile(text, "mail.lab.yaml");
    assert.ok(!result.ok, text);
    assert.equal(result.error.length, problems.length, JSON.stringify(result.error));
    result.error.forEach((problem, i) => {
      const expected = problems[i] as string | RegExp;
      if (typeof expected === "string") assert.equal(formatProblem(problem), expected);
      else assert.match(formatProblem(problem), expected);
    });
  }
});

test("the published JSON Schema is the one the code makes", () => {
  assert.equal(readFileSync(LAB_SCHEMA_FILE, "utf8"), labJsonSchema());
});
