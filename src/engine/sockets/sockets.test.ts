import assert from "node:assert/strict";
import { test } from "node:test";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { isFault, type Fault, type FaultKind } from "../../base/fault.ts";
import type { Connection, Listener } from "../../base/network.ts";
import { seededRandom } from "../../base/random.ts";
import type { TlsClientOptions, TlsIdentity } from "../../base/tls.ts";
import { createAuthority, issueExpired, issueIdentity, selfSignedIdentity } from "../tls/authority.ts";
import { createSocketNetwork } from "./socket-network.ts";

const network = createSocketNetwork();
const HOME = { address: "127.0.0.1", port: 0 };

/** A connection whose happenings are a list of words, and a way to wait for one of them. */
function watch(connection: Connection): {
  seen: string[];
  fault: Fault | undefined;
  until(word: string): Promise<void>;
} {
  const waiting: { word: string; resolve: () => void }[] = [];
  const say = (word: string): void => {
    state.seen.push(word);
    for (const { word: wanted, resolve } of waiting) if (state.seen.includes(wanted)) resolve();
  };
  const state = {
    seen: [] as string[],
    fault: undefined as Fault | undefined,
    until: (word: string) =>
      new Promise<void>((resolve) => {
        waiting.push({ word, resolve });
        if (state.seen.includes(word)) resolve();
      }),
  };
  connection.attach({
    data: (bytes) => say(utf8(bytes)),
    end: () => say("<end>"),
    drain: () => say("<drain>"),
    closed: (fault) => {
      state.fault = fault;
      say("<closed>");
    },
  });
  return state;
}

async function pair(address = "127.0.0.1"): Promise<{
  client: Connection;
  server: Connection;
  listener: Listener;
}> {
  let accepted: (connection: Connection) => void = () => undefined;
  const server = new Promise<Connection>((resolve) => {
    accepted = resolve;
  });
  const listener = await network.listen({ address, port: 0 }, (connection) => accepted(connection));
  const client = await network.connect(listener.endpoint, { timeoutMs: 1_000 });
  return { client, server: await server, listener };
}

test("who hangs up is heard to the end, and waits for nobody", async () => {
  const { client, server, listener } = await pair();
  const atServer = watch(server);
  const atClient = watch(client);
  client.write(fromUtf8("QUIT"));
  await atServer.until("QUIT");
  server.write(fromUtf8("221"));
  server.end({ hangUp: true });
  await atServer.until("<closed>");
  assert.deepEqual([atServer.seen, atServer.fault], [["QUIT", "<closed>"], undefined]);
  await atClient.until("<end>");
  assert.deepEqual(atClient.seen, ["221", "<end>"]);
  client.end();
  await atClient.until("<closed>");
  assert.equal(atClient.fault, undefined);
  await listener.close();
});

test("bytes go both ways and both ends close once in order", async () => {
  for (const address of ["127.0.0.1", "::1"]) {
    const { client, server, listener } = await pair(address);
    assert.deepEqual(client.remote, server.local);
    assert.deepEqual(client.local, server.remote);
    const atServer = watch(server);
    const atClient = watch(client);
    client.cork();
    client.write(fromUtf8("MAIL "));
    client.write(fromUtf8("RCPT"));
    client.uncork();
    await atServer.until("MAIL RCPT").catch(() => undefined);
    client.end();
    await atServer.until("<end>");
    server.write(fromUtf8("still here"));
    await atClient.until("still here");
    server.end();
    await Promise.all([atServer.until("<closed>"), atClient.until("<closed>")]);
    assert.equal(atServer.fault, undefined);
    assert.equal(atClient.fault, undefined);
    assert.equal(atServer.seen.join("|").replace("MAIL |RCPT", "MAIL RCPT"), "MAIL RCPT|<end>|<closed>");
    assert.deepEqual(atClient.seen, ["still here", "<end>", "<closed>"]);
    assert.equal(client.write(fromUtf8("late")), false);
    await listener.close();
  }
});

test("nothing is read before a handler is attached", async () => {
  const { client, server, listener } = await pair();
  client.write(fromUtf8("early"));
  client.end();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const atServer = watch(server);
  await atServer.until("<end>");
  assert.deepEqual(atServer.seen, ["early", "<end>"]);
  server.destroy();
  client.destroy();
  await listener.close();
});

