import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import { createLabWeb } from "./lab-web.ts";

const YOU = { address: "127.0.0.1" };
const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": { password: "hunter2hunter2" }, "bob@nemesis.test": {} },
};

type Answer = { readonly status: number; readonly text: string; readonly body: never };
type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;
type Lab = Awaited<ReturnType<typeof startLab>>;

async function withLab(run: (ask: Ask, lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const web = createLabWeb(
    { lab, stop: () => undefined },
    { find: () => Promise.resolve(undefined) },
    { checkAnswers: true },
  );
  try {
    await run(async (method, path, body) => {
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { host: "127.0.0.1:8066" };
      const url = `http://127.0.0.1:8066/server/v1${path}`;
      const answer = await web(new Request(url, { method, headers, ...given }), YOU);
      const text = await answer.text();
      const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
      return { status: answer.status, text, body: (isJson ? JSON.parse(text) : text) as never };
    }, lab);
  } finally {
    await lab.down();
  }
}

test("every mail host of the lab is administered, name servers are not", async () => {
  await withLab(async (ask) => {
    const { body } = await ask("GET", "/hosts");
    const hosts = body as { name: string; domains: number; accounts: number; findings: unknown[] }[];
    assert.deepEqual(
      hosts.map(({ name, domains, accounts, findings }) => [name, domains, accounts, findings.length]),
      [
        ["presto", 2, 1, 0],
        ["kerio", 2, 1, 0],
      ],
    );
    assert.equal((await ask("GET", "/hosts/dns")).status, 404);
    assert.deepEqual((await ask("GET", "/")).body, { who: "you", isLab: true });
  });
});

test("the certificate of a host is shown without its key, and named among the findings before and after its end", async () => {
  await withLab(async (ask, lab) => {
    type View = {
      certificate: { names: string[]; daysLeft: number };
      findings: { text: string; tone: string }[];
    };
    const look = async (): Promise<View> => (await ask("GET", "/hosts/presto")).body;
    const first = await look();
    assert.ok(first.certificate.names.includes("presto.arch.test"), JSON.stringify(first.certificate));
    assert.deepEqual(first.findings, []);
    await lab.clock.advance(`${first.certificate.daysLeft - 3}d`);
    const near = await look();
    assert.equal(near.certificate.daysLeft, 3);
    assert.deepEqual(near.findings, [{ tone: "warn", text: "its certificate ends in 3 days", page: "" }]);
    await lab.clock.advance("5d");
    const over = await look();
    assert.deepEqual([over.certificate.daysLeft, over.findings.map(({ tone }) => tone)], [-2, ["bad"]]);
    assert.doesNotMatch((await ask("GET", "/hosts")).text, /PRIVATE KEY|certificatePem/);
  });
});

test("an account is added, changed and removed, its passwords are answered once, and the journal says who did it", async () => {
  await withLab(async (ask, lab) => {
    const of = "/hosts/presto/accounts";
    const made = (await ask("POST", of, { name: "eve@arch.test" })).body as { password: string };
    assert.ok(made.password.length >= 16);
    const given = await ask("PUT", `${of}/eve@arch.test/password`, { password: "of my own making" });
    assert.deepEqual(given.body, { account: "eve@arch.test", password: null });
    const app = await ask("POST", `${of}/eve@arch.test/app-passwords`, { label: "phone" });
    const { id, password } = app.body as { id: string; password: string };
    await ask("PUT", `${of}/eve@arch.test/quota`, { quotaBytes: 5_000 });
    const listed = await ask("GET", `${of}/eve@arch.test`);
    assert.match(listed.text, /"quotaBytes":5000/);
    assert.match(listed.text, /"name":"phone"/);
    assert.equal((await ask("DELETE", `${of}/eve@arch.test/app-passwords/${id}`)).status, 200);
    assert.equal((await ask("DELETE", `${of}/eve@arch.test`)).status, 200);
    assert.equal((await ask("GET", `${of}/eve@arch.test`)).status, 404);

    const changes = (await ask("GET", "/hosts/presto/changes")).body as { who: string; what: string }[];
    assert.deepEqual(
      changes.map(({ who, what }) => `${who} ${what}`),
      [
        "you removed the account eve@arch.test with 0 messages",
        "you took the app password “phone” of eve@arch.test away",
        "you set the quota of eve@arch.test to 4.9 KB",
        "you made an app password “phone” for eve@arch.test",
        "you set a new password for eve@arch.test",
        "you added the account eve@arch.test",
      ],
    );
    const journal = JSON.stringify(lab.journal.read());
    for (const secret of [made.password, "of my own making", password, "hunter2hunter2"])
      assert.ok(!journal.includes(secret) && !listed.text.includes(secret));
  });
});

const REFUSED: readonly (readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  says: RegExp,
])[] = [
  ["POST", "/accounts", { name: "eve@arch.test", password: "short" }, 400, /password: .*8 characters/],
  ["POST", "/accounts", { name: "eve@elsewhere.test" }, 409, /no mail for elsewhere\.test is taken here/],
  ["POST", "/accounts", { name: "ANN@arch.test" }, 409, /already/],
  ["DELETE", "/accounts/ann@arch.test", undefined, 409, /the settings file names/],
  ["PUT", "/accounts/none@arch.test/password", {}, 404, /no account/],
  ["PUT", "/domains/a%20b", { kind: "local" }, 400, /a domain, such as/],
  ["PUT", "/domains/new.test", { kind: "local", via: "a:b:c" }, 400, /domains\.new\.test\.via/],
  ["DELETE", "/domains/none.test", undefined, 409, /no domains\.none\.test/],
  ["POST", "/connectors", { to: "x.test" }, 400, /exactly one of via/],
  [
    "PATCH",
    "/settings",
    { edits: [{ op: "set", path: ["policies", "helo"], value: "x" }] },
    400,
    /policies\.helo/,
  ],
  ["PATCH", "/settings", { edits: [{ op: "set", path: ["hostname"], value: "x.test" }] }, 400, /lab's zones/],
  ["PUT", "/settings", { text: "hostname: [", revision: "none" }, 409, /changed meanwhile/],
  ["POST", "/settings/undo", undefined, 409, /no earlier text/],
  ["POST", "/queue", { action: "drop", ids: ["NONE"] }, 404, /NONE/],
];

test("what cannot be done is refused with a sentence, and nothing is changed", async () => {
  await withLab(async (ask, lab) => {
    const before = (await ask("GET", "/hosts/presto/settings")).body as { text: string };
    for (const [method, path, body, status, says] of REFUSED) {
      const answer = await ask(method, `/hosts/presto${path}`, body);
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
      assert.match((answer.body as { error: string }).error, says);
    }
    assert.equal(((await ask("GET", "/hosts/presto/settings")).body as { text: string }).text, before.text);
    assert.deepEqual(
      lab.journal.read().filter(({ kind }) => kind === "administration"),
      [],
    );
  });
});

test("domains, aliases and connectors change by form, at once, with the mail that was there, and are undone", async () => {
  await withLab(async (ask, lab) => {
    const send = (to: string) =>
      lab.send({ from: "you@lab.test", to: [to], subject: "hi", server: "presto" });
    await send("ann@arch.test");
    await lab.idle();
    const of = "/hosts/presto";
    assert.match(
      (await send("info@new.test")).results[0]?.reply ?? "",
      /^250/,
      "relayed for you, to nowhere",
    );
    const done = await ask("PUT", `${of}/domains/New.test`, { kind: "local", catchAll: "ann@arch.test" });
    assert.equal((done.body as { state: string }).state, "done", done.text);
    await ask("PUT", `${of}/aliases/info@arch.test`, { to: ["ann@arch.test"] });
    await send("info@arch.test");
    await send("whoever@new.test");
    await lab.idle();
    assert.equal((await lab.inbox("ann@arch.test").list()).length, 3);

    await ask("POST", `${of}/connectors`, {
      to: "b.test",
      via: "smart.test",
      user: "u",
      password: "s3cr3t!",
    });
    await ask("POST", `${of}/connectors?at=0`, { to: "c.test", reject: "not from here" });
    await ask("PUT", `${of}/connectors/1`, { to: "b.test", via: "other.test:26", user: "u" });
    await ask("POST", `${of}/connectors/1/move`, { to: 0 });
    const listed = await ask("GET", `${of}/connectors`);
    const connectors = listed.body as { to: string; via?: string; hasPassword: boolean }[];
    assert.deepEqual(
      connectors.map(({ to, via, hasPassword }) => [to, via, hasPassword]),
      [
        ["b.test", "other.test:26", true],
        ["c.test", undefined, false],
      ],
    );
    assert.equal(lab.hosts.get("presto")?.host?.settings.connectors[0]?.password, "s3cr3t!");
    const settings = await ask("GET", `${of}/settings`);
    const shown = settings.text + listed.text + (await ask("GET", `${of}/settings/reference`)).text;
    for (const secret of ["s3cr3t!", "hunter2hunter2"]) assert.ok(!shown.includes(secret));

    await ask("DELETE", `${of}/connectors/1`);
    await ask("POST", `${of}/settings/undo`);
    assert.equal(((await ask("GET", `${of}/connectors`)).body as unknown[]).length, 2);
    await ask("DELETE", `${of}/domains/new.test`);
    const domains = (await ask("GET", `${of}/domains`)).body as { domain: string }[];
    assert.deepEqual(
      domains.map(({ domain }) => domain),
      ["arch.test", "presto"],
    );
    assert.equal((await lab.inbox("ann@arch.test").list()).length, 3, "the mail is still there");
  });
});

test("the text is checked with line and column, compared, and taken up with its secrets", async () => {
  await withLab(async (ask, lab) => {
    const of = "/hosts/presto/settings";
    const { text, revision } = (await ask("GET", of)).body as { text: string; revision: string };
    const wrong = await ask("POST", `${of}/check`, { text: `${text}policies: {helo: maybe}\n` });
    const { problems } = wrong.body as { problems: { said: string; line: number }[] };
    assert.equal(problems[0]?.line, text.split("\n").length);
    assert.match(problems[0]?.said ?? "", /policies\.helo: expected "off" or "warn" or "refuse"$/);
    const good = `${text}policies: {helo: refuse} # strict\n`;
    const { diff } = (await ask("POST", `${of}/check`, { text: good })).body as { diff: { sign: string }[] };
    assert.deepEqual(
      diff.filter(({ sign }) => sign !== " "),
      [{ sign: "+", text: "policies: {helo: refuse} # strict" }],
    );
    assert.equal((await ask("PUT", of, { text: good, revision })).status, 200);
    const settings = lab.hosts.get("presto")?.host?.settings;
    assert.equal(settings?.policies.helo, "refuse");
    assert.equal(settings?.accounts["ann@arch.test"]?.password, "hunter2hunter2");
    const found = (await ask("GET", `${of}/reference?q=ehlo+resolves`)).body as Record<string, unknown>[];
    assert.equal(found.length, 1);
    assert.deepEqual([found[0]?.["path"], found[0]?.["current"]], ["policies.helo", "refuse"]);
  });
});

test("the host says where a message is, what it did, and what was said on a connection", async () => {
  await withLab(async (ask, lab) => {
    await lab.send({ from: "you@lab.test", to: ["bob@nemesis.test"], subject: "hi", server: "presto" });
    await lab.send({ from: "you@lab.test", to: ["x@down.test"], subject: "later", server: "presto" });
    await lab.idle();
    const found = (await ask("GET", "/hosts/presto/search?to=bob@nemesis.test")).body as {
      id: string;
      sentences: string[];
      hosts: string[];
    }[];
    assert.match(found[0]?.sentences[0] ?? "", /^bob@nemesis\.test has it: kerio delivered it at /);
    assert.deepEqual(found[0]?.hosts, ["presto", "kerio"]);
    assert.equal((await ask("GET", `/hosts/presto/traces/${found[0]?.id}`)).status, 200);
    assert.deepEqual((await ask("GET", "/hosts/kerio/search?to=x@down.test")).body, []);

    const metrics = (await ask("GET", "/hosts/presto/metrics")).body as { totals: Record<string, number> };
    // The second is returned, and its report finds nobody at lab.test.
    const { received, delivered, failed } = metrics.totals;
    assert.deepEqual({ received, delivered, failed }, { received: 3, delivered: 1, failed: 2 });
    assert.match((await ask("GET", "/metrics")).text, /^posthorn_received_total\{host="presto"\} \d+$/m);
    const sessions = (await ask("GET", "/hosts/kerio/sessions")).body as { id: string; messages: number }[];
    const one = sessions.find(({ messages }) => messages === 1);
    assert.match((await ask("GET", `/hosts/kerio/sessions/${one?.id}`)).text, /RCPT TO:<bob@nemesis\.test>/);
  });
});

test("the queue is shown with its reasons; a message is held, released and dropped", async () => {
  await withLab(async (ask, lab) => {
    lab.fault.add({ at: "kerio.smtp.RCPT", do: { reply: "450 4.2.1 busy" } });
    await lab.send({ from: "you@lab.test", to: ["bob@nemesis.test"], subject: "hi", server: "presto" });
    await lab.idle();
    const of = "/hosts/presto/queue";
    const queue = async () =>
      (await ask("GET", of)).body as {
        total: number;
        messages: { id: string; recipients: { state: string; lastReply?: string }[] }[];
      };
    const [waiting] = (await queue()).messages;
    assert.match(waiting?.recipients[0]?.lastReply ?? "", /450 4\.2\.1 busy/);
    const findings = (await ask("GET", "/hosts/presto")).text;
    assert.match(findings, /1 message could not be delivered yet/);
    for (const [action, state] of [
      ["hold", "held"],
      ["release", undefined],
    ] as const) {
      assert.deepEqual((await ask("POST", of, { action, ids: [waiting?.id] })).body, { changed: 1 });
      if (state !== undefined) assert.equal((await queue()).messages[0]?.recipients[0]?.state, state);
    }
    await lab.idle();
    assert.deepEqual((await ask("POST", of, { action: "drop", ids: "all" })).body, { changed: 1 });
    assert.equal((await queue()).total, 0);
  });
});

test("the records to publish are those of what is there, each looked up", async () => {
  await withLab(async (ask) => {
    const { records } = (await ask("GET", "/hosts/presto/dns")).body as {
      records: { name: string; type: string; value: string; state: string; advice: string }[];
    };
    const by = (type: string) =>
      records.filter((one) => one.type === type).map(({ name, value, state }) => `${name} ${value} ${state}`);
    assert.deepEqual(by("A"), ["presto.arch.test. 10.66.0.11 found"]);
    assert.deepEqual(by("PTR"), ["11.0.66.10.in-addr.arpa. presto.arch.test. found"]);
    assert.deepEqual(by("MX"), ["arch.test. 10 presto.arch.test. found"]);
    assert.deepEqual(by("TXT"), ['arch.test. "v=spf1 mx -all" missing']);
    assert.ok(by("SRV").includes("_imaps._tcp.arch.test. 0 1 993 presto.arch.test. missing"));
    assert.equal(
      records.find(({ type }) => type === "TXT")?.advice,
      'publish arch.test. TXT "v=spf1 mx -all"',
    );
    assert.ok(!records.some(({ name }) => /domainkey|mta-sts|autodiscover/.test(name)));
  });
});
