import assert from "node:assert/strict";
import { test } from "node:test";
import { createJournal } from "../../src/journal/journal.ts";
import type { DeliveryJob, Outcome } from "../../src/mta/delivery/delivery.ts";
import type { Envelope } from "../../src/mta/envelope.ts";
import type { SmtpRoute } from "../../src/mta/routing/route.ts";
import type { Intercept } from "../../src/protocol/smtp/interception.ts";
import { createSmtpAgent } from "../../src/server/outbound/smtp/agent.ts";
import { startSmtpServer, type SmtpServerOptions } from "../../src/server/smtp/server.ts";
import { createSimulation } from "../../src/lab/world/simulation.ts";
import { createAcceptingHouse, type Taken } from "./accepting-house.ts";
import { createMemoryWorld, type MemoryWorld, settle } from "./memory-world.ts";

const ADDRESS = "10.66.0.21";
const IDENTITY = { certificatePem: "", privateKeyPem: "", names: [], issuer: "", notBefore: 0, notAfter: 0 };

type Post = {
  readonly world: MemoryWorld;
  readonly taken: Taken[];
  readonly deliver: (
    to: readonly string[],
    more?: Partial<SmtpRoute>,
    text?: string,
    envelope?: Partial<Envelope>,
  ) => Promise<string[]>;
  readonly outcomes: () => readonly Outcome[];
  readonly lines: () => string[];
  readonly opened: () => number;
  readonly agent: ReturnType<typeof createSmtpAgent>;
};

async function open(server: Partial<SmtpServerOptions> = {}): Promise<Post> {
  const world = createMemoryWorld();
  const house = createAcceptingHouse();
  const journal = createJournal(world.clock);
  const recorder = journal.recorder("mx");
  const endpoint = { address: ADDRESS, port: 25 };
  await startSmtpServer({
    world,
    recorder,
    endpoint,
    service: "smtp",
    hostname: "mx",
    reception: house.reception,
    ...server,
  });
  const agent = createSmtpAgent({
    world,
    recorder: journal.recorder("out"),
    hostname: "out",
    limits: { idleMs: 1_000 },
  });
  let count = 0;
  let last: readonly Outcome[] = [];
  return {
    world,
    taken: house.taken,
    agent,
    outcomes: () => last,
    lines: () =>
      journal
        .read()
        .flatMap((event) =>
          event.host === "out" && event.kind === "line" && event.by === "client" ? [event.text] : [],
        ),
    opened: () =>
      journal.read().filter((event) => event.host === "out" && event.kind === "connection.opened").length,
    async deliver(to, more = {}, text = "Subject: x\r\n\r\n.dot\r\n..two\r\n", envelope = {}) {
      const recipients = to.map((address, index) => ({ address, index }));
      const hops = [{ host: "mx.example.org", preference: 10, addresses: [ADDRESS], port: 25 }];
      const target: SmtpRoute = { kind: "smtp", key: "k", hops, tls: "never", protocol: "smtp", ...more };
      const job: DeliveryJob = {
        queueId: `Q${++count}`,
        attempt: 1,
        cause: undefined,
        envelope: { reversePath: "a@b.test", recipients, body: "7BIT", smtputf8: false, ...envelope },
        recipients,
        target,
        sizeBytes: text.length,
        receivedAt: 0,
        content: async () => Buffer.from(text, "latin1"),
      };
      last = await agent.deliver(job);
      return last.map(({ result, status }) => `${result} ${status}`);
    },
  };
}

const hiding =
  (...hideExtensions: string[]): Intercept =>
  (point) =>
    point === "EHLO" ? { hideExtensions } : undefined;

const OFFERS: readonly (readonly [name: string, server: Partial<SmtpServerOptions>])[] = [
  ["all", {}],
  ["no CHUNKING", { intercept: hiding("CHUNKING") }],
  ["no PIPELINING", { intercept: hiding("PIPELINING") }],
  ["neither", { intercept: hiding("PIPELINING", "CHUNKING", "8BITMIME", "DSN", "SIZE") }],
];

