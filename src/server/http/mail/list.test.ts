import assert from "node:assert/strict";
import { test } from "node:test";
import { letter, withMail } from "../../../lab/testing/mail-bench.ts";
import type { MessageListView, ThreadView, MailboxListView, MailboxView } from "./views.ts";

const START = Date.UTC(2026, 0, 1);

test("a mailbox is listed newest first by arrival, a page at a time, whatever the order of its UIDs", async () => {
  await withMail(async ({ ann }) => {
    const hours = [3, 1, 5, 2, 4];
    for (const hour of hours)
      await ann.put(letter({ subject: `at ${hour}`, more: [`Message-ID: <${hour}@x>`] }), {
        at: START + hour * 3_600_000,
      });
    const inbox = ann.mail.find("INBOX")?.id;
    const { body } = await ann.get<MessageListView>(`/messages?mailbox=${inbox}&limit=2&offset=1`);
    assert.deepEqual(
      [body.total, body.offset, body.rows.map(({ subject }) => subject)],
      [5, 1, ["at 4", "at 3"]],
    );
    const [row] = body.rows;
    assert.deepEqual(row?.from, [{ name: "Bob", address: "bob@arch.test" }]);
    assert.deepEqual(row?.to, [{ name: "", address: "ann@arch.test" }]);
    assert.equal(row?.preview, "Hello.");
    assert.equal(row?.receivedAt, START + 4 * 3_600_000);
    assert.equal(row?.sentAt, Date.UTC(2026, 0, 1, 10));
    assert.deepEqual([row?.unread, row?.hasAttachment, row?.thread], [true, false, undefined]);
    const beyond = await ann.get<MessageListView>(`/messages?mailbox=${inbox}&offset=99`);
    assert.deepEqual(beyond.body.rows, []);
  });
});

test("by conversation there is one row for each, with what the whole of it holds", async () => {
  await withMail(async ({ ann }) => {
    await ann.put(letter({ subject: "Plan", more: ["Message-ID: <1@x>"] }), { at: START, flags: ["\\Seen"] });
    await ann.put(letter({ subject: "Other", more: ["Message-ID: <9@x>"] }), { at: START + 1 });
    await ann.put(
      letter({
        subject: "Re: Plan",
        from: "ann@arch.test",
        more: ["Message-ID: <2@x>", "In-Reply-To: <1@x>"],
      }),
      { mailbox: "Sent", at: START + 2, flags: ["\\Seen"] },
    );
    const last = await ann.put(
      letter({
        subject: "Re: Plan",
        from: "eve@far.test",
        more: ["Message-ID: <3@x>", "References: <1@x> <2@x>"],
      }),
      { at: START + 3, flags: ["\\Flagged"] },
    );
    const inbox = ann.mail.find("INBOX")?.id;
    const { body } = await ann.get<MessageListView>(`/messages?mailbox=${inbox}&threads=true`);
    assert.equal(body.total, 2);
    const [plan, other] = body.rows;
    assert.deepEqual([plan?.id, other?.subject], [last, "Other"]);
    assert.deepEqual(plan?.thread, {
      messages: 3,
      unread: 1,
      flagged: true,
      hasAttachment: false,
      inList: 2,
      people: [
        { name: "Bob", address: "bob@arch.test" },
        { name: "", address: "ann@arch.test" },
        { name: "", address: "eve@far.test" },
      ],
    });
    const thread = await ann.get<ThreadView>(`/threads/${plan?.threadId}`);
    assert.deepEqual(
      thread.body.messages.map(({ subject, mailboxId }) => [subject, mailboxId === inbox]),
      [
        ["Plan", true],
        ["Re: Plan", false],
        ["Re: Plan", true],
      ],
    );
    const first = thread.body.messages[0]?.id;
    const at = await ann.get<{ index: number }>(
      `/messages/position?mailbox=${inbox}&threads=true&id=${first}`,
    );
    assert.equal(at.body.index, 0, "the row of its conversation");
    const flat = await ann.get<{ index: number }>(`/messages/position?mailbox=${inbox}&id=${first}`);
    assert.equal(flat.body.index, 2);
    assert.equal((await ann.get("/threads/4711")).status, 404);
  });
});

