import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Endpoint } from "../../src/base/network.ts";
import { createJournal } from "../../src/journal/journal.ts";
import type { Zone } from "../../src/protocol/dns/zone.ts";
import { createZone } from "../../src/protocol/dns/zone.ts";
import { parseZoneFile } from "../../src/protocol/dns/zone-file.ts";
import { dataOf } from "../../src/protocol/dns/record.ts";
import type { QuestionTypeName } from "../../src/protocol/dns/record.ts";
import { formatRdata } from "../../src/protocol/dns/rdata.ts";
import type { DnsFault } from "../../src/server/dns/dns-fault.ts";
import { startDnsServer } from "../../src/server/dns/dns-server.ts";
import type { DnsServer, DnsServerOptions } from "../../src/server/dns/dns-server.ts";
import { queryOnce } from "../../src/server/resolver/query-once.ts";
import type { QueryReply } from "../../src/server/resolver/query-once.ts";
import { createResolver } from "../../src/server/resolver/resolver.ts";
import { createTestWorld } from "./dns-world.ts";
import type { TestWorld } from "./dns-world.ts";

const BIG = Array.from({ length: 40 }, (_, i) => `big TXT "${String(i).padStart(60, "x")}"`).join("\n");

function zone(origin: string, text: string): Zone {
  const parsed = parseZoneFile(text, { origin });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return createZone(origin, parsed.value.records);
}

const NEMESIS = zone(
  "nemesis.test",
  `
$TTL 300
@      SOA ns hostmaster 1 2h 15m 2w 1m
@      MX 10 edge
@      MX 20 backup
edge   A 10.66.0.21
backup A 10.66.0.22
www    CNAME edge
away   CNAME host.arch.test.
loop   CNAME pool
pool   CNAME loop
${BIG}
`,
);
const ARCH = zone("arch.test", "@ 60 MX 10 presto\npresto 120 A 10.66.0.11\nhost 30 CNAME presto");

type House = { world: TestWorld; journal: ReturnType<typeof createJournal>; start: Start };
type Start = (
  address: string,
  zones: readonly Zone[],
  more?: Partial<DnsServerOptions>,
) => Promise<DnsServer>;

function house(): House {
  const world = createTestWorld();
  const journal = createJournal(world.clock);
  const start: Start = (address, zones, more = {}) =>
    startDnsServer({
      world,
      recorder: journal.recorder("dc"),
      address,
      port: 53,
      zones: () => zones,
      forwarders: [],
      ...more,
    });
  return { world, journal, start };
}

