import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { sleep } from "../../base/clock.ts";
import { Fault, isFault, type FaultKind } from "../../base/fault.ts";
import type { Connection, Endpoint, Listener, Network } from "../../base/network.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { createSocketNetwork } from "../../engine/sockets/socket-network.ts";
import { createAuthority, issueIdentity } from "../../engine/tls/authority.ts";
import { createSettled } from "./loopback-activity.ts";
import { createMovableClock } from "./movable-clock.ts";
import { probeManyAddresses, probePrivilegedPorts, samePorts } from "./loopback-ports.ts";
import { createLoopbackNetwork, type LoopbackNetwork, type LoopbackOptions } from "./loopback-network.ts";

const machine = createSocketNetwork();
const TIMEOUT = { timeoutMs: 2_000 };
const PRESTO = { addresses: ["10.66.0.11", "fd66::11"] };
const EDGE = { addresses: ["10.66.0.21", "fd66::21"] };
const MODES = ["many addresses", "one address"] as const;

const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers) await close();
});

function lab(mode: (typeof MODES)[number], options: Partial<LoopbackOptions> = {}): LoopbackNetwork {
  return createLoopbackNetwork({
    inner: machine,
    virtualNetwork: "10.66.0.0/24",
    ipv6: "fd66::/64",
    you: "10.66.0.1",
    ports: "dynamic",
    oneAddress: mode === "one address",
    ...options,
  });
}

/** Listens and greets, as SMTP does, with who is seen; says back in capitals what it hears. */
async function greet(
  network: Network,
  at: Endpoint,
): Promise<{ listener: Listener; accepted: Connection[] }> {
  const accepted: Connection[] = [];
  const listener = await network.listen(at, (connection) => {
    accepted.push(connection);
    closers.push(() => connection.destroy());
    connection.attach({
      data: (bytes) => void connection.write(fromUtf8(utf8(bytes).toUpperCase())),
      end: () => connection.end(),
      closed() {},
    });
    connection.write(fromUtf8(`220 ${connection.remote.address}|`));
  });
  closers.push(() => listener.close());
  return { listener, accepted };
}

/** All that a connection says until `enough` of it is there. */
function hear(connection: Connection, enough: (heard: string) => boolean): Promise<string> {
  let heard = "";
  return new Promise((resolve, reject) => {
    closers.push(() => connection.destroy());
    connection.attach({
      data(bytes) {
        heard += utf8(bytes);
        if (enough(heard)) resolve(heard);
      },
      end() {},
      closed: (fault) => reject(fault ?? new Fault("closed", `closed after "${heard}"`)),
    });
  });
}

const greeting = (connection: Connection): Promise<string> =>
  hear(connection, (heard) => heard.endsWith("|"));

