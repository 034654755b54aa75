import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Session } from "../../journal/session-of.ts";
import { createHandTalks, TALKS_OPEN_MAX } from "../by-hand/hand-talks.ts";
import { startLab, type Lab, type LabFileInput } from "../index.ts";
import type { DialogueView } from "./dialogue-routes.ts";
import { createLabWeb } from "./lab-web.ts";

const NETWORK: LabFileInput = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["edge:10"] } },
  hosts: {
    dc: { role: "dns" },
    presto: { role: "mailbox", accept: ["arch.test"] },
    edge: { role: "relay", relay: { "nemesis.test": "kerio" }, allow: ["presto"] },
    kerio: { role: "mailbox", accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": { password: "sesame" }, "bob@nemesis.test": {} },
};

let lab: Lab;
let web: ReturnType<typeof createLabWeb>;
before(async () => {
  lab = await startLab(NETWORK, { mode: "simulated" });
  web = createLabWeb(
    { lab, stop: () => undefined },
    { find: () => Promise.resolve(undefined) },
    { checkAnswers: true },
  );
});
after(() => lab.down());

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { host: "127.0.0.1:8066" };
  const url = `http://127.0.0.1:8066/lab/v1${path}`;
  return web(new Request(url, { method, headers, ...given }), { address: "127.0.0.1" });
}

