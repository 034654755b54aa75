import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SendAnswer } from "../runtime/send.ts";
import { startLab, type Lab } from "../index.ts";
import { createLabWeb } from "./lab-web.ts";
import type { SendPreview } from "./mail-routes.ts";

const MAIL = { from: "ann@arch.test", to: "bob@arch.test", server: "presto", subject: "hi", text: "hello" };

let lab: Lab;
let web: ReturnType<typeof createLabWeb>;
before(async () => {
  lab = await startLab(
    {
      domains: { "arch.test": { mx: ["presto:10"] } },
      hosts: { presto: { role: "mailbox", accept: ["arch.test"], allow: ["you"] } },
      accounts: { "ann@arch.test": {}, "bob@arch.test": {} },
    },
    { mode: "simulated" },
  );
  web = createLabWeb(
    { lab, stop: () => undefined },
    { find: () => Promise.resolve(undefined) },
    { checkAnswers: true },
  );
});
after(() => lab.down());

async function post<T>(path: string, body: unknown, status = 200): Promise<T> {
  const headers = { host: "127.0.0.1:8066" };
  const url = `http://127.0.0.1:8066/lab/v1${path}`;
  const answer = await web(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }), {
    address: "127.0.0.1",
  });
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text) as T;
}

test("a preview shows the message and the lines around it, and sends nothing", async () => {
  const before = lab.journal.lastId;
  const { raw, lines, sizeBytes, isWhole } = await post<SendPreview>("/send/preview", {
    ...MAIL,
    bcc: "ann@arch.test",
    user: "ann",
    password: "sesame",
    notify: ["SUCCESS"],
  });
  assert.match(raw, /^From: ann@arch.test\r\nTo: bob@arch.test\r\nSubject: hi\r\n/);
  assert.ok(!raw.includes("Bcc"));
  assert.deepEqual([isWhole, sizeBytes], [true, raw.length]);
  assert.match(
    lines.join("\n"),
    /AUTH PLAIN \*\*\*\nMAIL FROM:<ann@arch.test> SIZE=\d+.*\nRCPT TO:<bob@arch.test> NOTIFY=SUCCESS.*\nRCPT TO:<ann@arch.test>/,
  );
  assert.ok(!lines.join("\n").includes("sesame"));
  assert.equal(lab.journal.lastId, before);
});

test("the letter may say something else than the envelope", async () => {
  const header = { from: "The boss <ceo@far.test>", to: ["all@far.test"], cc: [] };
  const spoofed = await post<SendAnswer>("/send", { ...MAIL, subject: "spoofed", header });
  assert.equal(spoofed.ok, true);
  await lab.idle();
  const [mail] = await lab.inbox("bob@arch.test").list({ subject: "spoofed" });
  assert.deepEqual(mail?.envelope, { from: "ann@arch.test", to: "bob@arch.test" });
  assert.match(mail.headers["from"] ?? "", /^The boss <ceo@far.test>$/);
  assert.equal(mail.headers["to"], "all@far.test");
});

test("without a From field the server says no, and why", async () => {
  const { raw } = await post<SendPreview>("/send/preview", { ...MAIL, header: { from: null } });
  assert.match(raw, /^To: bob@arch.test\r\n/);
  const answer = await post<SendAnswer>("/send", { ...MAIL, header: { from: null } });
  assert.equal(answer.ok, false);
  assert.match(answer.results[0]?.reply ?? "", /From/);
});

test("an address of the letter alone can ask for smtputf8", async () => {
  const { lines, raw } = await post<SendPreview>("/send/preview", {
    ...MAIL,
    header: { from: "jürgen@arch.test" },
  });
  assert.match(lines.join("\n"), /SMTPUTF8/);
  assert.match(raw, /^From: jürgen@arch.test/);
});

test("a field that composing writes itself is refused as the asker's mistake", async () => {
  const { error } = await post<{ error: string }>("/send", { ...MAIL, headers: [["From", "x@y.test"]] }, 400);
  assert.match(error, /part of its own/);
});