test("recipients of one message get their own outcomes, whatever the server offers", async () => {
  for (const [name, server] of OFFERS) {
    const post = await open(server);
    const said = await post.deliver(["x@y.test", "no@y.test", "later@y.test", "z@y.test"]);
    assert.deepEqual(said, ["relayed 2.0.0", "failed 5.1.1", "deferred 4.2.1", "relayed 2.0.0"], name);
    assert.deepEqual(
      await post.deliver(["no@y.test", "later@y.test"]),
      ["failed 5.1.1", "deferred 4.2.1"],
      name,
    );
    assert.deepEqual(await post.deliver(["again@y.test"]), ["relayed 2.0.0"], name);
    assert.deepEqual(
      post.taken.map((one) => one.envelope.recipients.length),
      [2, 1],
      name,
    );
    for (const { text } of post.taken) assert.equal(text, "Subject: x\r\n\r\n.dot\r\n..two\r\n", name);
    assert.equal(post.opened(), 1, `${name}: the connection is kept`);
    assert.match(post.outcomes()[0]?.to ?? "", /^mx\.example\.org \[10\.66\.0\.21\]:25$/);
  }
});

test("lmtp delivers, also after a message nobody took", async () => {
  const post = await open({ service: "lmtp" });
  const lmtp = { protocol: "lmtp" } as const;
  assert.deepEqual(await post.deliver(["x@y.test", "no@y.test", "z@y.test"], lmtp), [
    "delivered 2.0.0",
    "failed 5.1.1",
    "delivered 2.0.0",
  ]);
  assert.deepEqual(await post.deliver(["no@y.test"], lmtp), ["failed 5.1.1"]);
  assert.deepEqual(await post.deliver(["x@y.test"], lmtp), ["delivered 2.0.0"]);
});

test("a CR or LF alone crosses as CRLF, whatever the server offers", async () => {
  for (const [name, server] of OFFERS) {
    const post = await open(server);
    await post.deliver(["x@y.test"], {}, "Subject: x\r\n\r\na\n.\nb\r.\rc");
    assert.equal(post.taken[0]?.text, "Subject: x\r\n\r\na\r\n.\r\nb\r\n.\r\nc\r\n", name);
  }
});

test("an idle connection is ended with QUIT", async () => {
  const post = await open();
  await post.deliver(["x@y.test"]);
  assert.equal(post.agent.idle(), true);
  await post.world.clock.advance(1_001);
  assert.equal(post.lines().at(-1), "QUIT");
});

test("a kept connection that the server dropped is replaced by a new one", async () => {
  let drop = false;
  const post = await open({
    intercept: (point) => (drop && point === "MAIL" ? ((drop = false), { action: "reset" }) : undefined),
  });
  assert.deepEqual(await post.deliver(["x@y.test"]), ["relayed 2.0.0"]);
  drop = true;
  assert.deepEqual(await post.deliver(["x@y.test"]), ["relayed 2.0.0"]);
  assert.equal(post.opened(), 2);
});

test("tls follows the route: taken when offered, required when it must be", async () => {
  const withTls = await open({ identity: IDENTITY });
  assert.deepEqual(await withTls.deliver(["x@y.test"], { tls: "may" }), ["relayed 2.0.0"]);
  assert.ok(withTls.lines().includes("STARTTLS"));
  const without = await open();
  assert.deepEqual(await without.deliver(["x@y.test"], { tls: "may" }), ["relayed 2.0.0"]);
  assert.deepEqual(await without.deliver(["x@y.test"], { tls: "must", key: "must" }), ["deferred 4.7.4"]);
  assert.equal(without.taken.length, 1);
});

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: "250-mx\r\n250 STARTTLS",
  STARTTLS: "220 go ahead",
  DATA: "354 go ahead",
};

