import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { isFault, type FaultKind } from "../../base/fault.ts";
import type { Connection, Endpoint } from "../../base/network.ts";
import type { TlsClientOptions, TlsIdentity } from "../../base/tls.ts";
import { createSimulation, type Simulation } from "./simulation.ts";
import { describeAuthority, describeIdentity } from "./simulated-tls.ts";

const START = Date.UTC(2026, 0, 5);
const A = "10.66.0.11";
const B = "10.66.0.21";
const MAIL: Endpoint = { address: B, port: 25 };

function world(): Simulation {
  return createSimulation({ seed: 42, startAt: START });
}

/** Writes down what a connection sees, with the milliseconds since the start. */
function watch(simulation: Simulation, name: string, connection: Connection, log: string[]): void {
  const say = (word: string): void => void log.push(`${simulation.clock.now() - START} ${name} ${word}`);
  connection.attach({
    data: (bytes) => say(utf8(bytes)),
    end: () => say("<end>"),
    drain: () => say("<drain>"),
    closed: (fault) => say(fault === undefined ? "<closed>" : `<closed: ${fault.kind}>`),
  });
}

type Pair = { simulation: Simulation; client: Connection; server: Connection; log: string[] };

async function pair(): Promise<Pair> {
  const simulation = world();
  const [a, b] = [A, B].map((address) => simulation.worldFor({ addresses: [address] }));
  const log: string[] = [];
  let server: Connection | undefined;
  await b?.network.listen(MAIL, (connection) => {
    server = connection;
  });
  const connecting = a?.network.connect(MAIL, { timeoutMs: 1_000 });
  await simulation.clock.advance(2);
  const client = await connecting;
  assert.ok(client !== undefined && server !== undefined);
  return { simulation, client, server, log };
}

test("bytes and ends take one latency each way, and both sides close in order", async () => {
  const { simulation, client, server, log } = await pair();
  assert.deepEqual(client.remote, MAIL);
  assert.deepEqual(server.remote, { address: A, port: 49_152 });
  server.write(fromUtf8("220 hello"));
  watch(simulation, "client", client, log);
  watch(simulation, "server", server, log);
  client.cork();
  client.write(fromUtf8("MAIL "));
  client.write(fromUtf8("RCPT"));
  client.uncork();
  client.end();
  await simulation.clock.advance(10);
  server.write(fromUtf8("221 bye"));
  server.end();
  assert.equal(server.write(fromUtf8("late")), false);
  await simulation.clock.advance(10);
  assert.deepEqual(log, [
    "3 client 220 hello",
    "3 server MAIL RCPT",
    "3 server <end>",
    "12 server <closed>",
    "13 client 221 bye",
    "13 client <end>",
    "13 client <closed>",
  ]);
  assert.deepEqual(simulation.network.open, { connections: 0, listeners: 1, datagramSockets: 0 });
});

test("what arrives before a handler, or during a pause, is kept for later", async () => {
  const { simulation, client, server, log } = await pair();
  client.write(fromUtf8("early"));
  await simulation.clock.advance(100);
  watch(simulation, "server", server, log);
  await simulation.clock.advance(0);
  server.pause();
  client.write(fromUtf8("held"));
  client.end();
  await simulation.clock.advance(100);
  assert.deepEqual(log, ["102 server early"]);
  server.resume();
  await simulation.clock.advance(0);
  assert.deepEqual(log.slice(1), ["202 server held", "202 server <end>"]);
});

test("a slow reader makes write say no, and drain follows once it took everything", async () => {
  const { simulation, client, server, log } = await pair();
  watch(simulation, "client", client, log);
  const chunk = new Uint8Array(40_000);
  assert.equal(client.write(chunk), true);
  assert.equal(client.write(chunk), false);
  assert.equal(client.bufferedBytes, 80_000);
  await simulation.clock.advance(50);
  assert.equal(client.bufferedBytes, 80_000);
  server.attach({ data() {}, end() {}, closed() {} });
  await simulation.clock.advance(1);
  assert.equal(client.bufferedBytes, 0);
  assert.deepEqual(log, ["52 client <drain>"]);
});

test("tearing down loses what is on the way and tells the peer of a reset", async () => {
  const { simulation, client, server, log } = await pair();
  watch(simulation, "client", client, log);
  watch(simulation, "server", server, log);
  client.write(fromUtf8("lost"));
  client.destroy();
  client.destroy();
  await simulation.clock.advance(10);
  assert.deepEqual(log, ["2 client <closed: closed>", "3 server <closed: reset>"]);
});

