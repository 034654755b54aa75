import assert from "node:assert/strict";
import { test } from "node:test";
import { createAcceptingHouse } from "../../../tests/conversations/accepting-house.ts";
import { seededRandom } from "../../base/random.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { World } from "../../base/world.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { createSocketNetwork } from "../../engine/sockets/socket-network.ts";
import { createAuthority, issueExpired, issueIdentity } from "../../engine/tls/authority.ts";
import { createJournal } from "../../journal/journal.ts";
import { formatEvents } from "../../journal/ndjson.ts";
import type { SmtpRoute } from "../../mta/routing/route.ts";
import { createSmtpAgent } from "../../server/outbound/smtp/agent.ts";
import { startSmtpServer } from "../../server/smtp/server.ts";
import { createLoopbackNetwork } from "./loopback-network.ts";
import { createSimulation } from "./simulation.ts";

const NOW = Date.now();
const random = seededRandom(3);
const authority = createAuthority({ name: "Lab Root", random, now: NOW });
const request = { names: ["mx.test"], random, now: NOW };
const good = issueIdentity(authority, request);

type Place = { world: World; address: string; run<T>(work: Promise<T>): Promise<T> };

const PLACES: readonly (readonly [name: string, open: () => Place])[] = [
  [
    "over sockets",
    () => ({
      world: { clock: createRealClock(), random: createSecureRandom(), network: createSocketNetwork() },
      address: "127.0.0.1",
      run: (work) => work,
    }),
  ],
  [
    "in simulation",
    () => {
      const simulation = createSimulation({ seed: 1, startAt: NOW });
      return {
        world: simulation.worldFor({ addresses: ["10.66.0.21"] }),
        address: "10.66.0.21",
        async run(work) {
          let isDone = false;
          const done = (): void => void (isDone = true);
          work.then(done, done);
          await simulation.clock.runUntil(() => isDone, { limitMs: 3_600_000 });
          assert.ok(isDone, "the work ends within an hour of simulated time");
          return work;
        },
      };
    },
  ],
  ...[false, true].map(
    (oneAddress) =>
      [
        oneAddress ? "over one loopback address" : "over loopback",
        (): Place => {
          const lab = createLoopbackNetwork({
            inner: createSocketNetwork(),
            virtualNetwork: "10.66.0.0/24",
            ipv6: "fd66::/64",
            you: "10.66.0.1",
            ports: "dynamic",
            oneAddress,
          });
          const network = lab.networkFor({ addresses: ["10.66.0.21"] });
          const world = { clock: createRealClock(), random: createSecureRandom(), network };
          return { world, address: "10.66.0.21", run: (work) => work };
        },
      ] as const,
  ),
];

/** Sends one message of 200 KB to a server with this identity, certificate to be verified. */
async function sendVerified(
  { world, address, run }: Place,
  identity: TlsIdentity,
): Promise<{ results: string[]; taken: string[]; journal: string }> {
  const journal = createJournal(world.clock);
  const house = createAcceptingHouse();
  const server = await run(
    startSmtpServer({
      world,
      recorder: journal.recorder("mx"),
      endpoint: { address, port: 0 },
      service: "smtp",
      hostname: "mx.test",
      identity,
      reception: house.reception,
    }),
  );
  const agent = createSmtpAgent({
    world,
    recorder: journal.recorder("out"),
    hostname: "out.test",
    verifyCa: authority.certificatePem,
  });
  const text = `Subject: x\r\n\r\n${"a line of text that is long enough\r\n".repeat(5_500)}`;
  const hops = [{ host: "mx.test", preference: 10, addresses: [address], port: server.endpoint.port }];
  const target: SmtpRoute = { kind: "smtp", key: "k", hops, tls: "verify", protocol: "smtp" };
  const recipients = [{ address: "x@y.test", index: 0 }];
  const outcomes = await run(
    agent.deliver({
      queueId: "Q1",
      attempt: 1,
      cause: undefined,
      envelope: { reversePath: "a@b.test", recipients, body: "7BIT", smtputf8: false },
      recipients,
      target,
      sizeBytes: text.length,
      receivedAt: 0,
      content: async () => Buffer.from(text, "latin1"),
    }),
  );
  agent.close();
  await run(server.close({ graceMs: 100 }));
  return {
    results: outcomes.map(({ result, status }) => `${result} ${status}`),
    taken: house.taken.map((taken) => (taken.text === text ? "whole" : `${taken.text.length} bytes`)),
    journal: formatEvents(journal.read()),
  };
}

for (const [name, open] of PLACES) {
  test(`a large message passes the real door under verified TLS ${name}`, async () => {
    const { results, taken, journal } = await sendVerified(open(), good);
    assert.deepEqual(results, ["relayed 2.0.0"]);
    assert.deepEqual(taken, ["whole"]);
    assert.match(journal, /"verified":true/);
  });

  test(`a message is kept back from a server whose certificate expired ${name}`, async () => {
    const { results, taken, journal } = await sendVerified(open(), issueExpired(authority, request));
    assert.equal(results.length, 1);
    assert.match(results[0] ?? "", /^deferred 4\.7\./);
    assert.deepEqual(taken, []);
    assert.match(journal, /has expired/);
  });
}

test("two simulated deliveries give the same journal, byte for byte", async () => {
  const [, open] = PLACES[1] as (typeof PLACES)[number];
  const first = await sendVerified(open(), good);
  assert.equal((await sendVerified(open(), good)).journal, first.journal);
});