/** Offers STARTTLS, and is broken once it is begun: it goes on in the clear. */
async function openBrokenTls(): Promise<{
  deliver(tls: SmtpRoute["tls"]): Promise<string>;
  heard: string[];
}> {
  const simulation = createSimulation({ seed: 1, startAt: 0 });
  const server = simulation.worldFor({ addresses: [ADDRESS] });
  const world = simulation.worldFor({ addresses: ["10.66.0.11"] });
  const heard: string[] = [];
  await server.network.listen({ address: ADDRESS, port: 25 }, (connection) => {
    const say = (text: string): void => void connection.write(Buffer.from(`${text}\r\n`));
    let isData = false;
    connection.attach({
      data(bytes) {
        for (const line of Buffer.from(bytes).toString("latin1").split("\r\n").slice(0, -1)) {
          heard.push(isData ? "content" : line);
          if (isData && line !== ".") continue;
          isData = line === "DATA";
          say(REPLIES[line.split(" ")[0] ?? ""] ?? "250 2.0.0 ok");
        }
        if (!Buffer.from(bytes).toString("latin1").endsWith("\r\n")) say("500 5.5.1 what is this?");
      },
      end: () => connection.end(),
      closed: () => undefined,
    });
    say("220 mx");
  });
  const recorder = createJournal(simulation.clock).recorder("out");
  const agent = createSmtpAgent({ world, recorder, hostname: "out" });
  let count = 0;
  return {
    heard,
    async deliver(tls) {
      const recipients = [{ address: "x@y.test", index: 0 }];
      const hops = [{ host: "mx.example.org", preference: 10, addresses: [ADDRESS], port: 25 }];
      const text = "Subject: x\r\n\r\nhello\r\n";
      const delivering = agent.deliver({
        queueId: `Q${++count}`,
        attempt: 1,
        cause: undefined,
        envelope: { reversePath: "a@b.test", recipients, body: "7BIT", smtputf8: false },
        recipients,
        target: { kind: "smtp", key: `k${count}`, hops, tls, protocol: "smtp" },
        sizeBytes: text.length,
        receivedAt: 0,
        content: async () => Buffer.from(text),
      });
      await simulation.clock.advance(60_000);
      const [outcome] = await delivering;
      return `${outcome?.result} ${outcome?.status}`;
    },
  };
}

test("a handshake that fails is done without where TLS may be left out, and never where it must not", async () => {
  const careless = await openBrokenTls();
  assert.equal(await careless.deliver("may"), "relayed 2.0.0");
  assert.equal(careless.heard.filter((line) => line === "STARTTLS").length, 1);
  assert.equal(careless.heard.filter((line) => line.startsWith("EHLO")).length, 2, "a new connection");
  for (const tls of ["must", "verify"] as const) {
    const strict = await openBrokenTls();
    assert.match(await strict.deliver(tls), /^deferred 4\./);
    assert.ok(!strict.heard.some((line) => line.startsWith("MAIL")), "it never heard whose mail it is");
  }
});

test("a password goes only where nobody listens; scram goes anywhere", async () => {
  const credentials = { username: "ann", password: "pw" };
  const post = await open({ auth: () => true });
  assert.deepEqual(await post.deliver(["x@y.test"], { credentials }), ["relayed 2.0.0"]);
  assert.equal(post.taken[0]?.account, "ann");
  assert.ok(post.lines().includes("AUTH SCRAM-SHA-256 ***"));
  const wrong = await post.deliver(["x@y.test"], {
    credentials: { username: "ann", password: "no" },
    key: "wrong",
  });
  assert.deepEqual(wrong, ["failed 5.7.8"]);
  const plainOnly: Intercept = (point) =>
    point === "EHLO" ? { reply: { code: 250, lines: ["mx", "AUTH PLAIN LOGIN"] } } : undefined;
  const careless = await open({ auth: () => true, allowPlaintextAuth: true, intercept: plainOnly });
  assert.deepEqual(await careless.deliver(["x@y.test"], { credentials }), ["deferred 4.7.0"]);
  assert.ok(!careless.lines().some((line) => line.startsWith("AUTH")));
});

test("what the server can not take is converted or refused", async () => {
  const post = await open({ intercept: hiding("8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME") });
  const eightBit = "Subject: x\r\n\r\nh\xc3\xa9llo\r\n";
  assert.deepEqual(await post.deliver(["x@y.test"], {}, eightBit, { body: "8BITMIME" }), ["relayed 2.0.0"]);
  assert.equal(
    post.taken[0]?.text,
    "Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nh=C3=A9llo\r\n",
  );
  const signed = 'Content-Type: multipart/signed; boundary="b"\r\n\r\n--b\r\n\r\n\xe9\r\n--b--\r\n';
  assert.deepEqual(await post.deliver(["x@y.test"], {}, signed, { body: "8BITMIME" }), ["failed 5.6.3"]);
  assert.deepEqual(await post.deliver(["é@y.test"], {}, undefined, { smtputf8: true }), ["failed 5.6.7"]);
});