test("what cannot be had is a fault of its kind", async () => {
  const simulation = world();
  const { network } = simulation.worldFor({ addresses: [A] });
  simulation.worldFor({ addresses: [B, "fd66::21"] });
  const dial = (address: string, from?: string): Promise<Connection> =>
    network.connect({ address, port: 25 }, { timeoutMs: 30_000, from });
  const cases: readonly (readonly [FaultKind, () => Promise<unknown>, RegExp])[] = [
    ["refused", () => dial(B), /nobody listens at 10\.66\.0\.21:25/],
    ["unreachable", () => dial("10.66.0.99"), /no host has the address 10\.66\.0\.99/],
    ["unreachable", () => dial("fd66::21"), /has no IPv6 address/],
    ["unreachable", () => dial(B, "10.66.0.77"), /not an address of this host/],
    ["blocked", () => dial("192.0.2.1"), /blocked by the lab: 192\.0\.2\.1 is not a lab host/],
    ["unreachable", () => network.listen({ address: B, port: 25 }, () => undefined), /not an address/],
  ];
  for (const [kind, attempt, message] of cases) {
    const checked = assert.rejects(
      attempt(),
      (error) => isFault(error, kind) && message.test(error.message),
      kind,
    );
    await simulation.clock.advance(10);
    await checked;
  }
  const listener = await network.listen({ address: "0.0.0.0", port: 25 }, () => undefined);
  await assert.rejects(
    network.listen({ address: A, port: 25 }, () => undefined),
    (error) => isFault(error, "addressInUse"),
  );
  await listener.close();
  await (await network.listen({ address: A, port: 25 }, () => undefined)).close();
});

test("datagrams arrive one latency later, and those to nobody are lost", async () => {
  const simulation = world();
  const a = simulation.worldFor({ addresses: [A] }).network;
  const b = simulation.worldFor({ addresses: [B] }).network;
  const log: string[] = [];
  const server = await b.bindDatagram({ address: B, port: 53 }, (bytes, from) => {
    log.push(`${simulation.clock.now() - START} ${utf8(bytes)} ${from.address}:${from.port}`);
    server.send(fromUtf8("answer"), from);
  });
  const client = await a.bindDatagram({ address: "0.0.0.0", port: 0 }, (bytes, from) => {
    log.push(`${simulation.clock.now() - START} ${utf8(bytes)} ${from.address}:${from.port}`);
  });
  client.send(fromUtf8("question"), server.endpoint);
  client.send(fromUtf8("lost"), { address: "10.66.0.99", port: 53 });
  client.send(fromUtf8("blocked"), { address: "192.0.2.1", port: 53 });
  await simulation.clock.advance(10);
  assert.deepEqual(log, ["1 question 10.66.0.11:49152", "2 answer 10.66.0.21:53"]);
  await Promise.all([client.close(), server.close()]);
  assert.equal(simulation.network.open.datagramSockets, 0);
});

const YEAR_MS = 365 * 86_400_000;
const good = describeIdentity({
  names: ["mail.test", "*.wild.test", B],
  issuer: "Lab Root",
  notBefore: START - 1,
  notAfter: START + YEAR_MS,
});
const trusted = { caPem: describeAuthority("Lab Root") };

const HANDSHAKES: readonly {
  identity: TlsIdentity;
  serverName: string;
  verify: TlsClientOptions["verify"];
  refused?: RegExp;
  verifyError?: RegExp;
}[] = [
  { identity: good, serverName: "mail.test", verify: trusted },
  { identity: good, serverName: "one.wild.test", verify: trusted },
  { identity: good, serverName: "two.one.wild.test", verify: trusted, refused: /is for other names/ },
  { identity: good, serverName: B, verify: trusted },
  { identity: good, serverName: "evil.test", verify: trusted, refused: /is for other names/ },
  {
    identity: { ...good, notAfter: START - 1 },
    serverName: "mail.test",
    verify: trusted,
    refused: /has expired/,
  },
  {
    identity: { ...good, notBefore: START + YEAR_MS },
    serverName: "mail.test",
    verify: trusted,
    refused: /not valid yet/,
  },
  { identity: good, serverName: "mail.test", verify: "system", refused: /not trusted/ },
  {
    identity: { ...good, issuer: "mail.test" },
    serverName: "mail.test",
    verify: "none",
    verifyError: /is self-signed/,
  },
];

for (const { identity, serverName, verify, refused, verifyError } of HANDSHAKES) {
  test(`a handshake for ${serverName}: ${(refused ?? verifyError)?.source ?? "good"}`, async () => {
    const { simulation, client, server, log } = await pair();
    watch(simulation, "client", client, log);
    watch(simulation, "server", server, log);
    server.pause();
    client.pause();
    const atClient = client.startTls({ role: "client", serverName, verify, timeoutMs: 1_000 });
    // The server may be late: what the client said waits for it.
    await simulation.clock.advance(10);
    const atServer = server.startTls({ role: "server", identity, timeoutMs: 1_000 });
    const outcomes = Promise.allSettled([atClient, atServer]);
    await simulation.clock.advance(10);
    const [clientEnd, serverEnd] = await outcomes;
    if (refused === undefined) {
      assert.ok(clientEnd.status === "fulfilled" && serverEnd.status === "fulfilled");
      assert.equal(clientEnd.value.verified, verifyError === undefined);
      assert.match(clientEnd.value.verifyError ?? "", verifyError ?? /^$/);
      assert.equal(client.tls, clientEnd.value);
      client.write(fromUtf8("secret"));
      await simulation.clock.advance(1);
      assert.deepEqual(log, ["23 server secret"]);
    } else {
      assert.ok(clientEnd.status === "rejected" && serverEnd.status === "rejected");
      assert.ok(isFault(clientEnd.reason, "tls") && refused.test(clientEnd.reason.message));
      assert.ok(isFault(serverEnd.reason, "tls"));
      assert.equal(log.length, 2);
    }
  });
}

