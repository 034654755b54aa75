import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JournalEvent } from "../../journal/events.ts";
import { summaryOf } from "../../journal/index/journey.ts";
import { listTraces, summarize } from "../../journal/trace.ts";
import type { Lab } from "../lab.ts";
import { startLab } from "../open-lab.ts";
import { drive } from "../runtime/drive.ts";
import type { ActivityPage } from "./activity-views.ts";
import type { HeaderView } from "./trace-views.ts";
import { createLabWeb } from "./lab-web.ts";
import type { Session } from "../../journal/session-of.ts";
import type { SessionPage } from "./session-views.ts";
import type { TracePage, TraceView } from "./trace-views.ts";

const BASE = "http://127.0.0.1:8066/lab/v1";
const NO_APP = { find: () => Promise.resolve(undefined) };
const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["edge:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    edge: { role: "relay" as const, relay: { "nemesis.test": "kerio" } },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
};

let lab: Lab;
let fetchLab: (path: string, init?: RequestInit) => Promise<Response>;

async function ask<T>(path: string, status = 200): Promise<T> {
  const answer = await fetchLab(path);
  assert.equal(answer.status, status, path);
  return (await answer.json()) as T;
}

before(async () => {
  lab = await startLab(NETWORK, { mode: "simulated" });
  const web = createLabWeb({ lab, stop: () => undefined }, NO_APP);
  fetchLab = async (path, init = {}) =>
    web(new Request(`${BASE}${path}`, { ...init, headers: { host: "127.0.0.1:8066" } }), {
      address: "127.0.0.1",
    });
  const mail = { from: "ann@arch.test", server: "presto", text: "hello" };
  await lab.send({ ...mail, to: ["bob@nemesis.test"], subject: "first" });
  await lab.send({ ...mail, to: ["nobody@nemesis.test"], subject: "second" });
  await lab.idle();
});
after(() => lab.down());

test("of a lab's own journal the index says what the full derivation says", () => {
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const kept = lab.index.journeys.matching([]).map(summaryOf).sort(byId);
  assert.deepEqual(kept, listTraces(lab.journal.read()).map(summarize).sort(byId));
  assert.equal(kept.length, 3);
});

test("journeys are listed a page at a time, newest or oldest first, and filtered", async () => {
  const { total, items } = await ask<TracePage>("/traces");
  assert.equal(total, 3);
  assert.deepEqual(
    items.map(({ from, result }) => [from, result]),
    [
      ["", "delivered"],
      ["ann@arch.test", "failed"],
      ["ann@arch.test", "delivered"],
    ],
  );
  assert.deepEqual(items[2]?.hosts, ["presto", "edge", "kerio"]);
  assert.equal(items[1]?.reports[0], items[0]?.id);
  assert.equal(items[0]?.originalOf, items[1]?.id);
  const ids = items.map(({ id }) => id);
  const page = async (query: string): Promise<string[]> =>
    (await ask<TracePage>(`/traces?${query}`)).items.map(({ id }) => id);
  assert.deepEqual(await page("offset=1&limit=1"), [ids[1]]);
  assert.deepEqual(await page("order=oldest&limit=2"), [ids[2], ids[1]]);
  assert.deepEqual(await page("order=oldest&offset=2"), [ids[0]]);
  assert.deepEqual(await page("offset=3"), []);
  assert.deepEqual(await page("q=result:bounced"), [ids[1]]);
  assert.deepEqual(await page("q=to:bob@nemesis.test"), [ids[2]]);
  await ask("/traces?q=colour:red", 400);
});

test("one journey is found by any of its ids and has its reports", async () => {
  const [report, original] = (await ask<TracePage>("/traces")).items;
  const trace = await ask<{ id: string; related: { reports: string[] }; hops: { queueId: string }[] }>(
    `/traces/${original?.id}`,
  );
  assert.deepEqual(trace.related.reports, [report?.id]);
  const last = await ask<{ id: string }>(`/traces/${trace.hops[1]?.queueId}`);
  assert.equal(last.id, original?.id);
  const summary = await ask<TraceView>(`/traces/${trace.hops[1]?.queueId}/summary`);
  assert.deepEqual([summary.id, summary.whole, summary.result], [original?.id, true, "failed"]);
  const events = await ask<JournalEvent[]>(`/traces/${original?.id}/events`);
  const kinds = new Set(events.map(({ kind }) => kind));
  for (const kind of [
    "line",
    "message.received",
    "dns.answer",
    "routing",
    "attempt",
    "outcome",
    "dsn",
  ] as const)
    assert.ok(kinds.has(kind), kind);
  await ask("/traces/1AAAAAAAAAAAAA", 404);
  await ask("/traces/1AAAAAAAAAAAAA/summary", 404);
});

