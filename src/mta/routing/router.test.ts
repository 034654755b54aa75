import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import type { Resolution, Resolver } from "../../protocol/dns/resolver.ts";
import type { RecordData } from "../../protocol/dns/record.ts";
import { hostSettingsSchema } from "../../settings/check-settings.ts";
import type { Route } from "./route.ts";
import { createRouter } from "./router.ts";

/** `name TYPE` → rdata, or a failure's rcode; a name with any entry exists. */
type Zone = Record<string, readonly RecordData[] | "SERVFAIL">;

const a = (address: string): RecordData => ({ type: "A", address });
const mx = (preference: number, exchange: string): RecordData => ({ type: "MX", preference, exchange });

const ZONE: Zone = {
  "nemesis.test MX": [mx(20, "backup.nemesis.test"), mx(10, "edge.nemesis.test")],
  "edge.nemesis.test A": [a("10.66.0.21")],
  "backup.nemesis.test A": [a("10.66.0.22")],
  "plain.test A": [a("10.66.0.61")],
  "null.test MX": [mx(0, ".")],
  "lame.test MX": "SERVFAIL",
  "literal.test MX": [mx(10, "10.66.0.31")],
  "dead.test MX": [mx(10, "gone.dead.test")],
  "ours.test MX": [mx(10, "presto.arch.test"), mx(20, "edge.nemesis.test")],
  "backed.test MX": [mx(10, "edge.nemesis.test"), mx(20, "presto.arch.test"), mx(30, "backup.nemesis.test")],
  "presto.arch.test A": [a("10.66.0.11")],
  "jenny.arch.test A": [a("10.66.0.51")],
  "smart.test A": [a("10.66.0.41")],
  "both.test MX": [mx(10, "edge.nemesis.test"), mx(10, "backup.nemesis.test")],
};

function fakeResolver(zone: Zone): Resolver {
  return {
    async resolve(name, type): Promise<Resolution> {
      const found = zone[`${name} ${type}`];
      const exists = Object.keys(zone).some((key) => key.startsWith(`${name} `));
      const base = {
        name,
        canonicalName: name,
        cnames: [],
        ttlSeconds: 300,
        fromCache: false,
        server: undefined,
        event: undefined,
      };
      if (found === "SERVFAIL") return { ...base, kind: "failure", rcode: "SERVFAIL", records: [] };
      if (found === undefined)
        return {
          ...base,
          kind: exists ? "noData" : "nxdomain",
          rcode: exists ? "NOERROR" : "NXDOMAIN",
          records: [],
        };
      return {
        ...base,
        kind: "answer",
        rcode: "NOERROR",
        records: found.map((data) => ({ name, class: "IN", ttlSeconds: 300, data })),
      };
    },
    flush() {},
  };
}

const SETTINGS = hostSettingsSchema.parse({
  hostname: "presto.arch.test",
  addresses: ["10.66.0.11"],
  domains: {
    "arch.test": "local",
    "[10.66.0.11]": "local",
    "kept.test": { kind: "relay", via: "10.66.0.31:2525" },
    localhost: "local",
  },
  connectors: [
    { to: "*.via.test", via: "smart.test:587", user: "u", password: "p", tls: "must" },
    { to: "hook@*", webhook: "http://127.0.0.1:3000/in" },
    { to: "both@*", drop: "/var/drop", webhook: "http://127.0.0.1:3000/in" },
    { to: "never.test", reject: "not from here" },
    { to: "lan.test", host: "10.66.0.0/24", drop: "./Drop" },
  ],
});

const ACCOUNTS = new Map([
  ["ann@arch.test", "ann@arch.test"],
  ["root@[10.66.0.11]", "root"],
  ["me@localhost", "me"],
]);

