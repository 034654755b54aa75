import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import { createLabWeb } from "./lab-web.ts";

const BASE = "http://127.0.0.1:8066/lab/v1";
const YOU = { address: "127.0.0.1" };
const NO_APP = { find: () => Promise.resolve(undefined) };

const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
};

type Answer = { readonly status: number; readonly body: Record<string, unknown> & unknown[] };

test("over HTTP a message is sent, waited for, read, traced and forgotten", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const api = createLabWeb({ lab, stop: () => undefined }, NO_APP, { checkAnswers: true });
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = { host: "127.0.0.1:8066" };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await api(new Request(`${BASE}${path}`, { method, headers, ...given }), YOU);
    return { status: answer.status, body: (await answer.json()) as Answer["body"] };
  };
  try {
    assert.equal((await ask("GET", "/")).body["mode"], "simulated");
    const mail = { from: "ann@arch.test", to: "bob@nemesis.test", subject: "Verify", server: "presto" };
    const sent = await ask("POST", "/send", { ...mail, text: "Your code is 493021: http://a.test/v" });
    assert.equal(sent.body["ok"], true);

    const found = await ask("GET", "/messages?account=bob@nemesis.test&subject=verify&wait=5s");
    const [view] = found.body as unknown as Record<string, unknown>[];
    assert.equal(view?.["code"], "493021");
    assert.deepEqual(view?.["envelope"], { from: "ann@arch.test", to: "bob@nemesis.test" });

    const trace = await ask("GET", `/traces/${encodeURIComponent("to:bob@nemesis.test")}`);
    assert.equal(trace.body["subject"], "Verify");
    assert.equal((await ask("GET", "/traces/to:nobody@nemesis.test")).status, 404);

    const why = await ask("GET", "/why?to=bob@nemesis.test&host=presto");
    assert.match(JSON.stringify(why.body["target"]), /kerio\.nemesis\.test/);
    assert.match(
      JSON.stringify((await ask("GET", "/dig?arg=nemesis.test&arg=MX")).body),
      /kerio\.nemesis\.test/,
    );

    assert.equal((await ask("POST", "/reset")).status, 200);
    assert.deepEqual((await ask("GET", "/messages")).body, []);
  } finally {
    await lab.down();
  }
});

const WRONG: readonly (readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  says: RegExp,
])[] = [
  ["POST", "/send", { to: "bob@nemesis.test" }, 400, /from/],
  ["POST", "/send", { from: "a@b.test", to: "c@d.test", server: "nowhere" }, 400, /no host of this lab/],
  ["POST", "/clock", { action: "advance", by: "soon" }, 400, /soon/],
  ["POST", "/queue", { action: "retry", id: "NONE" }, 400, /NONE/],
  ["GET", "/messages?colour=red", undefined, 400, /colour/],
  ["GET", "/why?to=bob@nemesis.test", undefined, 400, /host/],
  ["GET", "/wait?q=to:nobody@x.test&timeout=10ms", undefined, 408, /nothing matched/],
  ["DELETE", "/faults/none", undefined, 404, /none/],
  ["GET", "/nothing", undefined, 404, /nothing here/],
];

test("a wrong request is told what is wrong, and the lab stays up", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const api = createLabWeb({ lab, stop: () => undefined }, NO_APP, { checkAnswers: true });
  try {
    for (const [method, path, body, status, says] of WRONG) {
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { host: "localhost" };
      const answer = await api(new Request(`${BASE}${path}`, { method, headers, ...given }), YOU);
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.match(((await answer.json()) as { error: string }).error, says);
    }
  } finally {
    await lab.down();
  }
});
