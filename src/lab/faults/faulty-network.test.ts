import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isFault } from "../../base/fault.ts";
import type { Connection, Endpoint, Network } from "../../base/network.ts";
import { seededRandom } from "../../base/random.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSocketNetwork } from "../../engine/sockets/socket-network.ts";
import { createAuthority, issueIdentity } from "../../engine/tls/authority.ts";
import { createJournal } from "../../journal/journal.ts";
import { createFaultBox } from "./fault-box.ts";
import { faultyNetwork } from "./faulty-network.ts";
import { createBadIdentities } from "./identities.ts";
import { createOpenLinks } from "./open-links.ts";

const clock = createRealClock();
const random = seededRandom(7);
const authority = createAuthority({ name: "lab", random, now: clock.now() });
const good = issueIdentity(authority, { names: ["edge.test"], random, now: clock.now() });
const badIdentity = createBadIdentities(authority, { clock, random });
const ANYWHERE = { address: "127.0.0.1", port: 0 };

/** presto connects, edge listens, each on its own faulty network over real sockets. */
function links(
  fault: object,
  isOurs: boolean = true,
): { presto: Network; edge: Network; fired: () => number } {
  const box = createFaultBox({ clock, random, journal: createJournal(clock) });
  const added = box.add(fault);
  assert.ok(added.ok, JSON.stringify(added));
  const inner = createSocketNetwork();
  const network = (host: string, other: string) =>
    faultyNetwork(inner, {
      box,
      clock,
      links: createOpenLinks(clock),
      host,
      nameOf: () => other,
      isOurs: () => isOurs,
      badIdentity,
    });
  return {
    presto: isOurs ? network("presto", "edge") : inner,
    edge: network("edge", "presto"),
    fired: () => box.list()[0]?.firedCount ?? 0,
  };
}

/** Listens and greets; sends back what it hears, in capitals. */
async function echo(
  t: TestContext,
  network: Network,
  greeting: string,
): Promise<{ at: Endpoint; heard: () => string }> {
  let heard = "";
  const listener = await network.listen(ANYWHERE, (connection) => {
    connection.attach({
      data(bytes) {
        heard += Buffer.from(bytes).toString();
        connection.write(Buffer.from(Buffer.from(bytes).toString().toUpperCase()));
      },
      end: () => connection.end(),
      closed: () => undefined,
    });
    connection.write(Buffer.from(greeting));
  });
  t.after(() => listener.close());
  return { at: listener.endpoint, heard: () => heard };
}

/** Sends `text`, says goodbye when `until` has been heard, and tells what came and how it ended. */
function talk(connection: Connection, text: string, until: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    connection.attach({
      data(bytes) {
        heard += Buffer.from(bytes).toString();
        if (heard.endsWith(until)) connection.end();
      },
      end: () => connection.end(),
      closed: (fault) => resolve(`${heard}|${fault?.kind ?? "closed"}`),
    });
    connection.write(Buffer.from(text));
  });
}

const TALKS: readonly (readonly [action: object, ending: RegExp])[] = [
  [{ delay: "20ms" }, /^220 hi\r\nQUIT\r\n\|closed$/],
  [{ slice: 1 }, /^220 hi\r\nQUIT\r\n\|closed$/],
  [{ throttle: "1KB/s" }, /^220 hi\r\nQUIT\r\n\|closed$/],
  [{ drop: true }, /^\|closed$/],
  [{ reset: true }, /^\|reset$/],
  [{ limit: 10 }, /^(220|QUIT).{0,6}/s],
  [{ limit: 10, reset: true }, /\|reset$/],
];

for (const [side, isOurs] of [
  ["the one who connects", true],
  ["the one who listens", false],
] as const) {
  test(`a link's fault is felt by both ends when it is on ${side}`, { timeout: 10_000 }, async (t) => {
    for (const [action, ending] of TALKS) {
      const { presto, edge, fired } = links({ at: "presto->edge", do: action }, isOurs);
      const { at } = await echo(t, edge, "220 hi\r\n");
      const said = await presto.connect(at, { timeoutMs: 2_000 }).then(
        (connection) => talk(connection, "quit\r\n", "QUIT\r\n"),
        (error) => `|${isFault(error) ? error.kind : error}`, // a listener may reset before connect is done
      );
      assert.match(said, ending, JSON.stringify(action));
      assert.equal(fired(), 1);
    }
  });
}