for (const mode of MODES) {
  test(`with ${mode}, hosts meet at their virtual addresses, each seen as itself`, async () => {
    const net = lab(mode);
    const [presto, edge] = [net.networkFor(PRESTO), net.networkFor(EDGE)];
    for (const [to, from] of [
      ["10.66.0.11", "10.66.0.21"],
      ["fd66::11", "fd66::21"],
    ] as const) {
      const { listener, accepted } = await greet(presto, { address: to, port: 25 });
      assert.deepEqual(listener.endpoint, { address: to, port: 25 });
      const connection = await edge.connect({ address: to, port: 25 }, TIMEOUT);
      assert.deepEqual(connection.remote, { address: to, port: 25 });
      assert.equal(connection.local.address, from);
      const heard = hear(connection, (text) => text.endsWith("EHLO"));
      connection.write(fromUtf8("ehlo"));
      assert.equal(await heard, `220 ${from}|EHLO`);
      assert.deepEqual(accepted[0]?.local, connection.remote);
      assert.deepEqual(accepted[0]?.remote, connection.local);
    }
  });

  test(`with ${mode}, the person at the keyboard is seen as such, and greeted at once`, async () => {
    const net = lab(mode);
    await greet(net.networkFor(PRESTO), { address: "10.66.0.11", port: 25 });
    const open = net.boundEndpoint({ address: "10.66.0.11", port: 25 });
    assert.ok(open);
    const connection = await machine.connect(open, { ...TIMEOUT, from: "127.0.0.1" });
    assert.equal(await greeting(connection), "220 10.66.0.1|");
  });

  test(`with ${mode}, datagrams carry virtual addresses both ways`, async () => {
    const net = lab(mode);
    await greet(net.networkFor(PRESTO), { address: "10.66.0.11", port: 53 });
    const seen: Endpoint[] = [];
    const server = await net
      .networkFor(PRESTO)
      .bindDatagram({ address: "10.66.0.11", port: 53 }, (bytes, from) => {
        seen.push(from);
        server.send(fromUtf8(`re: ${utf8(bytes)}`), from);
      });
    closers.push(() => server.close());
    const ask = async (
      network: Network,
      address: string,
      to: Endpoint,
    ): Promise<{ text: string; from: Endpoint }> => {
      let answered: (answer: { text: string; from: Endpoint }) => void = () => undefined;
      const answer = new Promise<{ text: string; from: Endpoint }>((resolve) => (answered = resolve));
      const socket = await network.bindDatagram({ address, port: 0 }, (bytes, from) =>
        answered({ text: utf8(bytes), from }),
      );
      closers.push(() => socket.close());
      socket.send(fromUtf8("MX?"), to);
      return answer;
    };
    const virtual = { address: "10.66.0.11", port: 53 };
    assert.deepEqual(await ask(net.networkFor(EDGE), "0.0.0.0", virtual), { text: "re: MX?", from: virtual });
    assert.equal(seen[0]?.address, "10.66.0.21");
    const open = net.boundEndpoint(virtual, "udp");
    assert.ok(open);
    assert.equal(open.port, net.boundEndpoint(virtual)?.port, "one port to tell people");
    assert.equal((await ask(machine, "127.0.0.1", open)).text, "re: MX?");
    assert.equal(seen[1]?.address, "10.66.0.1");
  });

  test(`with ${mode}, tls begins before the first byte or in mid-conversation`, async () => {
    const random = createSecureRandom();
    const now = createRealClock().now();
    const authority = createAuthority({ name: "Lab", random, now });
    const identity = issueIdentity(authority, { names: ["presto.test"], random, now });
    const asServer = { role: "server", identity, timeoutMs: 2_000 } as const;
    const verify = { caPem: authority.certificatePem };
    const asClient = { role: "client", serverName: "presto.test", verify, timeoutMs: 2_000 } as const;
    const net = lab(mode);
    const presto = net.networkFor(PRESTO);
    const echo = (connection: Connection): void =>
      connection.attach({ data: (bytes) => void connection.write(bytes), end() {}, closed() {} });
    const secure = async (connection: Connection): Promise<void> => {
      await connection.startTls(asServer);
      // The handler comes late: what was sent by then must wait for it.
      await sleep(createRealClock(), 20);
      echo(connection);
    };
    const upgrade = (connection: Connection): void =>
      connection.attach({
        data(bytes) {
          if (utf8(bytes) !== "STARTTLS") return;
          connection.pause();
          connection.write(fromUtf8("220|"));
          void connection.startTls(asServer).then(() => echo(connection));
        },
        end() {},
        closed() {},
      });
    const smtps = await presto.listen(
      { address: "10.66.0.11", port: 465 },
      (connection) => void secure(connection),
    );
    const smtp = await presto.listen({ address: "10.66.0.11", port: 25 }, upgrade);
    closers.push(smtps.close, smtp.close);
    for (const port of [465, 25]) {
      const client = await net.networkFor(EDGE).connect({ address: "10.66.0.11", port }, TIMEOUT);
      if (port === 25) {
        const ready = greeting(client);
        client.write(fromUtf8("STARTTLS"));
        await ready;
        client.pause();
      }
      const info = await client.startTls(asClient);
      assert.equal(info.verified, true);
      assert.equal(client.tls, info);
      client.write(fromUtf8("secret"));
      assert.equal(await hear(client, (heard) => heard === "secret"), "secret");
    }
  });

  test(`with ${mode}, nothing leaves the lab, and nobody who does not listen is reached`, async () => {
    const net = lab(mode);
    const edge = net.networkFor(EDGE);
    net.networkFor(PRESTO);
    // A server of the machine that listens on every address is no lab host.
    const stranger = await machine.listen({ address: "0.0.0.0", port: 0 }, (connection) =>
      connection.destroy(),
    );
    closers.push(() => stranger.close());
    const strangerPort = stranger.endpoint.port;
    const table: [Endpoint, FaultKind, string][] = [
      [
        { address: "192.0.2.1", port: 25 },
        "blocked",
        "blocked by the lab: 192.0.2.1:25 is not a lab host (allow it under uplink:)",
      ],
      [
        { address: "127.0.0.1", port: strangerPort },
        "blocked",
        `127.0.0.1:${strangerPort} is not a lab host`,
      ],
      [{ address: "2001:db8::1", port: 25 }, "blocked", "[2001:db8::1]:25 is not a lab host"],
      [{ address: "10.66.0.11", port: strangerPort }, "refused", "nobody listens there"],
      [{ address: "10.66.0.99", port: 25 }, "unreachable", "no lab host has this address"],
    ];
    for (const [to, kind, text] of table) {
      await assert.rejects(
        edge.connect(to, TIMEOUT),
        (error) => isFault(error, kind) && error.message.includes(text),
        text,
      );
    }
  });

  test(`with ${mode}, a host that stops listening frees its place`, async () => {
    const net = lab(mode);
    const presto = net.networkFor(PRESTO);
    const at = { address: "10.66.0.11", port: 25 };
    const { listener } = await greet(presto, at);
    await assert.rejects(greet(presto, at), (error) => isFault(error, "addressInUse"));
    await listener.close();
    assert.equal(net.boundEndpoint(at), undefined);
    await assert.rejects(net.networkFor(EDGE).connect(at, TIMEOUT), (error) => isFault(error, "refused"));
    await greet(presto, at);
    const connection = await net.networkFor(EDGE).connect(at, TIMEOUT);
    assert.equal(await greeting(connection), "220 10.66.0.21|");
  });
}

