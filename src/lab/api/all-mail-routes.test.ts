import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import type { ArrivedPage } from "./all-mail-routes.ts";
import { drive } from "../runtime/drive.ts";
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

test("mail that was moved to another mailbox stays in the list under its id; own copies in Sent were never in it", async () => {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  try {
    const web = createLabWeb({ lab, stop: () => undefined }, { find: () => Promise.resolve(undefined) });
    const ask = async <T>(path: string): Promise<T> => {
      const headers = { host: "127.0.0.1:8066" };
      const request = new Request(`http://127.0.0.1:8066/lab/v1${path}`, { headers });
      return (await (await web(request, { address: "127.0.0.1" })).json()) as T;
    };
    const mail = lab.hosts.get("presto")?.host?.store.mail("ann@arch.test");
    assert.ok(mail);
    const sent = mail.find("Sent");
    const junk = await drive(lab.environment, mail.create("Work/Junk"));
    assert.ok(sent !== undefined && junk.kind === "done");
    const own = { content: Buffer.from("Subject: own copy\r\n\r\nHi\r\n"), flags: ["\\Seen"] };
    await drive(lab.environment, mail.append(sent.id, [own]));
    for (const subject of ["one", "two"]) {
      await lab.send({ from: "eve@far.test", to: ["ann@arch.test"], subject, text: "Hi", server: "presto" });
      await lab.clock.advance("1m");
    }

    const before = await ask<ArrivedPage>("/arrived");
    const inbox = mail.find("INBOX");
    assert.ok(inbox);
    const [first] = await drive(lab.environment, lab.inbox("ann@arch.test").list());
    assert.equal(first?.subject, "one");
    await drive(lab.environment, mail.copy(inbox.id, [first.uid, first.uid], { mail, id: junk.mailbox.id }));
    await drive(lab.environment, mail.move(inbox.id, [first.uid, first.uid], { mail, id: junk.mailbox.id }));
    const after = await ask<ArrivedPage>("/arrived");
    assert.deepEqual(
      before.rows.map(({ subject, mailbox }) => [subject, mailbox]),
      [
        ["two", "INBOX"],
        ["one", "INBOX"],
      ],
    );
    const moved = { mailbox: "Work/Junk" };
    assert.deepEqual(after, { ...before, rows: [before.rows[0], { ...before.rows[1], ...moved }] });
    const whole = await ask<MailView>(`/messages/${first.id}`);
    assert.deepEqual(
      [whole.subject, whole.mailbox, whole.envelope.from],
      ["one", "Work/Junk", "eve@far.test"],
    );
    const later = await ask<MailView[]>(`/messages?account=ann@arch.test&after=${first.id.split(":")[1]}`);
    assert.deepEqual(
      later.map(({ subject }) => subject),
      ["two"],
    );
  } finally {
    await lab.down();
  }
});