test("plaintext where a handshake was due fails it, and silence is given up in time", async () => {
  const first = await pair();
  const handshake = first.server.startTls({ role: "server", identity: good, timeoutMs: 1_000 });
  const checked = assert.rejects(handshake, (error) => isFault(error, "tls"));
  watch(first.simulation, "client", first.client, first.log);
  first.client.write(fromUtf8("EHLO plaintext.test\r\n"));
  await first.simulation.clock.advance(5);
  await checked;
  assert.deepEqual(first.log, ["4 client <closed: reset>"]);

  const second = await pair();
  watch(second.simulation, "server", second.server, second.log);
  const silence = assert.rejects(
    second.client.startTls({ role: "client", serverName: "x", verify: "none", timeoutMs: 1_000 }),
    (error) => isFault(error, "timeout"),
  );
  await second.simulation.clock.advance(2_000);
  await silence;
  assert.equal(second.log.length, 2, "the server read the start of a handshake, then a reset");
});

test("after a handshake whoever awaited it runs before the first bytes", async () => {
  const { simulation, client, server, log } = await pair();
  watch(simulation, "server", server, log);
  const atServer = server.startTls({ role: "server", identity: good, timeoutMs: 1_000 }).then(() => {
    log.push("ready");
  });
  void client
    .startTls({ role: "client", serverName: "mail.test", verify: "none", timeoutMs: 1_000 })
    .then(() => client.write(fromUtf8("EHLO")));
  await simulation.clock.advance(10);
  await atServer;
  assert.deepEqual(log, ["ready", "5 server EHLO"]);
});

test("each host has chance of its own, and the same one each time", () => {
  const dice = (addresses: string[]): number => world().worldFor({ addresses }).random.integer(1_000_000);
  assert.equal(dice([A]), dice([A]));
  assert.notEqual(dice([A]), dice([B]));
});

type Step = { from: number; to: number; waitMs: number; sizeBytes: number; how: "end" | "destroy" | "keep" };

/** Three hosts that echo, and a program of calls between them; everything seen is written down. */
async function runProgram(seed: number, steps: readonly Step[]): Promise<string[]> {
  const simulation = createSimulation({ seed, startAt: START });
  const log: string[] = [];
  const addresses = [A, B, "10.66.0.31"];
  const worlds = addresses.map((address) => simulation.worldFor({ addresses: [address] }));
  for (const [i, { network }] of worlds.entries()) {
    await network.listen({ address: addresses[i] ?? "", port: 25 }, (connection) => {
      const name = `${i} from ${connection.remote.address}:${connection.remote.port}`;
      connection.attach({
        data(bytes) {
          log.push(`${simulation.clock.now()} ${name} ${bytes.length}`);
          connection.write(bytes);
        },
        end: () => connection.end(),
        closed: (fault) => void log.push(`${simulation.clock.now()} ${name} closed ${fault?.kind}`),
      });
    });
  }
  for (const [i, step] of steps.entries()) {
    const { network, random } = worlds[step.from] as (typeof worlds)[number];
    const to = { address: addresses[step.to] ?? "10.66.0.99", port: 25 };
    void network.connect(to, { timeoutMs: 500 }).then(
      (connection) => {
        log.push(`${simulation.clock.now()} call ${i}: connected`);
        watch(simulation, `call ${i}`, connection, log);
        connection.write(random.bytes(step.sizeBytes));
        simulation.clock.after(random.integer(20), () => {
          if (step.how !== "keep") connection[step.how]();
        });
      },
      (error: Error) => void log.push(`${simulation.clock.now()} call ${i}: ${error.message}`),
    );
    await simulation.clock.advance(step.waitMs);
  }
  await simulation.clock.runUntilIdle({ limitMs: 10_000 });
  return log;
}

test("the same seed and program give the same run, whatever they are", async () => {
  const program = fc.array(
    fc.record({
      from: fc.nat(2),
      to: fc.nat(3),
      waitMs: fc.nat(5),
      sizeBytes: fc.nat(200_000),
      how: fc.constantFrom("end", "destroy", "keep"),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer(), program, async (seed, steps) => {
      const first = await runProgram(seed, steps);
      assert.deepEqual(await runProgram(seed, steps), first);
      assert.ok(first.length >= steps.length);
    }),
    { numRuns: 40 },
  );
});