test("what is no preamble is torn down, and others are served on", async () => {
  const inside: Endpoint[] = [];
  const spied: Network = {
    ...machine,
    connect(to, options) {
      inside.push(to);
      return machine.connect(to, options);
    },
  };
  const net = lab("one address", { inner: spied });
  const at = { address: "10.66.0.11", port: 25 };
  const { accepted, listener } = await greet(net.networkFor(PRESTO), at);
  await greeting(await net.networkFor(EDGE).connect(at, TIMEOUT));
  const [door] = inside;
  assert.ok(door);
  const stranger = await machine.connect(door, TIMEOUT);
  const end = hear(stranger, () => false);
  stranger.write(fromUtf8("EHLO stranger\r\n"));
  await assert.rejects(end, (error) => isFault(error, "reset"));
  assert.equal(accepted.length, 1);
  const silent = await machine.connect(door, TIMEOUT);
  const silentEnd = hear(silent, () => false);
  assert.equal(await greeting(await net.networkFor(EDGE).connect(at, TIMEOUT)), "220 10.66.0.21|");
  await listener.close();
  await assert.rejects(silentEnd, (error) => isFault(error, "reset"), "nobody is left waiting");
});

test("a host dials from its own addresses only, and of the family that is needed", async () => {
  const net = lab("many addresses");
  await greet(net.networkFor(PRESTO), { address: "::", port: 25 });
  const edge = net.networkFor(EDGE);
  const old = net.networkFor({ addresses: ["10.66.0.31"] });
  const to = { address: "10.66.0.11", port: 25 };
  await assert.rejects(
    edge.connect(to, { ...TIMEOUT, from: "10.66.0.31" }),
    /10\.66\.0\.31 is not an address of 10\.66\.0\.21/,
  );
  await assert.rejects(
    old.connect({ address: "fd66::11", port: 25 }, TIMEOUT),
    /10\.66\.0\.31 has no IPv6 address/,
  );
  await assert.rejects(
    edge.listen({ address: "10.66.0.11", port: 26 }, () => undefined),
    /not an address of 10\.66\.0\.21/,
  );
  const six = await edge.connect({ address: "fd66::11", port: 25 }, { ...TIMEOUT, from: "10.66.0.21" });
  assert.equal(
    await greeting(six),
    "220 fd66::21|",
    "a host that listens on :: is there on all its addresses",
  );
});

test("a peer of the machine sees distinct addresses, and a joined server is seen at its virtual one", async () => {
  const real = await greet(machine, { address: "127.66.0.61", port: 0 });
  const net = lab("many addresses", {
    outside: [{ address: "10.66.0.77", endpoint: real.listener.endpoint }],
  });
  const at = { address: "10.66.0.11", port: 25 };
  await greet(net.networkFor(PRESTO), at);
  const outgoing = await net.networkFor(EDGE).connect({ address: "10.66.0.77", port: 25 }, TIMEOUT);
  assert.deepEqual(outgoing.remote, { address: "10.66.0.77", port: 25 });
  assert.equal(await greeting(outgoing), "220 127.66.0.21|");
  const open = net.boundEndpoint(at);
  assert.ok(open);
  assert.equal(
    await greeting(await machine.connect(open, { ...TIMEOUT, from: "127.66.0.61" })),
    "220 10.66.0.77|",
  );
  assert.equal(
    await greeting(await machine.connect(open, { ...TIMEOUT, from: "127.66.0.62" })),
    "220 10.66.0.62|",
  );
  await assert.rejects(net.networkFor(EDGE).connect({ address: "10.66.0.77", port: 587 }, TIMEOUT), (error) =>
    isFault(error, "refused"),
  );
});