async function ask<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
  const answer = await request(method, path, body);
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${path}: ${text}`);
  return JSON.parse(text) as T;
}

const connect = (body: unknown): Promise<DialogueView> => ask<DialogueView>("POST", "/dialogues", body);
const say = (id: string, ...lines: string[]): Promise<DialogueView> =>
  ask<DialogueView>("POST", `/dialogues/${id}/lines`, { lines });
const replies = ({ entries }: DialogueView): string[] =>
  entries.flatMap(({ by, kind, text }) => (by === "server" && kind === "line" ? [text.slice(0, 3)] : []));

test("a message said line by line is explained, taken and followed to its trace", async () => {
  const { id, state, entries, hello } = await connect({ host: "edge" });
  assert.equal(state.phase, "hello");
  assert.match(entries[0]?.explained?.text ?? "", /ready/);
  const greeted = await say(id, `EHLO ${hello}`);
  assert.equal(greeted.entries[0]?.explained?.rfc, "RFC 5321 §4.1.1.1");
  assert.ok(greeted.state.extensions.includes("STARTTLS"));
  await say(id, "MAIL FROM:<ann@arch.test>");
  assert.equal((await say(id, "RCPT TO:<bob@nemesis.test>")).state.recipients, 1);
  assert.equal((await say(id, "DATA")).state.phase, "content");
  const sending = await say(
    id,
    "Subject: by hand",
    "From: ann@arch.test",
    "Date: Mon, 05 Jan 2026 09:00:00 +0000",
    "",
    "hello",
  );
  assert.deepEqual([sending.state.isWaiting, replies(sending)], [false, []]);
  assert.equal(sending.entries[0]?.kind, "content");
  const taken = await say(id, ".");
  assert.deepEqual(replies(taken), ["250"]);
  const { queueId } = taken.state;
  assert.ok(queueId !== undefined && lab.trace(queueId)?.hops.some(({ host }) => host === "edge"));
  const over = await say(id, "QUIT");
  assert.equal(over.state.phase, "closed");
  assert.deepEqual(over.entries.at(-1)?.kind, "closed");
  await ask("POST", `/dialogues/${id}/lines`, { text: "NOOP" }, 409);

  const { conversation } = await ask<Session>("GET", `/sessions/${id}`);
  assert.deepEqual([conversation.client.host, conversation.server.host], ["you", "edge"]);
  assert.ok(
    conversation.items
      .filter(({ kind }) => kind === "line" || kind === "content")
      .every(({ seenBy }) => seenBy === "both"),
  );
  assert.ok(!JSON.stringify(conversation).includes("by hand"), "content is not in the journal");
});

test("relaying is refused to you and not to a host that is allowed, with the reason beside", async () => {
  const attempt = async (from: string): Promise<DialogueView> => {
    const { id, hello } = await connect({ host: "edge", from });
    await say(id, `EHLO ${hello}`);
    await say(id, "MAIL FROM:<ann@arch.test>");
    return say(id, "RCPT TO:<somebody@far.test>");
  };
  const refused = await attempt("you");
  assert.deepEqual(replies(refused), ["550"]);
  const verdict = refused.entries.find(({ kind }) => kind === "verdict");
  assert.equal(verdict?.verdict, "reject");
  assert.match(verdict.reason?.rule ?? "", /relay/);
  assert.ok(verdict.reason?.change !== undefined);
  assert.deepEqual(replies(await attempt("presto")), ["250"]);
  assert.deepEqual(
    replies(await attempt(lab.plan.hosts.find(({ name }) => name === "presto")?.addresses[0] ?? "")),
    ["250"],
  );
});

test("starttls encrypts and begins anew; a login is masked and works", async () => {
  const { id } = await connect({ host: "presto", port: 587 });
  await say(id, "EHLO me.test");
  const encrypted = await ask<DialogueView>("POST", `/dialogues/${id}/starttls`);
  assert.match(encrypted.state.tls?.protocol ?? "", /^TLS/);
  assert.equal(encrypted.state.phase, "hello");
  assert.equal(encrypted.entries.at(-1)?.kind, "tls");
  await say(id, "EHLO me.test");
  const secret = Buffer.from("\0ann@arch.test\0sesame").toString("base64");
  const login = await say(id, `AUTH PLAIN ${secret}`);
  assert.deepEqual([login.state.isLoggedIn, replies(login)], [true, ["235"]]);
  assert.ok(!JSON.stringify([login, lab.journal.read()]).includes(secret));
});

test("wrong things are sent as they are: lf alone, and several lines in one piece", async () => {
  const { id } = await connect({ host: "edge" });
  const bare = await ask<DialogueView>("POST", `/dialogues/${id}/lines`, {
    text: "EHLO a.test",
    ending: "lf",
  });
  assert.deepEqual(replies(bare), ["500"]);
  assert.equal(bare.entries[0]?.ending, "lf");
  const piped = await say(id, "EHLO a.test", "MAIL FROM:<>", "RCPT TO:<bob@nemesis.test>", "NONSENSE");
  assert.deepEqual(new Set(replies(piped)), new Set(["250", "500"]));
  assert.equal(piped.state.recipients, 1);
});

test("what comes late comes as an event", async () => {
  const { id, entries } = await connect({ host: "edge" });
  const stream = await request("GET", `/dialogues/${id}/events?after=${entries.length}`);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  await lab.clock.advance("1h");
  let text = "";
  while (!text.includes('"closed"')) text += Buffer.from((await reader.read()).value ?? []).toString();
  assert.match(text, /event: entry\ndata: \{"entry":\{"n":2,.*421/);
  await reader.cancel();
});

test("only doors and addresses of the lab are reached, and what is not there is said", async () => {
  for (const [body, words] of [
    [{ host: "127.0.0.1" }, /no door for mail/],
    [{ host: "dc" }, /no door for mail/],
    [{ host: "edge", port: 143 }, /no door for mail at port 143/],
    [{ host: "edge", from: "8.8.8.8" }, /no address of this lab/],
  ] as const)
    assert.match((await ask<{ error: string }>("POST", "/dialogues", body, 400)).error, words);
  await ask("GET", "/dialogues/none", undefined, 404);
  const { id } = await connect({ host: "edge" });
  await ask("POST", `/dialogues/${id}/lines`, {}, 400);
  await ask("POST", `/dialogues/${id}/lines`, { text: "a\nb" }, 400);
  assert.deepEqual(await ask("DELETE", `/dialogues/${id}`), { closed: true });
  await ask("GET", `/dialogues/${id}`, undefined, 404);
});

test("a bounded number is open at once, what has ended makes room, and silence ends one", async () => {
  const talks = createHandTalks(lab, 60_000);
  const edge = { host: "edge", port: 25, from: "you" };
  const opened = [];
  for (let count = 0; count < TALKS_OPEN_MAX; count++) opened.push(await talks.open(edge));
  await assert.rejects(talks.open(edge), /open already/);
  await opened[3]?.talk.say(["QUIT"], "crlf");
  const next = await talks.open(edge);
  for (const { talk } of [...opened, next]) talks.close(talk.id);

  const brief = createHandTalks(lab, 1);
  const { talk } = await brief.open(edge);
  while (brief.find(talk.id) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(talks.close(talk.id), false);
});