async function dig(
  world: TestWorld,
  server: Endpoint,
  name: string,
  type: QuestionTypeName,
  more: { tcp?: boolean; edns?: boolean } = {},
): Promise<QueryReply> {
  const result = await world.finish(
    queryOnce({
      world,
      server,
      question: { name, type, class: "IN" },
      tcp: more.tcp ?? false,
      edns: more.edns ?? true,
      timeoutMs: 5000,
    }),
  );
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

const texts = ({ message }: QueryReply): string[] => message.answers.map(({ data }) => formatRdata(data));

describe("the name server", () => {
  test("answers from its zones with authority, over UDP and TCP alike", async () => {
    const { world, start, journal } = house();
    const { endpoint } = await start("10.66.0.53", [NEMESIS]);
    for (const tcp of [false, true]) {
      const reply = await dig(world, endpoint, "NEMESIS.test", "MX", { tcp });
      assert.deepEqual(texts(reply), ["10 edge.nemesis.test.", "20 backup.nemesis.test."]);
      assert.equal(reply.message.authoritative, true);
      assert.equal(reply.message.recursionAvailable, false);
      assert.equal(reply.message.additionals.length, 2);
    }
    const served = journal.read().filter(({ kind }) => kind === "dns.served");
    assert.deepEqual(
      served.map((event) =>
        event.kind === "dns.served" ? [event.transport, event.rcode, event.answers.length] : [],
      ),
      [
        ["udp", "NOERROR", 2],
        ["tcp", "NOERROR", 2],
      ],
    );
  });

  test("cuts at 512 bytes without EDNS, at 1232 with it, and sends all over TCP", async () => {
    const { world, start } = house();
    const { endpoint } = await start("10.66.0.53", [NEMESIS]);
    const classic = await dig(world, endpoint, "big.nemesis.test", "TXT", { edns: false });
    assert.deepEqual([classic.message.truncated, classic.message.answers.length], [true, 0]);
    assert.ok(classic.sizeBytes <= 512);
    const edns = await dig(world, endpoint, "big.nemesis.test", "TXT");
    assert.equal(edns.message.truncated, true);
    const whole = await dig(world, endpoint, "big.nemesis.test", "TXT", { tcp: true });
    assert.deepEqual([whole.message.truncated, whole.message.answers.length], [false, 40]);
  });

  test("refuses what it does not own, transfers and other classes", async () => {
    const { world, start } = house();
    const { endpoint } = await start("10.66.0.53", [NEMESIS]);
    for (const [name, type] of [
      ["example.org", "A"],
      ["nemesis.test", "AXFR"],
      ["nemesis.test", "IXFR"],
    ] as const)
      assert.equal((await dig(world, endpoint, name, type)).message.rcode, "REFUSED", `${name} ${type}`);
  });

  test("forwards what it does not own, to the next server when one is silent or fails", async () => {
    const { world, start } = house();
    const broken = await start("10.66.0.54", [ARCH], {
      intercept: () => ({ action: "rcode", rcode: "SERVFAIL" }),
    });
    const good = await start("10.66.0.55", [ARCH]);
    const silent = { address: "10.66.0.56", port: 53 };
    const { endpoint } = await start("10.66.0.53", [NEMESIS], {
      forwarders: [silent, broken.endpoint, good.endpoint],
    });
    const plain = await dig(world, endpoint, "presto.arch.test", "A");
    assert.deepEqual(texts(plain), ["10.66.0.11"]);
    assert.deepEqual([plain.message.authoritative, plain.message.recursionAvailable], [false, true]);
    const chained = await dig(world, endpoint, "away.nemesis.test", "A");
    assert.deepEqual(texts(chained), ["host.arch.test.", "presto.arch.test.", "10.66.0.11"]);
  });

  test("says SERVFAIL when no forwarder answers", async () => {
    const { world, start } = house();
    const { endpoint } = await start("10.66.0.53", [], { forwarders: [{ address: "10.66.0.99", port: 53 }] });
    assert.equal((await dig(world, endpoint, "arch.test", "MX")).message.rcode, "SERVFAIL");
  });

  test("serves new zones at once", async () => {
    const { world, start } = house();
    let zones: readonly Zone[] = [NEMESIS];
    const { endpoint } = await start("10.66.0.53", [], { zones: () => zones });
    assert.equal((await dig(world, endpoint, "arch.test", "MX")).message.rcode, "REFUSED");
    zones = [NEMESIS, ARCH];
    assert.deepEqual(texts(await dig(world, endpoint, "arch.test", "MX")), ["10 presto.arch.test."]);
  });

  const FAULTS: [string, DnsFault, (reply: QueryReply) => void][] = [
    [
      "rcode",
      { action: "rcode", rcode: "SERVFAIL" },
      (reply) => assert.equal(reply.message.rcode, "SERVFAIL"),
    ],
    ["truncate", { action: "truncate" }, (reply) => assert.equal(reply.message.truncated, true)],
    [
      "wrong",
      {
        action: "wrong",
        answers: [
          { name: "nemesis.test", class: "IN", ttlSeconds: 1, data: { type: "A", address: "10.66.0.66" } },
        ],
      },
      (reply) => assert.deepEqual(texts(reply), ["10.66.0.66"]),
    ],
    ["delay", { action: "delay", delayMs: 1500 }, (reply) => assert.ok(reply.durationMs >= 1500)],
  ];
  for (const [name, fault, check] of FAULTS) {
    test(`plays the fault "${name}"`, async () => {
      const { world, start } = house();
      const { endpoint } = await start("10.66.0.53", [NEMESIS], { intercept: () => fault });
      check(await dig(world, endpoint, "nemesis.test", "MX"));
    });
  }

  test("plays silence", async () => {
    const { world, start } = house();
    const { endpoint: server } = await start("10.66.0.53", [NEMESIS], {
      intercept: () => ({ action: "drop" }),
    });
    const question = { name: "nemesis.test", type: "MX", class: "IN" } as const;
    const asked = queryOnce({ world, server, question, tcp: false, timeoutMs: 500 });
    const result = await world.finish(asked);
    assert.equal(result.ok ? "" : result.error.kind, "timeout");
    assert.equal(world.datagramSockets(), 1);
  });

  test("closes an idle TCP connection", async () => {
    const { world, start } = house();
    const { endpoint } = await start("10.66.0.53", [NEMESIS]);
    const connection = await world.network.connect(endpoint, { timeoutMs: 1 });
    let ended = false;
    connection.attach({ data() {}, end: () => (ended = true), closed() {} });
    await world.advance(9_000);
    assert.equal(ended, false);
    await world.advance(2_000);
    assert.equal(ended, true);
  });
});

describe("the resolver", () => {
  async function scene(more: Partial<DnsServerOptions> = {}) {
    const { world, journal, start } = house();
    const arch = await start("10.66.0.54", [ARCH]);
    const { endpoint } = await start("10.66.0.53", [NEMESIS], { forwarders: [arch.endpoint], ...more });
    const resolver = createResolver({ world, recorder: journal.recorder("edge"), servers: [endpoint] });
    const queries = (): number => journal.read().filter(({ kind }) => kind === "dns.query").length;
    return { world, journal, resolver, endpoint, queries };
  }

  test("answers from the server first and from its cache until the time to live is over", async () => {
    const { world, resolver, queries } = await scene();
    const first = await world.finish(resolver.resolve("nemesis.test", "MX"));
    assert.equal(first.kind, "answer");
    assert.deepEqual(
      dataOf(first.records, "MX").map(({ exchange }) => exchange),
      ["edge.nemesis.test", "backup.nemesis.test"],
    );
    assert.equal(first.fromCache, false);
    await world.advance(100_000);
    const second = await resolver.resolve("Nemesis.TEST.", "MX");
    assert.deepEqual([second.fromCache, second.ttlSeconds, second.records[0]?.ttlSeconds], [true, 200, 200]);
    assert.equal(queries(), 1);
    await world.advance(201_000);
    assert.equal((await world.finish(resolver.resolve("nemesis.test", "MX"))).fromCache, false);
    resolver.flush();
    assert.equal((await world.finish(resolver.resolve("nemesis.test", "MX"))).fromCache, false);
    assert.equal(queries(), 3);
  });

  test("remembers that a name does not exist for as long as the SOA's minimum says, for every type", async () => {
    const { world, resolver, queries } = await scene();
    const first = await world.finish(resolver.resolve("nobody.nemesis.test", "A"));
    assert.deepEqual([first.kind, first.rcode, first.ttlSeconds], ["nxdomain", "NXDOMAIN", 60]);
    assert.equal((await resolver.resolve("nobody.nemesis.test", "AAAA")).kind, "nxdomain");
    assert.equal(queries(), 1);
    await world.advance(61_000);
    await world.finish(resolver.resolve("nobody.nemesis.test", "AAAA"));
    assert.equal(queries(), 2);
    const noData = await world.finish(resolver.resolve("edge.nemesis.test", "MX"));
    assert.deepEqual([noData.kind, noData.rcode], ["noData", "NOERROR"]);
    const other = await world.finish(resolver.resolve("edge.nemesis.test", "A"));
    assert.equal(other.kind, "answer");
  });

  test("follows aliases over several servers and lives as long as the shortest link", async () => {
    const { world, resolver } = await scene();
    const found = await world.finish(resolver.resolve("away.nemesis.test", "A"));
    assert.deepEqual(found.cnames, ["host.arch.test", "presto.arch.test"]);
    assert.equal(found.canonicalName, "presto.arch.test");
    assert.deepEqual([found.kind, found.ttlSeconds, found.records.length], ["answer", 30, 1]);
  });

  test("asks itself for the end of an alias when the server does not", async () => {
    const { world, journal, start } = house();
    const one = await start("10.66.0.53", [NEMESIS]);
    const both = await start("10.66.0.54", [ARCH]);
    const servers = [one.endpoint, both.endpoint];
    const resolver = createResolver({ world, recorder: journal.recorder("edge"), servers });
    const found = await world.finish(resolver.resolve("away.nemesis.test", "A"));
    assert.deepEqual([found.kind, found.canonicalName], ["answer", "presto.arch.test"]);
    assert.deepEqual(found.cnames, ["host.arch.test", "presto.arch.test"]);
  });

  test("gives up on aliases that go round in a circle", async () => {
    const { world, resolver } = await scene();
    const found = await world.finish(resolver.resolve("loop.nemesis.test", "A"));
    assert.equal(found.kind, "failure");
    assert.match(found.detail ?? "", /circle/);
  });

  test("sends one question for many who ask at once", async () => {
    const { world, journal, resolver, queries } = await scene();
    const asked = [1, 2, 3].map((i) => resolver.resolve("nemesis.test", "MX", { trace: `m${i}` }));
    const found = await world.finish(Promise.all(asked));
    assert.equal(queries(), 1);
    assert.deepEqual(
      found.map(({ kind, event }) => [kind, journal.get(event ?? 0)?.kind, journal.get(event ?? 0)?.trace]),
      [1, 2, 3].map((i) => ["answer", "dns.answer", `m${i}`]),
    );
  });

  test("comes by TCP when the answer was cut", async () => {
    const { world, journal, resolver } = await scene();
    const found = await world.finish(resolver.resolve("big.nemesis.test", "TXT"));
    assert.equal(found.records.length, 40);
    const transports = journal.read().map((event) => (event.kind === "dns.query" ? event.transport : ""));
    assert.deepEqual(transports.filter(Boolean), ["udp", "tcp"]);
  });

  test("goes to the next server on silence, and fails in bounded time when all are silent", async () => {
    const { world, journal, start } = house();
    const good = await start("10.66.0.53", [NEMESIS]);
    const silent = { address: "10.66.0.98", port: 53 };
    const recorder = journal.recorder("edge");
    const some = createResolver({ world, recorder, servers: [silent, good.endpoint] });
    const found = await world.finish(some.resolve("edge.nemesis.test", "A"));
    assert.deepEqual([found.kind, found.server], ["answer", "10.66.0.53:53"]);
    const none = createResolver({ world, recorder, servers: [silent] });
    const startedAt = world.clock.now();
    const failed = await world.finish(none.resolve("edge.nemesis.test", "A"));
    assert.deepEqual([failed.kind, failed.rcode, failed.server], ["failure", "TIMEOUT", undefined]);
    assert.equal(world.clock.now() - startedAt, 4000);
    const again = await none.resolve("edge.nemesis.test", "A");
    assert.deepEqual([again.kind, again.fromCache], ["failure", true]);
  });

  test("reports SERVFAIL as a failure that is worth another try a second later", async () => {
    let fault: DnsFault | undefined = { action: "rcode", rcode: "SERVFAIL" };
    const { world, resolver } = await scene({ intercept: () => fault });
    const failed = await world.finish(resolver.resolve("nemesis.test", "MX"));
    assert.deepEqual([failed.kind, failed.rcode], ["failure", "SERVFAIL"]);
    fault = undefined;
    await world.advance(1000);
    assert.equal((await world.finish(resolver.resolve("nemesis.test", "MX"))).kind, "answer");
  });

  test("ignores replies from elsewhere, with another id or to another question", async () => {
    const world = createTestWorld();
    const journal = createJournal(world.clock);
    const server = { address: "10.66.0.53", port: 53 };
    const evil = await world.network.bindDatagram({ address: "10.66.0.66", port: 53 }, () => undefined);
    const forged = await world.network.bindDatagram(server, (bytes, client) => {
      const reply = new Uint8Array(bytes);
      reply[2] = 0x84; // a response without records
      evil.send(reply, client);
      const otherId = new Uint8Array(reply);
      otherId[0] = (otherId[0] ?? 0) ^ 1;
      forged.send(otherId, client);
      const otherName = new Uint8Array(reply);
      otherName[13] = (otherName[13] ?? 0) ^ 1;
      forged.send(otherName, client);
    });
    const resolver = createResolver({ world, recorder: journal.recorder("edge"), servers: [server] });
    assert.equal((await world.finish(resolver.resolve("nemesis.test", "MX"))).rcode, "TIMEOUT");
  });

  test("refuses a name that is none without asking anybody", async () => {
    const { resolver, queries } = await scene();
    assert.deepEqual((await resolver.resolve("a..b", "A")).kind, "failure");
    assert.equal(queries(), 0);
  });
});
