import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import type { ServedQuery, ZoneCheck, ZoneSummary, ZoneView } from "./dns-routes.ts";
import { createLabWeb } from "./lab-web.ts";

const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    dc: { role: "dns" as const },
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
};

type Answer<T> = { readonly status: number; readonly body: T };
type Ask = <T>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;
type Refusal = { readonly problems: readonly { readonly path: string }[] };

async function withLab(run: (ask: Ask) => Promise<void>): Promise<void> {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const files = { find: () => Promise.resolve(undefined) };
  const web = createLabWeb({ lab, stop: () => undefined }, files, { checkAnswers: true });
  try {
    const ask: Ask = async (method, path, body) => {
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const request = new Request(`http://127.0.0.1:8066/lab/v1${path}`, {
        method,
        headers: { host: "127.0.0.1:8066" },
        ...given,
      });
      const answer = await web(request, { address: "127.0.0.1" });
      return { status: answer.status, body: (await answer.json()) as never };
    };
    await run(ask);
  } finally {
    await lab.down();
  }
}

test("zones are listed with what they are, and read as records and as text", async () => {
  await withLab(async (ask) => {
    const { body: zones } = await ask<ZoneSummary[]>("GET", "/zones");
    const kinds = Object.fromEntries(zones.map(({ origin, kind }) => [origin, kind]));
    assert.equal(kinds["arch.test"], "domain");
    assert.equal(kinds["presto"], "host");
    assert.ok(Object.values(kinds).includes("reverse"));
    assert.ok(zones.every(({ lints }) => lints === 0));
    const { body: zone } = await ask<ZoneView>("GET", "/zones/arch.test");
    assert.match(zone.text, /\n +MX +10 presto\.arch\.test\.\n/);
    assert.ok(zone.entries.some((one) => one.type === "MX"));
    assert.equal((await ask<unknown>("GET", "/zones/elsewhere.test")).status, 404);
  });
});

test("a zone that is changed decides where mail goes, at once", async () => {
  await withLab(async (ask) => {
    const why = async (): Promise<string> =>
      JSON.stringify(
        (await ask<{ target: object }>("GET", "/why?to=bob@nemesis.test&host=presto")).body.target,
      );
    assert.match(await why(), /kerio/);
    const { body: zone } = await ask<ZoneView>("GET", "/zones/nemesis.test");
    const text = zone.text.replace(/kerio\.nemesis\.test\.\n/, "presto.arch.test.\n");
    const { body: check } = await ask<ZoneCheck>("POST", "/zones/nemesis.test/check", { text });
    assert.deepEqual(check.added, ["nemesis.test. 300 MX 10 presto.arch.test."]);
    assert.deepEqual(check.removed, ["nemesis.test. 300 MX 10 kerio.nemesis.test."]);
    assert.match(await why(), /kerio/, "a check changes nothing");
    const { body: applied } = await ask<ZoneView>("PUT", "/zones/nemesis.test", { text });
    assert.equal(applied.serial, zone.serial + 1);
    assert.doesNotMatch(await why(), /kerio/);
    const { body: log } = await ask<ServedQuery[]>("GET", "/dns-log?limit=20");
    assert.ok(log.some((one) => one.name === "nemesis.test" && one.type === "MX"));
  });
});

test("text that is no zone is refused with the place of each mistake, and nothing changes", async () => {
  await withLab(async (ask) => {
    const before = (await ask<ZoneView>("GET", "/zones/arch.test")).body.text;
    const text = "@ MX ten mail\nmail A 10.66.0\n";
    const { body: check } = await ask<ZoneCheck>("POST", "/zones/arch.test/check", { text });
    assert.deepEqual(
      check.problems.map(({ line }) => line),
      [1, 2],
    );
    const refused = await ask<Refusal>("PUT", "/zones/arch.test", { text });
    assert.equal(refused.status, 400);
    assert.deepEqual(
      refused.body.problems.map(({ path }) => path),
      ["text:1:6", "text:2:8"],
    );
    assert.equal((await ask<ZoneView>("GET", "/zones/arch.test")).body.text, before);
  });
});

test("what is legal and not meant is found in the text before it is served", async () => {
  await withLab(async (ask) => {
    const text = "@ NS dc.lab.test.\n@ MX 10 mail\nmail CNAME presto\npresto A 10.66.0.77\n";
    const { body } = await ask<ZoneCheck>("POST", "/zones/arch.test/check", { text });
    assert.deepEqual(
      body.findings.map(({ kind }) => kind),
      ["mxToCname"],
    );
  });
});