test("each header field is told which hop put it there", async () => {
  const { from, fields } = await ask<HeaderView>("/traces/subject:first/header");
  assert.deepEqual(from, { host: "kerio", place: "INBOX of bob@nemesis.test" });
  const hops = fields.map(({ name, hop }) => `${name.toLowerCase()} ${hop ?? "-"}`);
  assert.ok(hops.indexOf("return-path 2") < hops.indexOf("received 2"), hops.join(", "));
  assert.ok(hops.indexOf("received 2") < hops.indexOf("received 1"));
  assert.ok(hops.indexOf("received 1") < hops.indexOf("received 0"));
  assert.ok(hops.includes("subject -"));
});

test("each connection is a session with its conversation and its warnings", async () => {
  const { total, items } = await ask<SessionPage>("/sessions");
  assert.ok(total >= 5, String(total));
  const relay = items.find(({ client, server }) => client.host === "edge" && server.host === "kerio");
  assert.ok(relay);
  assert.equal(items.find(({ client }) => client.host === "you")?.state, "closed");
  const { conversation, warnings, messages } = await ask<Session>(`/sessions/${relay.id}`);
  assert.equal(
    conversation.items.filter(({ kind, text }) => kind === "line" && text.startsWith("EHLO")).length,
    2,
    "before and after STARTTLS",
  );
  assert.deepEqual(
    warnings.map(({ rule, rfc }) => [rule, rfc]).find(([rule]) => rule === "certificate"),
    ["certificate", "RFC 3207 §4.1"],
  );
  assert.ok(relay.messages === messages.length);
  assert.equal((await ask<SessionPage>("/sessions?q=host:kerio&limit=1")).items.length, 1);
  await ask("/sessions/none", 404);
});

test("activity is a row for each thing that happened, newest first, in pages", async () => {
  const all = await ask<ActivityPage>("/activity?limit=1000");
  const kinds = new Set(all.items.map(({ kind }) => kind));
  for (const kind of ["dns", "session", "mail", "queue", "bounce", "store"] as const)
    assert.ok(kinds.has(kind), kind);
  assert.ok(all.items.every((row, index) => index === 0 || row.id < (all.items[index - 1]?.id ?? 0)));
  const read: number[] = [];
  for (let before: number | undefined = undefined, pages = 0; pages === 0 || before !== undefined; pages++) {
    const page: ActivityPage = await ask(
      `/activity?limit=7${before === undefined ? "" : `&before=${before}`}`,
    );
    read.push(...page.items.map(({ id }) => id));
    before = page.before;
  }
  assert.deepEqual(
    read,
    all.items.map(({ id }) => id),
  );
  const dns = await ask<ActivityPage>("/activity?q=kind:dns%20nemesis.test");
  assert.ok(dns.items.length > 0 && dns.items.every(({ kind }) => kind === "dns"));
});

test("both lists go on as a stream after the event they were read at", async () => {
  const { upTo } = await ask<TracePage>("/traces");
  const stop = new AbortController();
  const read = async (path: string, until: RegExp): Promise<string> => {
    const answer = await fetchLab(path, { signal: stop.signal });
    let text = "";
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (until.test(text)) break;
    }
    return text;
  };
  const traces = read(`/traces-live?after=${upTo}`, /"subject":"third"/);
  const rows = read(`/activity-live?after=${upTo}&q=kind:store`, /stored in/);
  await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], subject: "third", server: "presto" });
  await lab.idle();
  assert.match(await traces, /event: changed\ndata: \{"total":4/);
  const text = await rows;
  assert.match(text, /^id: \d+\nevent: row\ndata: .*"kind":"store"/m);
  assert.doesNotMatch(text, /"kind":"dns"/);
  stop.abort();
});

test("the header of a message that was moved is read where it stands now", async () => {
  const mail = lab.hosts.get("kerio")?.host?.store.mail("bob@nemesis.test");
  const [inbox, junk] = [mail?.find("INBOX"), mail?.find("Junk")];
  assert.ok(mail && inbox && junk);
  const [first] = await drive(lab.environment, lab.inbox("bob@nemesis.test").list({ subject: "first" }));
  assert.ok(first);
  await drive(lab.environment, mail.move(inbox.id, [first.uid, first.uid], { mail, id: junk.id }));
  const { from, fields } = await ask<HeaderView>("/traces/subject:first/header");
  assert.deepEqual(from, { host: "kerio", place: "Junk of bob@nemesis.test" });
  assert.ok(fields.some(({ name, hop }) => name.toLowerCase() === "received" && hop === 2));
});