const SEARCHES: readonly [string, readonly string[]][] = [
  ["from:eve", ["Invoice"]],
  ["is:unread", ["Holiday", "Invoice"]],
  ["is:flagged OR subject:holiday", ["Holiday", "Lunch"]],
  ["has:attachment", ["Invoice"]],
  ["-has:attachment is:unread", ["Holiday"]],
  ['"see you there"', ["Lunch"]],
  ["in:sent", ["Mine"]],
  ["in:trash", ["Gone"]],
  ["in:anywhere", ["Gone", "Mine", "Holiday", "Invoice", "Lunch"]],
  ["to:friend", ["Mine"]],
  ["after:2026-01-02 before:2026-01-04 in:inbox", ["Holiday", "Invoice"]],
  ["larger:1k", ["Invoice"]],
  ["", ["Mine", "Holiday", "Invoice", "Lunch"]],
];

test("a search finds what its words say, outside Trash and Junk unless asked", async () => {
  await withMail(async ({ ann }) => {
    const day = (number: number): number => START + number * 86_400_000;
    await ann.put(letter({ subject: "Lunch", text: "I will see you there." }), {
      at: day(0),
      flags: ["\\Seen", "\\Flagged"],
    });
    await ann.put(
      letter({
        subject: "Invoice",
        from: "Eve <eve@far.test>",
        more: ["MIME-Version: 1.0", "Content-Type: application/pdf", `X-Padding: ${"x".repeat(900)}`],
      }),
      { at: day(1) },
    );
    await ann.put(letter({ subject: "Holiday" }), { at: day(2) });
    await ann.put(letter({ subject: "Mine", from: "ann@arch.test", to: "friend@far.test" }), {
      mailbox: "Sent",
      at: day(3),
      flags: ["\\Seen"],
    });
    await ann.put(letter({ subject: "Gone" }), { mailbox: "Trash", at: day(4), flags: ["\\Seen"] });
    for (const [q, wanted] of SEARCHES) {
      const { body } = await ann.get<MessageListView>(`/messages?q=${encodeURIComponent(q)}`);
      assert.deepEqual(
        body.rows.map(({ subject }) => subject),
        wanted,
        q,
      );
      assert.equal(body.total, wanted.length, q);
    }
    const here = await ann.get<MessageListView>(`/messages?mailbox=${ann.mail.find("Sent")?.id}&q=from:me`);
    assert.equal(here.body.total, 1);
    const flags = await ann.get<MessageListView>("/messages?q=is:unread");
    await ann.post("/messages/flags", { ids: flags.body.rows.map(({ id }) => id), add: ["\\Seen"] });
    assert.equal(
      (await ann.get<MessageListView>("/messages?q=is:unread")).body.total,
      0,
      "nothing stale is kept",
    );
  });
});

