import assert from "node:assert/strict";
import { test } from "node:test";
import { createLabWeb } from "../../lab/api/lab-web.ts";
import { startLab } from "../../lab/open-lab.ts";

const ORIGIN = "http://127.0.0.1:8066";
const YOU = { address: "127.0.0.1" };
const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] } },
  hosts: { presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] } },
  accounts: { "ann@arch.test": { password: "ann" }, "bob@arch.test": { password: "bob" } },
};

type Asked = { method?: string; body?: unknown; cookie?: string; origin?: string };

async function withWeb(
  run: (ask: (path: string, asked?: Asked) => Promise<Response>) => Promise<void>,
): Promise<void> {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const web = createLabWeb({ lab, stop: () => undefined }, { find: () => Promise.resolve(undefined) });
  try {
    await run(async (path, { method = "GET", body, cookie, origin } = {}) => {
      const headers = {
        host: "127.0.0.1:8066",
        ...(cookie === undefined ? {} : { cookie }),
        ...(origin === undefined ? {} : { origin }),
      };
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      return web(new Request(`${ORIGIN}${path}`, { method, headers, ...given }), YOU);
    });
  } finally {
    await lab.down();
  }
}

const signIn = { method: "POST", body: { account: "ANN@arch.test", password: "ann" } };

test("a session is a cookie no script can read and no other site sends, and ends when one signs out", async () => {
  await withWeb(async (ask) => {
    const signed = await ask("/mail/v1/session", signIn);
    assert.equal(signed.status, 200);
    const set = signed.headers.get("set-cookie") ?? "";
    for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(set.includes(flag), set);
    const cookie = set.split(";")[0] ?? "";
    assert.ok(cookie.length > 40);
    const who = (await (await ask("/mail/v1/session", { cookie })).json()) as { account: string };
    assert.equal(who.account, "ann@arch.test");
    assert.equal((await ask("/mail/v1/mailboxes", { cookie })).status, 200);

    const out = await ask("/mail/v1/session", { method: "DELETE", cookie });
    assert.match(out.headers.get("set-cookie") ?? "", /Max-Age=0/);
    assert.equal((await ask("/mail/v1/mailboxes", { cookie })).status, 401, "the old cookie opens nothing");
  });
});

test("a wrong password and an account that does not exist are answered alike", async () => {
  await withWeb(async (ask) => {
    const answers = [];
    for (const body of [
      { account: "ann@arch.test", password: "no" },
      { account: "eve@arch.test", password: "no" },
    ]) {
      const answer = await ask("/mail/v1/session", { method: "POST", body });
      answers.push(`${answer.status} ${await answer.text()}`);
      assert.equal(answer.headers.get("set-cookie"), null);
    }
    assert.match(answers[0] ?? "", /^401 .*wrong/);
    assert.equal(answers[0], answers[1]);
  });
});

test("without a session, with a made-up one, or from a page elsewhere, no mailbox opens", async () => {
  await withWeb(async (ask) => {
    assert.equal((await ask("/mail/v1/mailboxes")).status, 401);
    assert.equal((await ask("/mail/v1/mailboxes", { cookie: `posthorn=${"A".repeat(43)}` })).status, 401);
    const cookie = (await ask("/mail/v1/session", signIn)).headers.get("set-cookie")?.split(";")[0] ?? "";
    const elsewhere = { cookie, origin: "https://evil.example" };
    assert.equal((await ask("/mail/v1/mailboxes", elsewhere)).status, 403);
    assert.equal((await ask("/mail/v1/session", { ...signIn, ...elsewhere })).status, 403);
  });
});
