import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Fault } from "../../src/base/fault.ts";
import { createRealClock } from "../../src/engine/clock/real-clock.ts";
import { createDiskFiles } from "../../src/engine/files/disk-files.ts";
import { createSecureRandom } from "../../src/engine/random/secure-random.ts";
import { createSocketNetwork } from "../../src/engine/sockets/socket-network.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { createMemorySpool } from "../../src/mta/queue/memory-spool.ts";
import type { Spool } from "../../src/mta/queue/spool.ts";
import { startHost } from "../../src/server/host/host.ts";
import { OpenRelayError } from "../../src/server/host/open-relay.ts";
import { createResolver } from "../../src/server/resolver/resolver.ts";
import { hostSettingsSchema } from "../../src/settings/check-settings.ts";
import { createMemoryMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { converse } from "./spoken.ts";

const SETTINGS = {
  hostname: "mail.house.test",
  listen: ["127.0.0.1:0"],
  domains: { "house.test": "local" },
  accounts: { "ann@house.test": { password: "secret", quota: "2KB" } },
  relayFrom: [] as string[],
};

async function host(t: TestContext, more: object = {}, spool: Spool = createMemorySpool()) {
  const clock = createRealClock();
  const world = { clock, random: createSecureRandom(), network: createSocketNetwork() };
  const journal = createJournal(clock);
  const store = createMemoryMailStore();
  const started = await startHost({
    name: "house",
    world,
    journal,
    settings: hostSettingsSchema.parse({ ...SETTINGS, ...more }),
    spool,
    store,
    files: createDiskFiles(),
    resolver: createResolver({ world, recorder: journal.recorder("house"), servers: [] }),
    post: () => Promise.reject(new Fault("refused", "no web here")),
    identity: undefined,
    folder: tmpdir(),
  });
  t.after(() => started.close());
  return { host: started, journal, store, port: started.doors[0]?.endpoint.port ?? 0 };
}

const MESSAGE =
  "From: bob@far.test\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@far.test>\r\nSubject: hi\r\n\r\nhello\r\n.";

async function upTo(port: number, recipient: string) {
  const peer = await converse(port);
  await peer.say();
  await peer.say("EHLO far.test");
  await peer.say("MAIL FROM:<bob@far.test>");
  return { peer, rcpt: await peer.say(`RCPT TO:<${recipient}>`) };
}

test("a disk that is full says 452, loses nothing, and takes mail again when there is space", async (t) => {
  const memory = createMemorySpool();
  let fault: Fault | undefined = new Fault("diskFull", "/secret/path is full");
  const spool: Spool = {
    ...memory,
    stats: memory.stats,
    add: (id, note, content) => (fault === undefined ? memory.add(id, note, content) : Promise.reject(fault)),
  };
  const { host: house, store, port } = await host(t, {}, spool);
  const { peer } = await upTo(port, "ann@house.test");
  await peer.say("DATA");
  const full = await peer.say(MESSAGE);
  assert.match(full, /^452 4\.3\.1 /);
  assert.doesNotMatch(full, /secret/, "a peer never reads a path");
  fault = undefined;
  await peer.say("MAIL FROM:<bob@far.test>");
  await peer.say("RCPT TO:<ann@house.test>");
  await peer.say("DATA");
  assert.match(await peer.say(MESSAGE), /^250 2\.0\.0 queued as \w{14}$/);
  peer.end();
  for (let i = 0; i < 100 && !house.idle(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await store.list("ann@house.test", "INBOX")).length, 1);
});

test("a mailbox that is full, or would be by the size declared, says so at RCPT", async (t) => {
  const { port, store, journal, host: house } = await host(t);
  const { peer } = await upTo(port, "ann@house.test");
  await peer.say("RSET");
  await peer.say("MAIL FROM:<bob@far.test> SIZE=3000");
  const full = "452 4.2.2 <ann@house.test>: mailbox full";
  assert.equal(await peer.say("RCPT TO:<ann@house.test>"), full);
  await peer.say("RSET");
  await peer.say("MAIL FROM:<bob@far.test> SIZE=300");
  assert.match(await peer.say("RCPT TO:<ann@house.test>"), /^250 /);
  await peer.say("RSET");
  await store.putAccount("ann@house.test", { quotaBytes: null, quotaMessages: 1 });
  for (const answer of [/^250 /, /^452 4\.2\.2 /]) {
    await peer.say("MAIL FROM:<bob@far.test>");
    assert.match(await peer.say("RCPT TO:<ann@house.test>"), answer);
    await peer.say("DATA");
    await peer.say(MESSAGE);
    for (let i = 0; i < 100 && !house.idle(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    await peer.say("RSET");
  }
  peer.end();
  const verdict = journal.read().find((event) => event.kind === "policy" && event.check === "quota");
  assert.ok(
    verdict?.kind === "policy" && verdict.verdict === "defer" && verdict.reason.rule === "over quota",
  );
});

test("a star listens on every address, and each knows its clients by their own", async (t) => {
  const { host: house, journal } = await host(t, { listen: ["*:0"] });
  const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ family }) => family === "IPv6"),
  );
  assert.deepEqual(
    house.doors.map(({ endpoint }) => endpoint.address),
    hasIpv6 ? ["0.0.0.0", "::"] : ["0.0.0.0"],
  );
  for (const { endpoint } of house.doors) {
    const peer = await converse(endpoint.port, endpoint.address === "::" ? "::1" : "127.0.0.1");
    assert.match(await peer.say(), /^220 /);
    peer.end();
  }
  const seen = journal.read().flatMap((event) => (event.kind === "connection.opened" ? [event.remote] : []));
  assert.match(seen[0] ?? "", /^127\.0\.0\.1:/);
  if (hasIpv6) assert.match(seen[1] ?? "", /^\[::1\]:/);
});