function route(recipient: string, client?: string, seed = 1): Promise<Route> {
  const router = createRouter({
    settings: () => SETTINGS,
    resolver: fakeResolver(ZONE),
    random: seededRandom(seed),
    accounts: (address) => ACCOUNTS.get(address.toLowerCase()),
  });
  return router(recipient, { reversePath: "app@arch.test", client, trace: undefined, cause: undefined });
}

/** A route in one line. */
function summary({ target }: Route): string {
  switch (target.kind) {
    case "smtp":
      return `smtp ${target.hops.map((hop) => `${hop.host}=${hop.addresses.join("+")}:${hop.port}`).join(" ")} ${target.tls}`;
    case "local":
      return `local ${target.account}`;
    case "drop":
      return `drop ${target.folder}`;
    case "webhook":
      return `${target.folder === undefined ? "" : `drop ${target.folder}, then `}webhook ${target.url}`;
    default:
      return `${target.kind} ${target.status}`;
  }
}

const CASES: readonly (readonly [recipient: string, expected: string, rule: string])[] = [
  [
    "bob@nemesis.test",
    "smtp edge.nemesis.test=10.66.0.21:25 backup.nemesis.test=10.66.0.22:25 may",
    "MX by preference",
  ],
  ["bob@plain.test", "smtp plain.test=10.66.0.61:25 may", "no MX: address of the domain itself"],
  ["bob@null.test", "fail 5.1.10", "null MX"],
  ["bob@missing.test", "fail 5.1.2", "no such domain"],
  ["bob@lame.test", "defer 4.4.3", "DNS failure defers"],
  ["bob@literal.test", "fail 5.4.4", "no usable MX"],
  ["bob@dead.test", "fail 5.4.4", "no usable MX"],
  ["bob@ours.test", "fail 5.4.6", "mail loops back to myself"],
  ["bob@backed.test", "smtp edge.nemesis.test=10.66.0.21:25 may", "better MX than ourselves"],
  ["bob@[10.66.0.31]", "smtp 10.66.0.31=10.66.0.31:25 may", "address literal"],
  ["bob@10.66.0.31", "smtp 10.66.0.31=10.66.0.31:25 may", "address literal"],
  ["bob@[IPv6:fd66::31]", "smtp fd66::31=fd66::31:25 may", "address literal"],
  ["bob@jenny", "smtp jenny.arch.test=10.66.0.51:25 may", "bare host name"],
  ["bob@nowhere", "fail 5.1.2", "bare host name"],
  ["me@localhost", "local me", "local mailbox"],
  ["root@[10.66.0.11]", "local root", "local mailbox"],
  ["ann@arch.test", "local ann@arch.test", "local mailbox"],
  ["ann@[10.66.0.11]", "local ann@arch.test", "local mailbox"],
  ["ann@presto", "local ann@arch.test", "local mailbox"],
  ["ann+news@arch.test", "local ann@arch.test", "local mailbox"],
  ["nobody@arch.test", "fail 5.1.1", "unknown mailbox"],
  ["bob@kept.test", "smtp 10.66.0.31=10.66.0.31:2525 may", "relay domain"],
  ["bob@sub.via.test", "smtp smart.test=10.66.0.41:587 must", "connector 1 matched"],
  ["hook@nemesis.test", "webhook http://127.0.0.1:3000/in", "connector 2 matched"],
  ["both@nemesis.test", "drop /var/drop, then webhook http://127.0.0.1:3000/in", "connector 3 matched"],
  ["bob@never.test", "fail 5.7.1", "connector 4 matched"],
  ["not an address", "fail 5.1.3", "bad recipient address"],
];

test("each recipient goes the way that connectors, domains and DNS say", async () => {
  for (const [recipient, expected, rule] of CASES) {
    const decided = await route(recipient);
    assert.equal(summary(decided), expected, recipient);
    assert.equal(decided.reason.rule, rule, recipient);
  }
});