test("the uplink lets out what it lists, streams and datagrams, and tells what it held back", async () => {
  const { listener } = await greet(machine, { address: "127.0.0.1", port: 0 });
  const echo = await machine.bindDatagram(
    { address: "127.0.0.1", port: listener.endpoint.port },
    (bytes, from) => echo.send(bytes, from),
  );
  closers.push(() => echo.close());
  const { port } = listener.endpoint;
  const blocked: string[] = [];
  const net = lab("many addresses", {
    uplink: [`127.0.0.1:${port}`],
    blocked: (fault, from) => blocked.push(`${from}: ${fault.message}`),
  });
  const connection = await net.networkFor(EDGE).connect({ address: "127.0.0.1", port }, TIMEOUT);
  assert.match(await greeting(connection), /^220 127\.0\.0\.1\|$/);
  let answered: (text: string) => void = () => undefined;
  const answer = new Promise<string>((resolve) => (answered = resolve));
  const socket = await net
    .networkFor(EDGE)
    .bindDatagram({ address: "10.66.0.21", port: 0 }, (bytes) => answered(utf8(bytes)));
  closers.push(() => socket.close());
  socket.send(fromUtf8("stopped"), { address: "192.0.2.53", port: 53 });
  socket.send(fromUtf8("through"), { address: "127.0.0.1", port });
  assert.equal(await answer, "through");
  assert.deepEqual(blocked, [
    "10.66.0.21: blocked by the lab: 192.0.2.53:53 is not a lab host (allow it under uplink:)",
  ]);
});

test("a door shows a virtual endpoint at a real one as well", async () => {
  const spare = await machine.listen({ address: "127.0.0.1", port: 0 }, () => undefined);
  const real = spare.endpoint;
  await spare.close();
  const virtual = { address: "10.66.0.11", port: 53 };
  const net = lab("many addresses", { doors: [{ virtual, real: [real] }] });
  await greet(net.networkFor(PRESTO), virtual);
  const server = await net
    .networkFor(PRESTO)
    .bindDatagram(virtual, (bytes, from) => server.send(bytes, from));
  closers.push(() => server.close());
  assert.equal(await greeting(await machine.connect(real, TIMEOUT)), "220 10.66.0.1|");
  let answered: (from: Endpoint) => void = () => undefined;
  const answer = new Promise<Endpoint>((resolve) => (answered = resolve));
  const dig = await machine.bindDatagram({ address: "127.0.0.1", port: 0 }, (_, from) => answered(from));
  closers.push(() => dig.close());
  dig.send(fromUtf8("MX?"), real);
  assert.deepEqual(await answer, real, "the answer comes from where the question went");
});

test("a port that is taken is named by its virtual and its bound endpoint", async () => {
  const taken = await machine.listen({ address: "127.66.0.11", port: 0 }, () => undefined);
  closers.push(() => taken.close());
  const { port } = taken.endpoint;
  const net = lab("many addresses", { ports: (virtual) => (virtual === 25 ? port : virtual) });
  await assert.rejects(
    greet(net.networkFor(PRESTO), { address: "10.66.0.11", port: 25 }),
    (error) =>
      isFault(error, "addressInUse") &&
      error.message.startsWith("10.66.0.11:25 of the lab: ") &&
      error.message.includes(`127.66.0.11:${port}`),
  );
});

test("bytes go through whole and in order under backpressure", async () => {
  const net = lab("one address");
  const total = 4 * 1024 * 1024;
  let got = 0;
  let isInOrder = true;
  let finished: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finished = resolve));
  const listener = await net.networkFor(PRESTO).listen({ address: "10.66.0.11", port: 25 }, (connection) => {
    connection.attach({
      data(bytes) {
        isInOrder &&= bytes[0] === (got >> 16) % 251;
        got += bytes.length;
      },
      end: () => connection.end(),
      closed: finished,
    });
  });
  closers.push(() => listener.close());
  const client = await net.networkFor(EDGE).connect({ address: "10.66.0.11", port: 25 }, TIMEOUT);
  let sent = 0;
  const pump = (): void => {
    while (sent < total) {
      const chunk = new Uint8Array(65_536).fill((sent >> 16) % 251);
      sent += chunk.length;
      if (!client.write(chunk)) return;
    }
    client.end();
  };
  client.attach({ data() {}, end() {}, drain: pump, closed() {} });
  pump();
  await done;
  assert.equal(got, total);
  assert.equal(isInOrder, true);
  assert.equal(client.bufferedBytes, 0);
});

