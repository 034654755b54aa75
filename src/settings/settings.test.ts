import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSettingsSchema } from "./check-settings.ts";
import { formatProblem, parseYamlSettings } from "./yaml-file.ts";

const read = (text: string) => parseYamlSettings(text, "posthorn.yaml", hostSettingsSchema);

test("a host name is enough: the rest has defaults, and relays for nobody", () => {
  const result = read("hostname: mail.example.org\n");
  assert.ok(result.ok);
  assert.deepEqual(result.value.relayFrom, []);
  assert.deepEqual(result.value.queue.retry, [60_000, 300_000, 900_000, 3_600_000, 14_400_000]);
  assert.equal(result.value.policies.message, "refuse");
  assert.equal(result.value.limits.message, 52_428_800);
});

test("short forms stand for long ones", () => {
  const result = read(
    "hostname: a.test\nlisten: ['127.0.0.1:2525', {at: '[::1]:587', service: submission}]\ndomains: {a.test: local}\naliases: {info@a.test: ann@a.test}\nconnectors: [{to: b.test, via: smart.test}]",
  );
  assert.ok(result.ok);
  assert.deepEqual(result.value.listen, [
    { at: { address: "127.0.0.1", port: 2525 }, service: "smtp", tls: "offer" },
    { at: { address: "::1", port: 587 }, service: "submission", tls: "offer" },
  ]);
  assert.deepEqual(result.value.domains, { "a.test": { kind: "local" } });
  assert.deepEqual(result.value.aliases, { "info@a.test": ["ann@a.test"] });
  assert.deepEqual(result.value.connectors[0]?.via, { address: "smart.test", port: 25 });
});

test("names are looked up in one form, however they are written", () => {
  const result = read(
    "hostname: mail.test\ndomains: {Bücher.test: local, '[10.66.0.11]': local, jenny: local}\naliases: {Info@Bücher.test: ann@a.test}\ntls: {domains: {Nemesis.TEST: must}}\n",
  );
  assert.ok(result.ok);
  assert.deepEqual(Object.keys(result.value.domains), ["xn--bcher-kva.test", "[10.66.0.11]", "jenny"]);
  assert.deepEqual(Object.keys(result.value.aliases), ["info@xn--bcher-kva.test"]);
  assert.deepEqual(result.value.tls.domains, { "nemesis.test": "must" });
});

const WRONG: readonly (readonly [text: string, ...problems: string[]])[] = [
  [
    "hostname: mail.test\nqueue:\n  retry: [1m, 5]\n",
    'posthorn.yaml:3:15: queue.retry[1]: expected a duration such as "30s", "5m", "4h" or "5d"',
  ],
  [
    "hostname: mail.test\nrelayfrom: [a]\n",
    'posthorn.yaml:2:1: unknown setting "relayfrom"; did you mean "relayFrom"?',
  ],
  [
    "hostname: mail.test\nqueue: {exprie: 5d}\n",
    'posthorn.yaml:2:9: queue: unknown setting "exprie"; did you mean "expire"?',
  ],
  [
    "hostname: mail.test\nlisten:\n  - {at: ':25:25'}\n",
    'posthorn.yaml:3:10: listen[0].at: ":25:25" is not a host with a port: write "mail.example.org:25" or "[fd66::1]:25"',
  ],
  [
    "hostname: mail.test\nconnectors:\n  - to: b.test\n",
    "posthorn.yaml:3:5: connectors[0]: a connector takes exactly one of via, drop, webhook, reject (or drop with webhook); this one has none",
  ],
  [
    "hostname: mail.test\npolicies: {helo: maybe}\n",
    'posthorn.yaml:2:18: policies.helo: expected "off" or "warn" or "refuse"',
  ],
  [
    "hostname: mail.test\ndomains: {a.test: lokal}\n",
    'posthorn.yaml:2:19: domains.a.test: expected "local" or "relay" or "internal", or a mapping',
  ],
  [
    "hostname: [\n",
    "posthorn.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  [
    "hostname: mail.test\nrelayFrom: [10.66.0.0/24, lan]\naddresses: [here]\n",
    'posthorn.yaml:2:27: relayFrom[1]: "lan" is not an address or a network such as 10.66.0.0/24',
    'posthorn.yaml:3:13: addresses[0]: "here" is not an IP address',
  ],
  [
    "hostname: mail.test\nconnectors: [{to: a.test, host: 10.66.0.0/33, via: mx}]\n",
    'posthorn.yaml:2:33: connectors[0].host: "10.66.0.0/33" is not an address or a network such as 10.66.0.0/24',
  ],
  [
    "hostname: mail.test\ndomains: {'*': relay}\n",
    'posthorn.yaml:2:16: domains.*: "*" is not a domain, a host name or an address literal',
  ],
  [
    "hostname: mail.test\naliases:\n  x: y@a.test\n  z@a.test: y\n",
    'posthorn.yaml:3:6: aliases.x: "x" is not a mail address such as ann@example.org',
    'posthorn.yaml:4:13: aliases.z@a.test: "y" is not a mail address such as ann@example.org',
  ],
  [
    "hostname: mail.test\nadministrators: [ann]\npostmaster: root\n",
    'posthorn.yaml:2:18: administrators[0]: "ann" is not a mail address such as ann@example.org',
    'posthorn.yaml:3:13: postmaster: "root" is not a mail address such as ann@example.org',
  ],
  [
    "hostname: mail.test\ntls: {certificate: a.pem}\n",
    'posthorn.yaml:2:20: tls.certificate: needs "tls.key" beside it',
  ],
  [
    "hostname: mail.test\nlisten: ['*:25', '*:25']\n",
    "posthorn.yaml:2:18: listen[1]: *:25 is listened on by listen[0] already",
  ],
];

test("a wrong setting is named by line, column, path and what was expected", () => {
  for (const [text, ...problems] of WRONG) {
    const result = read(text);
    assert.ok(!result.ok, text);
    assert.deepEqual(result.error.map(formatProblem), problems);
  }
});