test("a way that ends at our own door is none, whatever address it is named by", async () => {
  const settings = (listen: string) =>
    hostSettingsSchema.parse({
      hostname: "mail.own.test",
      listen: [listen],
      domains: { "own.test": "local" },
    });
  const zone: Zone = {
    "here.test MX": [mx(10, "lo.here.test")],
    "lo.here.test A": [a("127.0.0.1")],
    "public.test A": [a("192.0.2.7")],
    "six.test MX": [mx(10, "mx.six.test")],
    "mx.six.test AAAA": [{ type: "AAAA", address: "2001:db8::25" }],
  };
  const ask = async (recipient: string, listen: string, machineAddresses: string[] = []): Promise<string> => {
    const router = createRouter({
      settings: () => settings(listen),
      resolver: fakeResolver(zone),
      random: seededRandom(1),
      accounts: () => undefined,
      machineAddresses,
    });
    return summary(
      await router(recipient, { reversePath: "", client: undefined, trace: undefined, cause: undefined }),
    );
  };
  for (const literal of ["127.0.0.1", "127.9.9.9", "0.0.0.0", "IPv6:::ffff:127.0.0.1"])
    assert.equal(await ask(`x@[${literal}]`, "*:25"), "fail 5.1.2", literal);
  assert.equal(await ask("x@here.test", "*:25"), "fail 5.4.6");
  assert.equal(await ask("x@here.test", "127.0.0.1:25"), "fail 5.4.6");
  assert.match(await ask("x@here.test", "192.0.2.7:25"), /^smtp lo\.here\.test/, "somebody else's door");
  assert.match(await ask("x@here.test", "*:2525"), /^smtp lo\.here\.test/, "mail leaves to port 25");
  assert.match(await ask("x@public.test", "*:25"), /^smtp public\.test/);
  assert.equal(await ask("x@public.test", "*:25", ["192.0.2.7"]), "fail 5.4.6");
  assert.equal(await ask("x@six.test", "*:25", ["192.0.2.7"]), "fail 5.4.4", "no IPv6 here");
  assert.match(await ask("x@six.test", "*:25", ["2001:db8::7"]), /^smtp mx\.six\.test=2001:db8::25/);
});

test("mail that may not leave comes back with the reason, however it would have gone", async () => {
  const router = createRouter({
    settings: () => SETTINGS,
    resolver: fakeResolver(ZONE),
    random: seededRandom(1),
    accounts: (address) => ACCOUNTS.get(address.toLowerCase()),
    objection: (recipient, addresses) =>
      addresses.includes("10.66.0.22") || addresses.includes("10.66.0.41") ? `${recipient} stays` : undefined,
  });
  const context = { reversePath: "", client: undefined, trace: undefined, cause: undefined };
  for (const recipient of ["bob@nemesis.test", "bob@sub.via.test"]) {
    const { target, reason } = await router(recipient, context);
    assert.deepEqual(target, { kind: "fail", status: "5.7.1", text: `${recipient} stays` });
    assert.equal(reason.rule, "may not leave");
  }
  assert.equal((await router("bob@plain.test", context)).target.kind, "smtp");
  assert.equal((await router("ann@arch.test", context)).target.kind, "local");
});

test("a connector may ask for the client's network", async () => {
  assert.equal(summary(await route("bob@lan.test", "10.66.0.90")), "drop ./Drop");
  assert.equal(summary(await route("bob@lan.test", "192.0.2.1")), "fail 5.1.2");
});

test("exchangers of equal preference are tried in either order", async () => {
  const first = new Set<string>();
  for (let seed = 0; seed < 30; seed++) first.add(summary(await route("bob@both.test", undefined, seed)));
  assert.equal(first.size, 2);
});

test("every step of the way is told", async () => {
  const { steps } = await route("bob@nemesis.test");
  assert.ok(steps.includes("nemesis.test MX 10 edge.nemesis.test"), steps.join("\n"));
  assert.ok(
    steps.some((step) => step.startsWith("connector 1 (to *.via.test, via smart.test:587) does not match")),
    steps.join("\n"),
  );
});