test("tearing down tells the peer of a reset, in clear and under tls", async () => {
  for (const secure of [false, true]) {
    const { client, server, listener } = await pair();
    if (secure) {
      const clientTls = client.startTls({
        role: "client",
        serverName: "x",
        verify: "none",
        timeoutMs: 1_000,
      });
      await server.startTls({ role: "server", identity: good, timeoutMs: 1_000 });
      await clientTls;
    }
    const atServer = watch(server);
    const atClient = watch(client);
    server.write(fromUtf8("hello"));
    await atClient.until("hello");
    client.destroy();
    await Promise.all([atServer.until("<closed>"), atClient.until("<closed>")]);
    assert.equal(atClient.fault?.kind, "closed");
    assert.equal(atServer.fault?.kind, "reset");
    await listener.close();
  }
});

test("a slow reader makes write say no until the buffer drained", async () => {
  const { client, server, listener } = await pair();
  const atClient = watch(client);
  const chunk = new Uint8Array(1024 * 1024);
  let accepted = true;
  for (let i = 0; i < 32 && accepted; i++) accepted = client.write(chunk);
  assert.equal(accepted, false);
  assert.ok(client.bufferedBytes > 0);
  let received = 0;
  server.attach({ data: (bytes) => (received += bytes.length), end() {}, closed() {} });
  await atClient.until("<drain>");
  assert.equal(client.bufferedBytes, 0);
  assert.ok(received > 0);
  client.destroy();
  server.destroy();
  await listener.close();
});

test("what cannot be had is a fault of its kind", async () => {
  const taken = await network.listen(HOME, () => undefined);
  const rejected = async (kind: FaultKind, attempt: Promise<unknown>): Promise<void> => {
    await assert.rejects(attempt, (error) => isFault(error, kind));
  };
  await rejected(
    "addressInUse",
    network.listen(taken.endpoint, () => undefined),
  );
  const port = taken.endpoint.port;
  await taken.close();
  await rejected("refused", network.connect({ address: "127.0.0.1", port }, { timeoutMs: 1_000 }));
  await rejected(
    "unreachable",
    network.connect({ address: "127.0.0.1", port }, { from: "203.0.113.1", timeoutMs: 1_000 }),
  );
  const again = await network.listen({ address: "127.0.0.1", port }, () => undefined);
  await again.close();
});

test("a connection comes from the address it is told to", async () => {
  const listener = await network.listen(HOME, (connection) => connection.end());
  const client = await network.connect(listener.endpoint, { from: "127.0.0.9", timeoutMs: 1_000 });
  assert.equal(client.local.address, "127.0.0.9");
  client.destroy();
  await listener.close();
});

test("datagrams arrive with the endpoint they came from", async () => {
  const got = Promise.withResolvers<string>();
  const a = await network.bindDatagram(HOME, (bytes, from) => got.resolve(`${utf8(bytes)} ${from.port}`));
  const b = await network.bindDatagram(HOME, () => undefined);
  b.send(fromUtf8("hello"), a.endpoint);
  assert.equal(await got.promise, `hello ${b.endpoint.port}`);
  await Promise.all([a.close(), b.close(), b.close()]);
  b.send(fromUtf8("late"), a.endpoint);
});

const random = seededRandom(5);
const authority = createAuthority({ name: "Lab Root", random, now: Date.now() });
const request = { names: ["mail.test", "127.0.0.1"], random, now: Date.now() };
const good = issueIdentity(authority, request);

const HANDSHAKES: readonly {
  name: string;
  identity: TlsIdentity;
  serverName: string;
  verify: TlsClientOptions["verify"];
  verified: boolean | "refused";
  why?: RegExp;
}[] = [
  { name: "good", identity: good, serverName: "mail.test", verify: { caPem: authority.certificatePem }, verified: true },
  { name: "by address", identity: good, serverName: "127.0.0.1", verify: { caPem: authority.certificatePem }, verified: true },
  { name: "other name", identity: good, serverName: "evil.test", verify: { caPem: authority.certificatePem }, verified: "refused", why: /is for other names/ },
  { name: "expired", identity: issueExpired(authority, request), serverName: "mail.test", verify: { caPem: authority.certificatePem }, verified: "refused", why: /has expired/ },
  { name: "self-signed", identity: selfSignedIdentity(request), serverName: "mail.test", verify: { caPem: authority.certificatePem }, verified: "refused", why: /is self-signed/ },
  { name: "unknown authority", identity: good, serverName: "mail.test", verify: "system", verified: "refused", why: /not trusted/ },
  { name: "opportunistic", identity: selfSignedIdentity(request), serverName: "mail.test", verify: "none", verified: false, why: /is self-signed/ },
]; // prettier-ignore

