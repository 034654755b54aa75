import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JournalEvent } from "../../journal/events.ts";
import { startLab, type Lab, type LabFileInput } from "../index.ts";
import type { FaultForm } from "./fault-form.ts";
import type { ClockView } from "./clock-routes.ts";
import type { FaultView } from "./fault-routes.ts";
import type { HostDetail } from "./host-detail.ts";
import { createLabWeb } from "./lab-web.ts";
import type { HostView, LabGraph, QueuedView } from "./views.ts";

const BUSY = { id: "busy", at: "kerio.smtp.RCPT", do: { reply: "450 4.2.1 busy" } };
const HOUR_MS = 3_600_000;

const NETWORK: LabFileInput = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["edge:10"] } },
  hosts: {
    dc: { role: "dns" },
    presto: { role: "mailbox", accept: ["arch.test"], allow: ["you"], policies: { greylist: "5m" } },
    edge: { role: "relay", relay: { "nemesis.test": "kerio" } },
    kerio: { role: "mailbox", accept: ["nemesis.test"] },
    smart: { role: "smarthost", allow: ["presto"], auth: "required" },
  },
  connectors: [{ on: "presto", to: "*@far.test", via: "smart" }],
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
  faults: [BUSY],
};

describe("the network over http", () => {
  let lab: Lab;
  let web: ReturnType<typeof createLabWeb>;
  before(async () => {
    lab = await startLab(NETWORK, { mode: "simulated" });
    web = createLabWeb({ lab, stop: () => undefined }, { find: () => Promise.resolve(undefined) });
  });
  after(() => lab.down());

  async function ask<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { host: "127.0.0.1:8066" };
    const request = new Request(`http://127.0.0.1:8066/lab/v1${path}`, { method, headers, ...given });
    const answer = await web(request, { address: "127.0.0.1" });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  }

  test("the graph has each host in its zone, and says what makes mail go where", async () => {
    const { nodes, edges } = await ask<LabGraph>("GET", "/graph");
    const zones = Object.fromEntries(nodes.map(({ name, role, zone }) => [name, `${role} ${zone}`]));
    assert.deepEqual(zones, {
      you: "you ",
      "arch.test": "domain arch.test",
      "nemesis.test": "domain nemesis.test",
      dc: "dns lab.test",
      presto: "mailbox arch.test",
      edge: "relay nemesis.test",
      kerio: "mailbox nemesis.test",
      smart: "smarthost lab.test",
    });
    assert.deepEqual(edges.map(({ from, to, kind, label }) => `${from} ${kind} ${to}: ${label}`).sort(), [
      "arch.test mx presto: MX 10",
      "edge relay kerio: relay nemesis.test",
      "nemesis.test mx edge: MX 10",
      "presto connector smart: *@far.test via",
      "you submit presto: submit",
    ]);
  });

  test("a host tells what it takes, where it sends it, and the settings that decide; no secrets", async () => {
    const edge = await ask<HostDetail>("GET", "/hosts/edge");
    assert.deepEqual(edge.accepts, [
      { domain: "nemesis.test", kind: "relay", way: "handed to kerio.nemesis.test:25" },
    ]);
    const presto = await ask<HostDetail>("GET", "/hosts/presto");
    assert.deepEqual(presto.connectors, [
      { to: "*@far.test", from: "*", way: "through smart.lab.test:25, as presto@smart.lab.test, TLS must" },
    ]);
    assert.equal(presto.relaysForYou, true);
    assert.equal(presto.settings.find(({ name }) => name === "policies.greylist")?.value, "5m");
    assert.ok(presto.settings.every(({ about }) => about !== ""));
    const dc = await ask<HostDetail>("GET", "/hosts/dc");
    assert.ok(dc.zones.includes("nemesis.test"), dc.zones.join());
    const smart = await ask<HostDetail>("GET", "/hosts/smart");
    assert.equal(smart.authentication, "required");
    const { error } = await ask<{ error: string }>("GET", "/hosts/prest", undefined, 404);
    assert.match(error, /hosts: dc, presto/);
  });

  test("a host that a fault takes down says so, and which", async () => {
    await ask("POST", "/faults", { id: "off", at: "kerio", do: { down: true } });
    const kerio = (await ask<HostView[]>("GET", "/hosts")).find(({ name }) => name === "kerio");
    assert.deepEqual([kerio?.down, kerio?.faults], [true, ["busy", "off"]]);
    await ask("DELETE", "/faults/off");
    assert.equal((await ask<HostDetail>("GET", "/hosts/kerio")).down, false);
  });

  test("a fault is checked before it is placed, and comes back with what is wrong where", async () => {
    const checked = await ask<{ text: string; action: string }>("POST", "/faults/check", {
      at: "dc.dns",
      when: { query: "nemesis.test MX" },
      do: { rcode: "SERVFAIL", for: "10m" },
    });
    assert.equal(
      checked.text,
      "- { at: dc.dns, when: { query: nemesis.test MX }, do: { rcode: SERVFAIL, for: 10m } }",
    );
    assert.equal(checked.action, "rcode SERVFAIL, for 10m");
    const wrong = { at: "kerio.smtp.RCPT", do: { reply: "650 x", rcode: "SERVFAIL" } };
    const { problems } = await ask<{ problems: { path: string }[] }>("POST", "/faults/check", wrong, 400);
    assert.deepEqual(problems.map(({ path }) => path).sort(), ["do.reply"]);
    const misfit = { at: "kerio.smtp.RCPT", do: { rcode: "SERVFAIL" } };
    const second = await ask<{ problems: { path: string }[] }>("POST", "/faults", misfit, 400);
    assert.equal(second.problems[0]?.path, "do.rcode");
    await ask("POST", "/faults/check", { at: "kero", do: { down: true } }, 400);
    assert.equal((await ask<FaultView[]>("GET", "/faults")).length, 1);
  });

  test("what the form offers at each place is what is taken there", async () => {
    const { places, schema } = await ask<FaultForm>("GET", "/faults/form");
    assert.deepEqual(places.smtp.hosts, ["presto", "edge", "kerio", "smart"]);
    assert.deepEqual(places.dns.hosts, ["dc"]);
    const rcpt = places.smtp.points.find(({ point }) => point === "RCPT");
    assert.ok(rcpt?.matchers.includes("to") && !rcpt.matchers.includes("subject"));
    assert.ok(places.dns.actions.includes("rcode") && !places.link.actions.includes("rcode"));
    const properties = schema["properties"] as Record<string, { properties: Record<string, unknown> }>;
    for (const action of [...places.dns.actions, ...places.link.actions, ...(rcpt?.actions ?? [])])
      assert.ok(properties["do"]?.properties[action] !== undefined, action);
  });

  test("a message that waits shows its attempts, and the clock knows what is next and goes there", async () => {
    assert.equal((await ask<ClockView>("GET", "/clock")).next, undefined);
    await ask("POST", "/clock", { action: "due" }, 400);
    const letter = { from: "ann@arch.test", to: "bob@nemesis.test", subject: "Late", server: "presto" };
    await ask("POST", "/send", letter);
    await lab.idle();
    const [queued] = await ask<QueuedView[]>("GET", "/queue");
    assert.deepEqual([queued?.host, queued?.subject, queued?.from], ["edge", "Late", "ann@arch.test"]);
    const [recipient] = queued?.recipients ?? [];
    assert.deepEqual(
      recipient?.tries.map(({ result, reply }) => [result, reply]),
      [["deferred", "450 4.2.1 busy"]],
    );
    const { now, next } = await ask<ClockView>("GET", "/clock");
    assert.deepEqual(
      [next?.host, next?.what, next?.queueId, next?.at],
      ["edge", "attempt 2 to bob@nemesis.test", queued?.id, recipient?.dueAt],
    );
    assert.ok(next !== undefined && next.at > now);
    const [fault] = await ask<FaultView[]>("GET", "/faults");
    assert.deepEqual(
      [fault?.origin, fault?.firedCount, fault?.text],
      ["file", 1, "- { id: busy, at: kerio.smtp.RCPT, do: { reply: 450 4.2.1 busy } }"],
    );
    const talks = await ask<JournalEvent[]>("GET", "/hosts/edge/events?peer=kerio&limit=500");
    assert.deepEqual([...new Set(talks.map((event) => event.host))].sort(), ["edge", "kerio"]);
    assert.ok(talks.some((event) => event.kind === "line" && event.text.startsWith("450 4.2.1 busy")));
    assert.ok(!talks.some((event) => event.kind === "line" && event.text.includes("queued as")));
    const own = await ask<JournalEvent[]>("GET", "/hosts/edge/events?limit=5");
    assert.deepEqual(
      own.map((event) => event.host),
      Array.from({ length: 5 }, () => "edge"),
    );
    await ask("GET", "/hosts/nobody/events", undefined, 404);
    await ask("DELETE", "/faults");
    await ask("POST", "/clock", { action: "due" });
    await lab.idle();
    assert.deepEqual(await ask("GET", "/queue"), []);
    const moved = lab.journal.read().findLast(({ kind }) => kind === "clock");
    assert.ok(moved?.kind === "clock" && moved.action === "due", "who watches is told");
  });

  test("the end of a fault is a thing to go to", async () => {
    await ask("POST", "/faults", { id: "nap", at: "edge", when: { until: "2h" }, do: { down: true } });
    const { now, next } = await ask<ClockView>("GET", "/clock");
    assert.deepEqual(
      [next?.what, next?.host, (next?.at ?? 0) - now],
      ['fault "nap" at edge ends', "edge", 2 * HOUR_MS],
    );
    await ask("POST", "/clock", { action: "due" });
    assert.equal((await ask<HostDetail>("GET", "/hosts/edge")).down, false);
  });
});
