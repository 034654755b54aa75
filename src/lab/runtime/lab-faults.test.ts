import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault } from "../../base/fault.ts";
import type { Connection } from "../../base/network.ts";
import type { EventKind, JournalEvent } from "../../journal/events.ts";
import { startLab, type Lab, type LabFileInput } from "../index.ts";
import { drive } from "./drive.ts";

const BUSY = { id: "busy", at: "kerio.smtp.RCPT", do: { reply: 450 } };

const NETWORK: LabFileInput = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    dc: { role: "dns" },
    presto: { role: "mailbox", accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox", accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
};

/** A conversation with a host by hand: what it has said, and how it ended. */
function listen(connection: Connection): {
  readonly greeted: Promise<void>;
  readonly ended: Promise<string>;
} {
  const greeted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  connection.attach({
    data: () => greeted.resolve(),
    end: () => connection.end(),
    closed: (fault) => ended.resolve(fault?.kind ?? "closed"),
  });
  return { greeted: greeted.promise, ended: ended.promise };
}

async function connect(lab: Lab, host: string): Promise<Connection> {
  const { environment, plan } = lab;
  const address = lab.hosts.get(host)?.plan.addresses[0] ?? "";
  const { network } = environment.worldFor(plan.you.address);
  return drive(environment, network.connect({ address, port: 25 }, { timeoutMs: 2_000 }));
}

/** The first event of this kind from now on, or the latest there is. */
function happened(lab: Lab, kind: EventKind): Promise<JournalEvent> {
  const { promise, resolve } = Promise.withResolvers<JournalEvent>();
  const known = lab.journal.read().findLast((event) => event.kind === kind);
  if (known !== undefined) resolve(known);
  const stop = lab.journal.subscribe((event) => event.kind === kind && resolve(event));
  return drive(lab.environment, promise).finally(stop);
}

/** How a new connection to a host that is down ends: a stranger gets as near to a refusal as a listener comes. */
async function refusal(lab: Lab, host: string): Promise<string> {
  let connection: Connection;
  try {
    connection = await connect(lab, host);
  } catch (error) {
    return (error as Fault).kind;
  }
  return drive(lab.environment, listen(connection).ended);
}

for (const mode of ["simulated", "loopback"] as const) {
  describe(`a host that goes down, ${mode}`, () => {
    test("takes the connections of people along, and refuses until it is back", async () => {
      const lab = await startLab(NETWORK, { mode, ports: "dynamic" });
      try {
        const [kerio, presto] = [await connect(lab, "kerio"), await connect(lab, "presto")];
        const talks = [listen(kerio), listen(presto)] as const;
        for (const { greeted } of talks) await drive(lab.environment, greeted);
        const id = lab.fault.at("kerio").down();
        assert.equal(await drive(lab.environment, talks[0].ended), "reset");
        assert.equal(lab.fault.list()[0]?.firedCount, 1, "only kerio's was cut");
        assert.equal(lab.fault.list()[0]?.takesDown, "kerio");
        assert.equal(await refusal(lab, "kerio"), "reset");
        lab.fault.remove(id);
        const back = await connect(lab, "kerio");
        await drive(lab.environment, listen(back).greeted);
        back.end();
        presto.end();
        await drive(lab.environment, talks[1].ended);
      } finally {
        await lab.down();
      }
    });

    test("breaks off what another host was sending it, which tries again later", async () => {
      const lab = await startLab(NETWORK, { mode, ports: "dynamic" });
      try {
        lab.fault.at("kerio.smtp.RCPT").delay("1h");
        await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto" });
        // Under way: kerio has been asked for the recipient, and thinks.
        await happened(lab, "fault.fired");
        const before = lab.clock.now();
        lab.fault.at("kerio").down();
        const outcome = await happened(lab, "outcome");
        assert.ok(outcome.kind === "outcome" && outcome.result === "deferred", JSON.stringify(outcome));
        assert.ok(outcome.at - before < 60_000, `${outcome.at - before} ms after it went down`);
        lab.fault.clear();
        const mail = await lab.inbox("bob@nemesis.test").wait({}, { timeoutMs: 10_000, advanceClock: true });
        assert.equal(mail.envelope.to, "bob@nemesis.test");
      } finally {
        await lab.down();
      }
    });
  });
}