test("at rest means that a conversation set off before has ended", async () => {
  const net = lab("many addresses");
  const at = { address: "10.66.0.11", port: 25 };
  await greet(net.networkFor(PRESTO), at);
  const settled = createSettled({ activity: net.activity, clock: createRealClock() });
  const connection = await net.networkFor(EDGE).connect(at, TIMEOUT);
  let rounds = 0;
  connection.attach({
    data() {
      if (++rounds < 50) connection.write(fromUtf8("noop"));
    },
    end() {},
    closed() {},
  });
  closers.push(() => connection.destroy());
  assert.equal(await settled(), true);
  assert.equal(rounds, 50);
});

test("a lab that never rests is waited for only so long, and one that says it is busy is waited for", async () => {
  const clock = createRealClock();
  const activity = { count: 0, pending: 0 };
  assert.equal(await createSettled({ activity, clock, busy: () => true, settleMsMax: 20 })(), false);
  const until = clock.now() + 30;
  assert.equal(await createSettled({ activity, clock, busy: () => clock.now() < until })(), true);
  assert.ok(clock.now() >= until);
});

test("days of retries over real sockets happen one after another, each at its time", async () => {
  const HOUR_MS = 3_600_000;
  const net = lab("many addresses");
  const settled = createSettled({ activity: net.activity, clock: createRealClock() });
  const clock = createMovableClock(createRealClock(), { mode: "virtual", startAt: 0, settled });
  clock.pause();
  const startAt = clock.now();
  const hour = (): number => (clock.now() - startAt) / HOUR_MS;
  const at = { address: "10.66.0.11", port: 25 };
  const seen: string[] = [];
  const listener = await net.networkFor(PRESTO).listen(at, (connection) => {
    closers.push(() => connection.destroy());
    connection.attach({
      data() {
        seen.push(`asked at ${hour()} h`);
        connection.write(fromUtf8("450 busy"));
      },
      end: () => connection.end(),
      closed() {},
    });
  });
  closers.push(() => listener.close());
  const attempt = async (): Promise<void> => {
    const connection = await net.networkFor(EDGE).connect(at, TIMEOUT);
    connection.attach({
      data() {
        seen.push(`told at ${hour()} h`);
        connection.end();
        clock.after(24 * HOUR_MS, () => void attempt());
      },
      end() {},
      closed() {},
    });
    connection.write(fromUtf8("MAIL"));
  };
  clock.after(24 * HOUR_MS, () => void attempt());
  await clock.advance(5 * 24 * HOUR_MS);
  const days = [24, 48, 72, 96, 120];
  assert.deepEqual(
    seen,
    days.flatMap((hour) => [`asked at ${hour} h`, `told at ${hour} h`]),
  );
});

test("where hosts share an address, each has an easy port, or another when that is taken", async () => {
  const asked: Endpoint[] = [];
  let isTaken = false;
  const inner: Network = {
    ...machine,
    listen(at, accept) {
      asked.push(at);
      if (at.port === 0) return machine.listen(at, accept);
      if (isTaken) return Promise.reject(new Fault("addressInUse", "taken"));
      return machine.listen({ ...at, port: 0 }, accept);
    },
  };
  const net = lab("one address", { inner, ports: samePorts });
  const presto = net.networkFor(PRESTO);
  const { listener } = await greet(presto, { address: "10.66.0.11", port: 25 });
  await listener.close();
  assert.deepEqual(asked[0], { address: "127.0.0.1", port: 2_511 });
  isTaken = true;
  await greet(presto, { address: "10.66.0.11", port: 25 });
  const connection = await net.networkFor(EDGE).connect({ address: "10.66.0.11", port: 25 }, TIMEOUT);
  assert.equal(await greeting(connection), "220 10.66.0.21|");
});

test("what the probe says of this machine can be bound", async () => {
  const hasMany = await probeManyAddresses(machine, "127.66.250.1");
  const address = hasMany ? "127.66.250.1" : "127.0.0.1";
  const ports = await probePrivilegedPorts(machine, address);
  for (const virtual of [25, 587]) {
    const listener = await machine.listen({ address, port: ports(virtual) }, (connection) =>
      connection.destroy(),
    );
    await listener.close();
  }
});