test("postmaster is whoever administers, when no settings name accounts", async (t) => {
  const { port, store } = await host(t, { accounts: {}, administrators: ["ann@house.test"] });
  await store.putAccount("ann@house.test");
  const { peer, rcpt } = await upTo(port, "postmaster@house.test");
  assert.match(rcpt, /^250 /);
  assert.match(await peer.say("RCPT TO:<postmaster>"), /^250 /, "RFC 5321 §4.5.1");
  peer.end();
});

test("a report to an alias reaches the mailbox behind it", async (t) => {
  const {
    port,
    store,
    host: house,
  } = await host(t, {
    aliases: { "info@house.test": "ann@house.test" },
    connectors: [{ to: "gone.test", reject: "nobody is there" }],
    relayFrom: ["127.0.0.1"],
  });
  const peer = await converse(port);
  await peer.say();
  await peer.say("EHLO far.test");
  await peer.say("MAIL FROM:<info@house.test>");
  await peer.say("RCPT TO:<bob@gone.test>");
  await peer.say("DATA");
  assert.match(await peer.say(MESSAGE), /^250 /);
  peer.end();
  for (let i = 0; i < 100 && !house.idle(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  const [report] = await store.list("ann@house.test", "INBOX");
  assert.ok(report !== undefined, "the report arrived");
});

test("commands that make no sense are answered more slowly, as refusals are", async (t) => {
  const { port } = await host(t, { policies: { misbehaviour: { slowAfter: 1 } } });
  const peer = await converse(port);
  await peer.say();
  const answers: number[] = [];
  for (const line of ["NONSENSE", "NONSENSE"]) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // a little is forgotten in between
    const began = performance.now();
    assert.match(await peer.say(line), /^500 5\.5\.1 /);
    answers.push(performance.now() - began);
  }
  peer.end();
  assert.ok(
    (answers[1] ?? 0) >= 900,
    `the second came after ${answers[1]} ms; one error past the bound is a second`,
  );
});

test("what breaks RFC 5322 is refused with everything that is missing, named with its section", async (t) => {
  const { port, journal } = await host(t);
  const { peer } = await upTo(port, "ann@house.test");
  await peer.say("DATA");
  const refused = await peer.say("asoifiajo\r\nasdf\r\n.");
  assert.match(refused, /^550-5\.7\.1 This message is not RFC 5322 compliant:\n/);
  assert.match(refused, /'From' header is missing\. \(RFC 5322 §?3\.6\.2\)|'From' header is missing/);
  assert.match(refused, /\n550 5\.7\.1 [^\n]+$/);
  peer.end();
  const event = journal.read().find(({ kind }) => kind === "message.refused");
  assert.ok(
    event !== undefined && event.kind === "message.refused" && event.reason.rule.includes("missing-from"),
  );
});

test("relay is closed to strangers, open to accounts, and every refusal has its reason", async (t) => {
  const { port, journal } = await host(t, { authentication: { withoutTls: true } });
  const { peer, rcpt } = await upTo(port, "victim@elsewhere.test");
  assert.equal(rcpt, "550 5.7.1 <victim@elsewhere.test>: relaying denied");
  assert.equal(
    await peer.say("RCPT TO:<nobody@house.test>"),
    "550 5.1.1 <nobody@house.test>: no such mailbox here",
  );
  assert.match(await peer.say("RCPT TO:<Postmaster>"), /^250 2\.1\.5 /, "RFC 5321 §4.5.1");
  await peer.say("RSET");
  const plain = Buffer.from("\0ann@house.test\0secret").toString("base64");
  assert.match(await peer.say(`AUTH PLAIN ${plain}`), /^235 2\.7\.0 /);
  await peer.say("MAIL FROM:<ann@house.test>");
  assert.match(await peer.say("RCPT TO:<victim@elsewhere.test>"), /^250 2\.1\.5 /);
  peer.end();
  const reasons = journal
    .read()
    .flatMap((event) => (event.kind === "policy" && event.verdict === "reject" ? [event.reason] : []));
  assert.deepEqual(reasons[0]?.rfc, "RFC 5321 §3.6.2");
  assert.ok(!JSON.stringify(journal.read()).includes(plain), "no password in the journal");
});

test("a client that errs again and again is slowed, then turned away, and may come back", async (t) => {
  const { port } = await host(t, {
    policies: { misbehaviour: { slowAfter: 100, banAfter: 5, banFor: "1s" } },
  });
  const { peer } = await upTo(port, "a@elsewhere.test");
  for (let i = 0; i < 4; i++) await peer.say(`RCPT TO:<a${i}@elsewhere.test>`);
  peer.end();
  const banned = await converse(port);
  assert.match(await banned.say(), /^421 4\.7\.0 /);
  banned.end();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const forgiven = await converse(port);
  assert.match(await forgiven.say(), /^220 mail\.house\.test /);
  forgiven.end();
});

test("settings that make an open relay do not start", async (t) => {
  await assert.rejects(
    host(t, { relayFrom: ["0.0.0.0/0"] }),
    (error) => error instanceof OpenRelayError && /openRelay: yes/.test(error.message),
  );
  await host(t, { relayFrom: ["0.0.0.0/0"], openRelay: "yes, relay for everybody" });
});

/** Runs the program and gives what it printed and how it ended. */
function posthorn(args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  const program = spawn(process.execPath, ["bin/posthorn", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  program.stdout.on("data", (bytes: Buffer) => (printed += bytes));
  program.stderr.on("data", (bytes: Buffer) => (printed += bytes));
  return new Promise((resolve) => program.on("close", (code) => resolve({ code, printed })));
}

test("wrong settings and a taken port are named, end with 2, and start nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-serve-"));
  const file = join(folder, "posthorn.yaml");
  writeFileSync(file, "hostname: mail.house.test\nqueue:\n  retry: [soon]\n");
  const wrong = await posthorn(["serve", file]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.printed, /posthorn\.yaml:3:11: queue\.retry\[0\]: "soon" is not a duration/);
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as AddressInfo;
  writeFileSync(file, `hostname: mail.house.test\nlisten: ["127.0.0.1:${port}"]\n`);
  const busy = await posthorn(["serve", file]);
  assert.equal(busy.code, 2, busy.printed);
  assert.match(busy.printed, new RegExp(`127\\.0\\.0\\.1:${port}.*"listen"`));
  taken.close();
  rmSync(folder, { recursive: true });
});
