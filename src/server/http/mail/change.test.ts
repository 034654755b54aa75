import assert from "node:assert/strict";
import { test } from "node:test";
import { letter, type Person, withMail } from "../../../lab/testing/mail-bench.ts";
import type { ChangedView, ChangesView, MailNews, MessageListView, MessageView } from "./views.ts";

/** Where each subject stands, and its flags. */
async function picture(person: Person): Promise<string[]> {
  const { body } = await person.get<MessageListView>("/messages?q=in:anywhere&limit=200");
  return body.rows
    .map(({ subject, mailboxId, flags }) =>
      `${person.mail.mailbox(mailboxId)?.name}: ${subject} ${flags.join(" ")}`.trim(),
    )
    .sort();
}

async function takeBack(person: Person, { undo }: ChangedView): Promise<void> {
  for (const { path, body } of undo) assert.equal((await person.post(path, body)).status, 200);
}

async function change(person: Person, path: string, body: object): Promise<ChangedView> {
  const answer = await person.post<ChangedView>(path, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

type Ids = { readonly a: string; readonly b: string; readonly c: string; readonly d: string };

async function withFour(run: (ann: Person, ids: Ids) => Promise<void>): Promise<void> {
  await withMail(async ({ ann }) => {
    const a = await ann.put(letter({ subject: "a", more: ["Message-ID: <a@x>"] }), { flags: ["\\Seen"] });
    const b = await ann.put(letter({ subject: "Re: a", more: ["Message-ID: <b@x>", "In-Reply-To: <a@x>"] }));
    const c = await ann.put(letter({ subject: "c" }));
    const d = await ann.put(letter({ subject: "d" }), { mailbox: "Archive", flags: ["\\Flagged"] });
    await run(ann, { a, b, c, d });
  });
}

const CHANGES: readonly [string, string, (ids: Ids) => object, readonly string[], number][] = [
  [
    "read",
    "flags",
    ({ a, b }) => ({ ids: [a, b], add: ["\\Seen"] }),
    ["Archive: d \\Flagged", "INBOX: Re: a \\Seen", "INBOX: a \\Seen", "INBOX: c"],
    1,
  ],
  [
    "unread, and a keyword",
    "flags",
    ({ a, d }) => ({ ids: [a, d], add: ["work"], remove: ["\\Seen", "\\Flagged"] }),
    ["Archive: d work", "INBOX: Re: a", "INBOX: a work", "INBOX: c"],
    2,
  ],
  [
    "flags of a range",
    "flags",
    ({ a, c }) => ({ ids: [`${a}:${c.split("-")[1]}`], add: ["\\Flagged"] }),
    ["Archive: d \\Flagged", "INBOX: Re: a \\Flagged", "INBOX: a \\Flagged \\Seen", "INBOX: c \\Flagged"],
    3,
  ],
  [
    "archiving",
    "move",
    ({ a, c, d }) => ({ ids: [c, a, d], to: "archive" }),
    ["Archive: a \\Seen", "Archive: c", "Archive: d \\Flagged", "INBOX: Re: a"],
    2,
  ],
  [
    "archiving a conversation",
    "move",
    ({ b }) => ({ ids: [b], wholeThreads: true, to: "archive" }),
    ["Archive: Re: a", "Archive: a \\Seen", "Archive: d \\Flagged", "INBOX: c"],
    2,
  ],
  [
    "junk",
    "move",
    ({ c }) => ({ ids: [c], to: "junk" }),
    ["Archive: d \\Flagged", "INBOX: Re: a", "INBOX: a \\Seen", "Junk: c"],
    1,
  ],
  [
    "deleting",
    "delete",
    ({ c, d }) => ({ ids: [c, d] }),
    ["INBOX: Re: a", "INBOX: a \\Seen", "Trash: c", "Trash: d \\Flagged"],
    2,
  ],
  [
    "deleting all that a search finds",
    "delete",
    () => ({ all: { q: "is:unread in:inbox" } }),
    ["Archive: d \\Flagged", "INBOX: a \\Seen", "Trash: Re: a", "Trash: c"],
    2,
  ],
];

for (const [name, path, body, wanted, count] of CHANGES)
  test(`${name} does what it says to all at once, and its answer takes it back`, async () => {
    await withFour(async (ann, ids) => {
      const before = await picture(ann);
      const done = await change(ann, `/messages/${path}`, body(ids));
      assert.deepEqual(await picture(ann), wanted);
      assert.equal(done.changed, count);
      for (const id of done.ids)
        assert.equal((await ann.get(`/messages/${id.split(":")[0]}`)).status, 200, id);
      await takeBack(ann, done);
      assert.deepEqual(await picture(ann), before);
    });
  });

test("a copy is another of the same e-mail; taken back it is gone", async () => {
  await withFour(async (ann, { a }) => {
    const archive = ann.mail.find("Archive")?.id;
    const done = await change(ann, "/messages/copy", { ids: [a], to: archive });
    const [copy = ""] = done.ids;
    const [one, other] = [
      await ann.get<MessageView>(`/messages/${a}`),
      await ann.get<MessageView>(`/messages/${copy}`),
    ];
    assert.equal(one.body.emailId, other.body.emailId);
    assert.equal((await picture(ann)).length, 4, "over several mailboxes copies are one row");
    await takeBack(ann, done);
    assert.equal((await ann.get(`/messages/${copy}`)).status, 404);
    assert.equal((await ann.get(`/messages/${a}`)).status, 200);
  });
});

test("what is in Trash is deleted for good, and that cannot be taken back", async () => {
  await withFour(async (ann, { c }) => {
    const { ids } = await change(ann, "/messages/delete", { ids: [c] });
    const gone = await change(ann, "/messages/delete", { ids });
    assert.deepEqual([gone.changed, gone.ids, gone.undo], [1, [], []]);
    assert.equal((await picture(ann)).length, 3);
    const none = await change(ann, "/messages/delete", { ids });
    assert.equal(none.changed, 0, "what is not there is passed over");
  });
});

test("a mailbox with a use is made when it is first needed, or taken over by its name", async () => {
  await withFour(async (ann, { a, b }) => {
    for (const name of ["Junk", "Trash"]) await ann.mail.remove(ann.mail.find(name)?.id ?? 0);
    const byName = await ann.mail.create("Junk");
    assert.ok(byName.kind === "done");
    const junk = await change(ann, "/messages/move", { ids: [a], to: "junk" });
    assert.match(junk.ids[0] ?? "", new RegExp(`^${byName.mailbox.id}-`));
    assert.equal(byName.mailbox.role, "junk");
    await change(ann, "/messages/delete", { ids: [b] });
    assert.deepEqual([ann.mail.find("Trash")?.role, ann.mail.find("Trash")?.messages], ["trash", 1]);
  });
});

test("a change that says nothing, too much, or nonsense is refused", async () => {
  await withFour(async (ann, { a }) => {
    for (const [path, body, status] of [
      ["flags", { add: ["\\Seen"] }, 400],
      ["flags", { ids: [a], all: { q: "x" }, add: ["\\Seen"] }, 400],
      ["flags", { all: {}, add: ["\\Seen"] }, 400],
      ["flags", { ids: [a], add: ["two words"] }, 400],
      ["flags", { ids: [a], add: ["a\r\nb"] }, 400],
      ["flags", { ids: ["1-2:x"], add: ["\\Seen"] }, 400],
      ["move", { ids: [a], to: 4711 }, 404],
      ["move", { ids: [a], to: "nowhere" }, 400],
      ["delete", { all: { q: "is:green" } }, 400],
    ] as const)
      assert.equal((await ann.post(`/messages/${path}`, body)).status, status, JSON.stringify(body));
    assert.equal((await picture(ann)).length, 4);
  });
});

test("a page learns what changed since a state it knows, and when that is too much", async () => {
  await withFour(async (ann, { a, b, c }) => {
    const { state } = (await ann.get<{ state: string }>("/mailboxes")).body;
    const fresh = await ann.put(letter({ subject: "new" }));
    await change(ann, "/messages/flags", { ids: [a], add: ["\\Flagged"] });
    await change(ann, "/messages/delete", { ids: [b, c], forever: true });
    const { body } = await ann.get<ChangesView>(`/changes?since=${state}`);
    assert.equal(body.tooMany, false);
    assert.deepEqual(
      body.added.map(({ id, subject }) => [id, subject]),
      [[fresh, "new"]],
    );
    assert.deepEqual(body.flags, [{ id: a, flags: ["\\Flagged", "\\Seen"] }]);
    assert.deepEqual(body.removed, [`${b}:${c.split("-")[1]}`]);
    assert.deepEqual(
      body.mailboxes.map(({ name, messages, unread }) => [name, messages, unread]),
      [["INBOX", 2, 1]],
    );
    const nothing = await ann.get<ChangesView>(`/changes?since=${body.state}`);
    assert.deepEqual([nothing.body.added, nothing.body.flags, nothing.body.removed], [[], [], []]);
    for (let count = 0; count < 101; count++) await ann.put(letter({ subject: `${count}` }));
    const many = await ann.get<ChangesView>(`/changes?since=${body.state}`);
    assert.deepEqual([many.body.tooMany, many.body.added], [true, []]);
    assert.equal(
      (await ann.get<ChangesView>("/changes?since=999999")).body.tooMany,
      true,
      "a state of another store",
    );
  });
});

/** Events as they come, one at a time; `close` ends the stream. */
async function listen(person: Person, headers: Record<string, string> = {}) {
  const ended = new AbortController();
  const response = await person.fetch("/events", { headers, signal: ended.signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = "";
  return {
    async next(): Promise<{ id: string; news: MailNews } | undefined> {
      for (;;) {
        const found = /id: (\d+)\nevent: change\ndata: (.*)\n\n/.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return { id: found[1] ?? "", news: JSON.parse(found[2] ?? "") as MailNews };
        }
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += Buffer.from(value).toString();
      }
    },
    close: () => ended.abort(),
  };
}

test("asking only for the head of the live stream costs none of those one may have", async () => {
  await withMail(async ({ ann }) => {
    for (let count = 0; count < 40; count++)
      assert.equal((await ann.fetch("/events", { method: "HEAD" })).status, 200);
    const live = Array.from({ length: 30 }, () => listen(ann));
    await Promise.all(live);
    assert.equal((await ann.fetch("/events")).status, 429);
    for (const one of await Promise.all(live)) one.close();
    const again = await listen(ann);
    again.close();
  });
});

test("new mail is told as it comes, to its own account alone, and who was away hears what was missed", async () => {
  await withMail(async ({ ann, bob }) => {
    const live = await listen(ann);
    const other = await listen(bob);
    await ann.put(letter({ subject: "first" }));
    const first = await live.next();
    assert.deepEqual(
      [first?.news.added.map(({ subject }) => subject), first?.news.mailboxes.map(({ unread }) => unread)],
      [["first"], [1]],
    );
    assert.equal(first?.id, first?.news.state);
    live.close();
    await ann.put(letter({ subject: "second" }));
    await ann.post("/mailboxes", { name: "New" });
    const resumed = await listen(ann, { "last-event-id": first?.id ?? "" });
    const missed = await resumed.next();
    assert.deepEqual(
      missed?.news.added.map(({ subject }) => subject),
      ["second"],
    );
    assert.equal(missed?.news.mailboxesChanged, true);
    await bob.put(letter({ subject: "Bob's" }));
    const his = await other.next();
    assert.deepEqual(
      his?.news.added.map(({ subject }) => subject),
      ["Bob's"],
      "nothing of Ann's came before",
    );
    await ann.ask("DELETE", "/session");
    await ann.put(letter({ subject: "third" }));
    assert.equal(await resumed.next(), undefined, "it ends with the session");
    other.close();
  });
});