for (const mode of ["simulated", "loopback"] as const)
  test(`a black hole silences what is open already, and neither end hears the other again, ${mode}`, async () => {
    const lab = await startLab(NETWORK, { mode, ports: "dynamic" });
    try {
      const [kerio, presto] = [await connect(lab, "kerio"), await connect(lab, "presto")];
      const talks = [listen(kerio), listen(presto)] as const;
      if (mode === "simulated") await lab.clock.advance("1s");
      else await Promise.all(talks.map(({ greeted }) => greeted));
      let ends = "";
      talks[0].ended.then((how) => (ends = how)).catch(() => undefined);
      const id = lab.fault.at("kerio").blackhole();
      assert.equal(lab.fault.list()[0]?.firedCount, 1, "only kerio's fell silent");
      const heard = (): string[] =>
        lab.journal.read().flatMap((event) => {
          return event.kind === "line" && event.by === "client" ? [`${event.host} ${event.text}`] : [];
        });
      kerio.write(Buffer.from("NOOP\r\n"));
      presto.write(Buffer.from("QUIT\r\n"));
      assert.equal(await drive(lab.environment, talks[1].ended), "closed");
      assert.deepEqual(heard(), ["presto QUIT"]);
      lab.fault.remove(id);
      kerio.write(Buffer.from("NOOP\r\n"));
      await lab.clock.advance("5s");
      assert.deepEqual(heard(), ["presto QUIT"], "what was lost stays lost");
      assert.equal(ends, "");
      kerio.destroy();
    } finally {
      await lab.down();
    }
  });

test("mail on its way into a black hole waits out its time, and is tried again", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    lab.fault.at("kerio.smtp.EHLO").delay("1m");
    await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto" });
    await happened(lab, "fault.fired");
    const before = lab.clock.now();
    lab.fault.at("presto->kerio").blackhole();
    const outcome = await happened(lab, "outcome");
    assert.ok(outcome.kind === "outcome" && outcome.result === "deferred", JSON.stringify(outcome));
    assert.ok(outcome.at - before > 60_000, `only ${outcome.at - before} ms of silence`);
    lab.fault.clear();
    const mail = await lab.inbox("bob@nemesis.test").wait({}, { timeoutMs: 10_000, advanceClock: true });
    assert.equal(mail.envelope.to, "bob@nemesis.test");
  } finally {
    await lab.down();
  }
});

test("an answer that a fault holds back is waited for no longer than its connection is there", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    await lab.clock.advance("1s");
    lab.fault.at("kerio.smtp.CONNECT").delay("10d");
    const before = lab.clock.now();
    const connection = await connect(lab, "kerio");
    await happened(lab, "fault.fired");
    connection.destroy();
    for (let count = 0; count < 1_000 && (await lab.clock.next()) !== undefined; count++);
    assert.ok(lab.clock.now() - before < 86_400_000, "nothing is due ten days from now");
  } finally {
    await lab.down();
  }
});

test("a fault that chooses among connections leaves those alone that are open", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    const connection = await connect(lab, "kerio");
    const talk = listen(connection);
    await drive(lab.environment, talk.greeted);
    lab.fault.add({ at: "kerio", when: { n: 1 }, do: { down: true } });
    assert.equal(lab.fault.list()[0]?.firedCount, 0);
    assert.equal(await refusal(lab, "kerio"), "reset");
    assert.equal(lab.fault.list()[0]?.firedCount, 1);
    connection.end();
    assert.equal(await drive(lab.environment, talk.ended), "closed");
  } finally {
    await lab.down();
  }
});

test("a fault tells whether the lab file placed it, also after it was put back", async () => {
  const lab = await startLab({ ...NETWORK, faults: [BUSY] }, { mode: "simulated" });
  const origins = (): unknown => lab.fault.list().map(({ id, origin }) => [id, origin]);
  try {
    const extra = lab.fault.at("kerio").delay("1s");
    assert.deepEqual(origins(), [
      ["busy", "file"],
      [extra, "added"],
    ]);
    lab.fault.clear();
    lab.fault.add(BUSY);
    assert.deepEqual(origins(), [["busy", "file"]]);
    lab.fault.add({ ...BUSY, do: { reply: 550 } });
    assert.deepEqual(origins(), [["busy", "added"]]);
  } finally {
    await lab.down();
  }
});

test("the end of a fault's time is told as soon as it is known", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    const now = lab.clock.now();
    lab.fault.add({ at: "kerio", when: { until: "1h" }, do: { down: true } });
    lab.fault.add({ at: "presto", do: { down: true, for: "10m" } });
    assert.deepEqual(
      lab.fault
        .list()
        .map(({ placedAt, endsAt }) => [placedAt - now, endsAt === undefined ? undefined : endsAt - now]),
      [
        [0, 3_600_000],
        [0, undefined],
      ],
    );
    assert.equal(await refusal(lab, "presto"), "reset");
    assert.ok((lab.fault.list()[1]?.endsAt ?? 0) >= now + 600_000, "counted from the first strike");
    await lab.clock.advance("2h");
    assert.deepEqual(
      lab.fault.list().map(({ isOver, takesDown }) => [isOver, takesDown]),
      [
        [true, undefined],
        [true, undefined],
      ],
    );
  } finally {
    await lab.down();
  }
});