test("days of a search are those of the reader's calendar, to the minute at its border, also for a change of all it found", async () => {
  await withMail(async ({ ann }) => {
    for (const [subject, at] of [
      ["late on Sunday in Berlin", Date.UTC(2026, 2, 1, 22, 59)],
      ["early on Monday in Berlin", Date.UTC(2026, 2, 1, 23, 0)],
      ["Monday in both", Date.UTC(2026, 2, 2, 12, 0)],
    ] as const)
      await ann.put(letter({ subject }), { at });
    const subjects = async (q: string, zone?: string): Promise<string[]> => {
      const query = new URLSearchParams({ q, ...(zone === undefined ? {} : { zone }) });
      const { rows } = (await ann.get<MessageListView>(`/messages?${query}`)).body;
      return rows.map(({ subject }) => subject.split(" ")[0] ?? "");
    };
    assert.deepEqual(await subjects("on:2026-03-01"), ["early", "late"], "UTC when nobody says");
    assert.deepEqual(await subjects("on:2026-03-01", "Europe/Berlin"), ["late"]);
    assert.deepEqual(await subjects("after:2026-03-02", "Europe/Berlin"), ["Monday", "early"]);
    assert.deepEqual(await subjects("before:2026-03-02", "Europe/Berlin"), ["late"]);
    assert.deepEqual(await subjects("on:2026-03-02", "Pacific/Kiritimati"), ["early", "late"]);
    assert.equal((await ann.get("/messages?q=on:2026&zone=Mars/Base")).status, 400);

    const all = { q: "on:2026-03-01", zone: "Europe/Berlin" };
    assert.equal((await ann.post("/messages/flags", { all, add: ["\\Flagged"] })).status, 200);
    assert.deepEqual(await subjects("is:flagged"), ["late"]);
  });
});

test("a search that is wrong says where", async () => {
  await withMail(async ({ ann }) => {
    const { status, body } = await ann.get<{ problems: { path: string; message: string }[] }>(
      `/messages?q=${encodeURIComponent("from:ann is:green")}`,
    );
    assert.equal(status, 400);
    assert.equal(body.problems[0]?.path, "q:12");
    assert.match(body.problems[0]?.message ?? "", /unread/);
  });
});

test("mailboxes are listed with their counts, made, renamed with what is below, and taken away", async () => {
  await withMail(async ({ ann }) => {
    await ann.put(letter({ subject: "one" }));
    await ann.put(letter({ subject: "two" }), { flags: ["\\Seen"] });
    const list = async (): Promise<MailboxView[]> =>
      (await ann.get<MailboxListView>("/mailboxes")).body.mailboxes;
    const [inbox] = await list();
    assert.deepEqual(
      [inbox?.name, inbox?.role, inbox?.messages, inbox?.unread, inbox?.mayDelete, inbox?.mayRename],
      ["INBOX", "inbox", 2, 1, false, false],
    );
    const made = (await ann.post<MailboxView>("/mailboxes", { name: "Work/Lab" })).body;
    assert.deepEqual([made.name, made.subscribed, made.role], ["Work/Lab", true, null]);
    const work = (await list()).find(({ name }) => name === "Work");
    assert.equal(work?.mayDelete, false, "there is one below it");
    await ann.put(letter({ subject: "three" }), { mailbox: "Work/Lab" });

    const renamed = await ann.ask<MailboxView>("PATCH", `/mailboxes/${work?.id}`, { name: "Job" });
    assert.equal(renamed.body.name, "Job");
    const lab = (await list()).find(({ id }) => id === made.id);
    assert.deepEqual([lab?.name, lab?.subscribed, lab?.messages], ["Job/Lab", true, 1]);

    assert.equal((await ann.ask("DELETE", `/mailboxes/${made.id}`)).status, 200);
    assert.equal(ann.mail.find("Trash")?.messages, 1, "its messages went to Trash");
    for (const [method, path, body, status] of [
      ["DELETE", `/mailboxes/${inbox?.id}`, undefined, 409],
      ["PATCH", `/mailboxes/${inbox?.id}`, { name: "Outbox" }, 409],
      ["POST", "/mailboxes", { name: "Job" }, 409],
      ["POST", "/mailboxes", { name: "a//b" }, 400],
      ["POST", "/mailboxes", { name: "a\r\nb" }, 400],
      ["DELETE", "/mailboxes/99999", undefined, 404],
      ["POST", `/mailboxes/${inbox?.id}/empty`, {}, 409],
    ] as const)
      assert.equal((await ann.ask(method, path, body)).status, status, `${method} ${path}`);
    const trash = ann.mail.find("Trash");
    assert.equal((await ann.post<{ changed: number }>(`/mailboxes/${trash?.id}/empty`)).body.changed, 1);
    assert.equal(trash?.messages, 0);
  });
});
