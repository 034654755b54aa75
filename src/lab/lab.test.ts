import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formatEvents } from "../journal/ndjson.ts";
import { LabError, LabFileError, startLab, type Lab, type LabFileInput } from "./index.ts";

const NETWORK: LabFileInput = {
  lab: "kit",
  domains: {
    "arch.test": { mx: ["presto:10"] },
    "nemesis.test": { mx: ["edge:10"] },
  },
  hosts: {
    dc: { role: "dns" },
    presto: { role: "mailbox", accept: ["arch.test"], allow: ["you"] },
    edge: { role: "relay", relay: { "nemesis.test": "kerio" } },
    kerio: { role: "mailbox", accept: ["nemesis.test"] },
    app: { role: "submit", as: "noreply@arch.test", via: "presto" },
  },
  accounts: { "ann@arch.test": {}, "noreply@arch.test": {}, "bob@nemesis.test": {} },
};
NETWORK.hosts = {
  ...NETWORK.hosts,
  presto: { role: "mailbox", accept: ["arch.test"], allow: ["you", "app"] },
};

for (const mode of ["simulated", "loopback"] as const) {
  describe(`the test kit, ${mode}`, () => {
    let lab: Lab;
    before(async () => {
      lab = await startLab(NETWORK, { mode, ports: "dynamic" });
    });
    after(() => lab.down());

    test("a mail is waited for, and tells its links, envelope and way", async () => {
      const inbox = lab.inbox("bob@nemesis.test");
      const html = '<p>Please <a href="https://app.test/verify?t=1">verify</a></p>';
      const answer = await lab.send({
        from: "noreply@arch.test",
        to: ["bob@nemesis.test"],
        subject: "Verify",
        html,
        server: "app",
      });
      assert.ok(answer.ok);
      const mail = await inbox.wait({ subject: /verify/i });
      assert.equal(mail.links[0]?.href, "https://app.test/verify?t=1");
      assert.deepEqual(mail.envelope, { from: "noreply@arch.test", to: "bob@nemesis.test" });
      assert.deepEqual(mail.trace?.path, ["app", "presto", "edge", "kerio"]);
      assert.equal(mail.trace?.attempts, 4);
    });

    test("each fresh inbox has its own address and sees only its own mail", async () => {
      const [one, two] = [lab.inbox(), lab.inbox()];
      assert.notEqual(one.address, two.address);
      await lab.send({ from: "ann@arch.test", to: [one.address], subject: "for one", server: "presto" });
      assert.equal((await one.wait()).subject, "for one");
      await two.expectNone({ within: "10ms" });
    });

    test("mail put off by a fault comes at its retry when the clock may jump", async () => {
      const inbox = lab.inbox("bob@nemesis.test");
      const id = lab.fault.at("kerio.smtp.RCPT").first(2).reply(451);
      const sentAt = lab.clock.now();
      await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], subject: "late", server: "presto" });
      const mail = await inbox.wait({ subject: "late" }, { timeoutMs: 10_000, advanceClock: true });
      assert.equal(lab.fault.list().find((fault) => fault.id === id)?.firedCount, 2);
      assert.ok(lab.clock.now() - sentAt >= 6 * 60_000, "one minute, then five");
      assert.equal(mail.trace?.attempts, 5);
      lab.fault.remove(id);
    });

    test("a bounce is found by its status and action", async () => {
      const inbox = lab.inbox("ann@arch.test");
      await lab.send({ from: "ann@arch.test", to: ["nobody@nemesis.test"], server: "presto" });
      const ndr = await inbox.wait({ dsn: { status: "5.1.1", action: "failed" } });
      assert.equal(ndr.envelope.from, "");
      assert.equal(lab.trace("to:nobody@nemesis.test")?.related.reports.length, 1);
    });

    test("a wait in vain says what was looked for and what is there", async () => {
      const inbox = lab.inbox();
      await lab.send({ from: "ann@arch.test", to: [inbox.address], subject: "other", server: "presto" });
      await inbox.wait({ subject: "other" });
      await assert.rejects(inbox.wait({ subject: "missing" }, { timeoutMs: 50 }), (error: Error) => {
        assert.ok(error instanceof LabError);
        assert.match(
          error.message,
          /got no mail with subject "missing" within 50 ms; it has "other" from <ann@arch\.test>/,
        );
        return true;
      });
    });

    test("why and dig answer without sending", async () => {
      const before = lab.traces().length;
      const route = await lab.why("bob@nemesis.test", { host: "presto" });
      assert.equal(route.target.kind, "smtp");
      assert.ok(route.steps.includes("nemesis.test MX 10 edge.nemesis.test"), route.steps.join("\n"));
      assert.equal((await lab.dig(["nemesis.test", "MX", "+short"])).text.trim(), "10 edge.nemesis.test.");
      await assert.rejects(lab.dig(["nemesis.test", "@nobody"]), /neither an address nor a name server/);
      assert.equal(lab.traces().length, before);
    });

    test("reset empties mailboxes, queues and journal", async () => {
      lab.fault.at("kerio.smtp.RCPT").reply(451);
      await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto" });
      await lab.idle();
      await lab.reset();
      assert.deepEqual(await lab.messages(), []);
      assert.deepEqual(lab.traces(), []);
      assert.deepEqual(lab.fault.list(), []);
      assert.equal(lab.hosts.get("edge")?.host?.queue.depth, 0);
    });
  });
}