test("the next hop is tried when one does not answer, and nobody is a 4.4.1", async () => {
  const post = await open();
  const hop = (address: string) => ({ host: "h", preference: 1, addresses: [address], port: 25 });
  assert.deepEqual(await post.deliver(["x@y.test"], { hops: [hop("10.66.0.99"), hop(ADDRESS)] }), [
    "relayed 2.0.0",
  ]);
  assert.deepEqual(await post.deliver(["x@y.test"], { hops: [hop("10.66.0.99")], key: "dead" }), [
    "deferred 4.4.1",
  ]);
});

test("a server that falls silent, refuses or breaks off leaves the message deferred", async () => {
  const at = (where: string, fault: ReturnType<Intercept>): Partial<SmtpServerOptions> => ({
    intercept: (point) => (point === where ? fault : undefined),
  });
  const cases: readonly (readonly [server: Partial<SmtpServerOptions>, said: string])[] = [
    [at("CONNECT", { reply: { code: 554, status: "5.7.1", lines: ["no"] } }), "failed 5.7.1"],
    [at("CONNECT", { reply: { code: 421, status: "4.7.0", lines: ["busy"] } }), "deferred 4.7.0"],
    [at("RCPT", { reply: { code: 421, status: "4.7.0", lines: ["busy"] } }), "deferred 4.7.0"],
    [at("EOD", { action: "reset" }), "deferred 4.4.2"],
    [at("MAIL", { action: "drop" }), "deferred 4.4.2"],
    [at("EOD", { action: "blackhole" }), "deferred 4.4.2"],
    [at("CONNECT", { action: "blackhole" }), "deferred 4.4.2"],
  ];
  for (const [server, said] of cases) {
    const post = await open(server);
    const answer = post.deliver(["x@y.test"]);
    await settle();
    await post.world.clock.advance(11 * 60_000);
    assert.deepEqual(await answer, [said], said);
    assert.equal(post.agent.idle(), true);
  }
});

test("closing cuts what waits: for a greeting, for a connection, in line", async () => {
  const silent = await open({
    intercept: (point) => (point === "CONNECT" ? { action: "blackhole" } : undefined),
  });
  const unanswered = await open();
  unanswered.world.network.connect = () => new Promise(() => undefined);
  for (const post of [silent, unanswered]) {
    const jobs = Array.from({ length: 30 }, () => post.deliver(["x@y.test"]));
    await settle();
    assert.equal(post.agent.idle(), false);
    post.agent.close();
    for (const [said] of await Promise.all(jobs)) assert.match(said ?? "", /^deferred 4\./);
    assert.equal(post.agent.idle(), true);
  }
});

test("a server's limits are kept: recipients in one message, messages on one connection", async () => {
  const post = await open({ limits: { recipientsMax: 2, messagesPerConnectionMax: 2 } });
  const to = ["a@y.test", "b@y.test", "c@y.test", "d@y.test", "e@y.test"];
  assert.deepEqual(
    await post.deliver(to),
    to.map(() => "relayed 2.0.0"),
  );
  assert.deepEqual(
    post.taken.map(({ envelope }) => envelope.recipients.length),
    [2, 2, 1],
  );
  assert.equal(post.opened(), 2, "MAILMAX=2: the third message has a connection of its own (RFC 9422)");
  assert.equal(post.lines().filter((line) => line === "QUIT").length, 1);
});

test("each phase has its own patience, though the one before it had more", async () => {
  const withoutChunking = hiding("CHUNKING");
  const post = await open({
    intercept: (point, facts) => (point === "DATA" ? { action: "blackhole" } : withoutChunking(point, facts)),
  });
  const began = post.world.clock.now();
  let endedAt = 0;
  const answer = post.deliver(["x@y.test"], {}, undefined, {}).then((said) => {
    endedAt = post.world.clock.now();
    return said;
  });
  await settle();
  await post.world.clock.advance(11 * 60_000);
  assert.deepEqual(await answer, ["deferred 4.4.2"]);
  assert.equal(endedAt - began, 120_000, "DATA: two minutes (RFC 5321 §4.5.3.2.4)");
});

test("jobs past the bound wait in line and all get through", async () => {
  const post = await open();
  const all = await Promise.all(Array.from({ length: 60 }, () => post.deliver(["x@y.test"])));
  assert.ok(all.every(([said]) => said === "relayed 2.0.0"));
  assert.ok(post.opened() <= 20, `${post.opened()} connections`);
});