test(
  "a host that is down refuses, a black hole is silent until the time is over",
  { timeout: 5_000 },
  async (t) => {
    for (const [action, kind] of [
      [{ down: true }, "refused"],
      [{ ratelimit: "0/1m" }, "refused"],
      [{ blackhole: true }, "timeout"],
      [{ delay: "1h" }, "timeout"],
    ] as const) {
      const { presto, edge } = links({ at: "edge", do: action });
      const { at } = await echo(t, edge, "");
      await assert.rejects(presto.connect(at, { timeoutMs: 40 }), (error) => isFault(error, kind), kind);
    }
    const { presto, edge } = links({ at: "presto", do: { down: true } });
    const { at } = await echo(t, edge, "");
    await assert.rejects(presto.connect(at, { timeoutMs: 40 }), (error) => isFault(error, "refused"));
  },
);

test("starttls is stripped on its way and refused by the server itself", { timeout: 5_000 }, async (t) => {
  const { presto, edge } = links({ at: "*->edge", do: { tls: "strip" } });
  const { at, heard } = await echo(t, edge, "250-edge\r\n250-STARTTLS\r\n250 SIZE\r\n");
  const connection = await presto.connect(at, { timeoutMs: 2_000 });
  const said = await talk(connection, "starttls\r\n", "XXXXXXXA\r\n");
  assert.equal(said, "250-edge\r\n250-XXXXXXXA\r\n250 SIZE\r\nXXXXXXXA\r\n|closed");
  assert.equal(heard(), "XXXXXXXA\r\n");
});

const CERTIFICATES: readonly (readonly [action: object, error: RegExp | undefined])[] = [
  [{ tls: "badcert" }, /is for other names/],
  [{ tls: "expired" }, /has expired/],
  [{ delay: "5ms", slice: 3 }, undefined],
];

test(
  "the certificate shown is for other names or out of date, and tls works through other faults",
  { timeout: 10_000 },
  async (t) => {
    for (const [action, error] of CERTIFICATES) {
      const { presto, edge, fired } = links({ at: "presto->edge", do: action });
      const listener = await edge.listen(ANYWHERE, (connection) => {
        // As a door does it: somebody reads, then waits for the handshake.
        connection.attach({
          data: (bytes) => connection.write(bytes),
          end: () => connection.end(),
          closed: () => undefined,
        });
        connection.pause();
        connection.startTls({ role: "server", identity: good, timeoutMs: 2_000 }).catch(() => undefined);
      });
      t.after(() => listener.close());
      const connection = await presto.connect(listener.endpoint, { timeoutMs: 2_000 });
      const client = { role: "client", serverName: "edge.test", timeoutMs: 2_000 } as const;
      const verify = { caPem: authority.certificatePem };
      if (error === undefined) {
        assert.equal((await connection.startTls({ ...client, verify })).verified, true);
        assert.equal(await talk(connection, "secret", "secret"), "secret|closed");
      } else {
        const info = await connection.startTls({ ...client, verify: "none" });
        assert.equal(info.verified, false, "opportunistic TLS goes on without a good certificate");
        assert.equal(await talk(connection, "secret", "secret"), "secret|closed");
        const again = await presto.connect(listener.endpoint, { timeoutMs: 2_000 });
        await assert.rejects(again.startTls({ ...client, verify }), error);
      }
      assert.ok(fired() > 0);
    }
  },
);

test("datagrams to a host that is down are lost, to others they arrive", { timeout: 5_000 }, async (t) => {
  const { presto, edge } = links({ at: "edge", when: { n: 1 }, do: { down: true } });
  const arrived = Promise.withResolvers<string>();
  const to = await edge.bindDatagram(ANYWHERE, (bytes) => arrived.resolve(Buffer.from(bytes).toString()));
  const from = await presto.bindDatagram(ANYWHERE, () => undefined);
  t.after(() => Promise.all([to.close(), from.close()]));
  from.send(Buffer.from("one"), to.endpoint);
  from.send(Buffer.from("two"), to.endpoint);
  assert.equal(await arrived.promise, "two");
});