test("a content whose BDAT was refused is shown as read away, not as one that never arrived", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    await lab.send({ from: "ann@arch.test", to: ["nobody@nemesis.test"], subject: "x", server: "presto" });
    await lab.idle();
    const trace = lab.traces().find(({ recipients }) => recipients.includes("nobody@nemesis.test"));
    const talks = trace?.hops.flatMap(({ attempts }) => attempts.flatMap((one) => one.conversations)) ?? [];
    const contents = talks.flatMap(({ items }) => items.filter(({ kind }) => kind === "content"));
    assert.deepEqual(
      contents.map(({ text, seenBy }) => [text.replace(/^\d+/, "n"), seenBy]),
      [
        ["n bytes", "both"],
        ["n bytes, read away: they were refused", "both"],
      ],
    );
  } finally {
    await lab.down();
  }
});

test("five days to a bounce pass at once", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  lab.fault.at("kerio").down();
  const inbox = lab.inbox("ann@arch.test");
  const startedAt = performance.now();
  await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto" });
  await lab.clock.advance("5d");
  await lab.clock.advance("1h");
  const ndr = await inbox.wait({ dsn: { action: "failed" } });
  assert.match(ndr.dsn?.recipients[0]?.status ?? "", /^[45]\.4\.[17]$/);
  assert.ok(performance.now() - startedAt < 2_000);
  await lab.down();
});

test("the same seed gives the same journal, byte for byte", async () => {
  const run = async (seed: number): Promise<string> => {
    const lab = await startLab(NETWORK, { mode: "simulated", seed });
    lab.fault.at("kerio.smtp.RCPT").when({ chance: 0.5 }).reply(451);
    for (const to of ["bob@nemesis.test", "nobody@nemesis.test"])
      await lab.send({ from: "ann@arch.test", to: [to], server: "presto" });
    await lab.clock.advance("1d");
    const journal = formatEvents(lab.journal.read());
    await lab.down();
    return journal;
  };
  const first = await run(7);
  assert.equal(await run(7), first);
  assert.notEqual(await run(8), first);
});

test("a changed plan restarts only the hosts that changed, and mail stays", async (t) => {
  const lab = await startLab(NETWORK, { mode: "loopback", ports: "dynamic" });
  t.after(() => lab.down());
  const { readLabObject } = await import("./file/read-lab-file.ts");
  const inbox = lab.inbox("ann@arch.test");
  await lab.send({ from: "you@lab.test", to: ["ann@arch.test"], subject: "kept", server: "presto" });
  await inbox.wait({ subject: "kept" });
  const kerio = lab.hosts.get("kerio");
  const presto = { role: "mailbox" as const, accept: ["arch.test", "new.test"], allow: ["you", "app"] };
  const next = readLabObject({
    ...NETWORK,
    domains: { ...NETWORK.domains, "new.test": { mx: ["presto"] } },
    hosts: { ...NETWORK.hosts, presto },
  });
  assert.ok(next.ok);
  assert.deepEqual(await lab.reload(next.value), ["presto"]);
  assert.equal(lab.hosts.get("kerio"), kerio);
  assert.equal((await lab.dig(["new.test", "MX", "+short"])).text.trim(), "10 presto.arch.test.");
  const kept = await lab.inbox("ann@arch.test").list();
  assert.deepEqual(
    kept.map(({ subject }) => subject),
    ["kept"],
  );
});

test("a real server that joins is a host of the lab, and nothing else is reached", async (t) => {
  const other = await startLab(
    {
      domains: { "real.test": { mx: ["real"] } },
      hosts: { real: { role: "mailbox", accept: ["real.test"] } },
      accounts: { "rita@real.test": {} },
      network: { ipv4: "10.66.7.0/24" },
    },
    { ports: "dynamic" },
  );
  t.after(() => other.down());
  const door = other.doors.find(({ service }) => service === "smtp")?.real;
  assert.ok(door);
  const lab = await startLab(
    {
      domains: { "real.test": { mx: ["postfix"] }, "away.test": { mx: ["mx.away.test"] } },
      hosts: {
        presto: { role: "mailbox", accept: ["arch.test"], allow: ["you"] },
        postfix: { outside: `${door.address}:${door.port}` },
      },
      zones: { "away.test": "mx A 192.0.2.1\n" },
      accounts: { "ann@arch.test": {} },
    },
    { ports: "dynamic" },
  );
  t.after(() => lab.down());
  await lab.send({ from: "ann@arch.test", to: ["rita@real.test"], subject: "hello", server: "presto" });
  assert.equal(
    (await other.inbox("rita@real.test").wait({ subject: "hello" })).envelope.from,
    "ann@arch.test",
  );
  await lab.send({ from: "ann@arch.test", to: ["x@away.test"], server: "presto" });
  await lab.idle();
  const blocked = lab.journal.read().find((event) => event.kind === "connection.failed");
  assert.match(blocked?.kind === "connection.failed" ? blocked.detail : "", /blocked by the lab/);
});

test("a lab that cannot be is refused with its place", async () => {
  await assert.rejects(startLab({ hosts: { a: { role: "relay" } } }, { mode: "simulated" }), LabFileError);
});