for (const { name, identity, serverName, verify, verified, why } of HANDSHAKES) {
  test(`tls in mid-conversation, certificate: ${name}`, async () => {
    const { client, server, listener } = await pair();
    const atServer = watch(server);
    const atClient = watch(client);
    client.write(fromUtf8("STARTTLS"));
    await atServer.until("STARTTLS");
    server.pause();
    server.write(fromUtf8("220"));
    const serverTls = server.startTls({ role: "server", identity, timeoutMs: 2_000 });
    await atClient.until("220");
    client.pause();
    const clientTls = client.startTls({ role: "client", serverName, verify, timeoutMs: 2_000 });
    if (verified === "refused") {
      await assert.rejects(clientTls, (error) => isFault(error, "tls") && why?.test(error.message) === true);
      await serverTls.catch(() => undefined);
      await atClient.until("<closed>");
      assert.equal(atClient.fault?.kind, "tls");
      server.destroy();
      await atServer.until("<closed>");
    } else {
      const [serverInfo, clientInfo] = await Promise.all([serverTls, clientTls]);
      assert.equal(clientInfo.protocol, "TLSv1.3");
      assert.equal(clientInfo.verified, verified);
      if (why !== undefined) assert.match(clientInfo.verifyError ?? "", why);
      assert.deepEqual(clientInfo.peerNames, ["mail.test", "127.0.0.1"]);
      assert.equal(serverInfo.serverName, serverName === "127.0.0.1" ? undefined : serverName);
      assert.equal(client.tls, clientInfo);
      client.resume();
      server.resume();
      client.write(fromUtf8("secret"));
      await atServer.until("secret");
      server.write(fromUtf8("answer"));
      await atClient.until("answer");
      client.end();
      await atServer.until("<end>");
      server.end();
      await Promise.all([atServer.until("<closed>"), atClient.until("<closed>")]);
      assert.equal(atServer.fault, undefined);
      assert.equal(atClient.fault, undefined);
    }
    assert.equal(atClient.seen.filter((word) => word === "<closed>").length, 1);
    await listener.close();
  });
}

test("plaintext where a handshake was due is a tls fault on both sides", async () => {
  const { client, server, listener } = await pair();
  const handshake = server.startTls({ role: "server", identity: good, timeoutMs: 1_000 });
  const atClient = watch(client);
  client.write(fromUtf8("EHLO plaintext.test\r\n"));
  await assert.rejects(handshake, (error) => isFault(error, "tls"));
  await atClient.until("<end>");
  client.end();
  await atClient.until("<closed>");
  await listener.close();
});

test("a peer that never answers the handshake is given up in time", async () => {
  const { client, server, listener } = await pair();
  const atServer = watch(server);
  await assert.rejects(
    client.startTls({ role: "client", serverName: "mail.test", verify: "none", timeoutMs: 50 }),
    (error) => isFault(error, "timeout"),
  );
  await atServer.until("<end>");
  server.end();
  await atServer.until("<closed>");
  await listener.close();
});

test("a client that resets in the turn its handshake ends does not take the server down", async () => {
  const network = createSocketNetwork();
  const quiet = { data() {}, end() {}, closed() {} };
  const serverTls = {
    role: "server",
    identity: selfSignedIdentity({ names: ["a.test"], now: Date.now(), random: seededRandom(1) }),
    timeoutMs: 2_000,
  } as const;
  const listener = await network.listen({ address: "127.0.0.1", port: 0 }, (accepted) => {
    accepted.pause();
    accepted.startTls(serverTls).then(
      () => accepted.attach(quiet),
      () => undefined,
    );
  });
  for (let i = 0; i < 10; i++) {
    const client = await network.connect(listener.endpoint, { timeoutMs: 1_000 });
    client.attach(quiet);
    client.pause();
    await client.startTls({ role: "client", serverName: "a.test", verify: "none", timeoutMs: 2_000 });
    client.destroy();
  }
  await listener.close();
});
