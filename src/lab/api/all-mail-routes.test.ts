import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import type { ArrivedPage } from "./all-mail-routes.ts";
import { createLabWeb } from "./lab-web.ts";
import type { MailView } from "./views.ts";

const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {} },
};

test("mail of every host stands in one list, newest first, by pages, words and account", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    const web = createLabWeb({ lab, stop: () => undefined }, { find: () => Promise.resolve(undefined) });
    const ask = async <T>(path: string): Promise<T> => {
      const request = new Request(`http://127.0.0.1:8066/lab/v1${path}`, {
        headers: { host: "127.0.0.1:8066" },
      });
      return (await (await web(request, { address: "127.0.0.1" })).json()) as T;
    };
    const send = async (to: string, subject: string): Promise<void> => {
      await lab.send({
        from: "eve@far.test",
        to: [to],
        subject,
        text: `Words of ${subject}.`,
        server: "presto",
      });
      await lab.clock.advance("1m");
    };
    for (const [to, subject] of [
      ["ann@arch.test", "one"],
      ["bob@nemesis.test", "two"],
      ["ann@arch.test", "three"],
    ] as const)
      await send(to, subject);

    const all = await ask<ArrivedPage>("/arrived");
    assert.deepEqual(
      all.rows.map(({ host, account, subject }) => [host, account, subject]),
      [
        ["presto", "ann@arch.test", "three"],
        ["kerio", "bob@nemesis.test", "two"],
        ["presto", "ann@arch.test", "one"],
      ],
    );
    const [first] = all.rows;
    assert.deepEqual(first?.envelope, { from: "eve@far.test", to: "ann@arch.test" });
    assert.deepEqual([first?.preview, first?.unread, first?.hasAttachment], ["Words of three.", true, false]);
    const whole = await ask<MailView>(`/messages/${first?.id}`);
    assert.equal(whole.subject, "three", "its id is that of /messages");

    const subjects = async (query: string): Promise<[number, string[]]> => {
      const { total, rows } = await ask<ArrivedPage>(`/arrived?${query}`);
      return [total, rows.map(({ subject }) => subject)];
    };
    assert.deepEqual(await subjects("offset=1&limit=1"), [3, ["two"]]);
    assert.deepEqual(await subjects("q=words+BOB"), [1, ["two"]]);
    assert.deepEqual(await subjects("account=ann@arch.test"), [2, ["three", "one"]]);
    assert.deepEqual(await subjects("q=nothing"), [0, []]);
    assert.deepEqual(await subjects("offset=9"), [3, []]);
  } finally {
    await lab.down();
  }
});
