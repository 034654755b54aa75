import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage } from "../../../message/read-message.ts";
import { readLabObject } from "../../../lab/file/read-lab-file.ts";
import { letter, MAIL_NETWORK, type Person, withMail } from "../../../lab/testing/mail-bench.ts";
import type {
  ContactView,
  DraftView,
  IdentityView,
  Letter,
  LetterView,
  MailSettingsView,
  MessageListView,
  MessageView,
  PendingView,
  SentView,
  UploadView,
} from "./views.ts";

const ANN = "ann@arch.test";
const BOB = { address: "bob@arch.test" };
const basic: Letter = { identity: ANN, to: [BOB], subject: "Hello", text: "Dear Bob,\nhello." };

async function inboxOf(person: Person): Promise<MessageListView["rows"]> {
  return (await person.get<MessageListView>("/messages?q=in:inbox")).body.rows;
}

async function rawOf(person: Person, id: string | undefined): Promise<string> {
  return Buffer.from(await (await person.fetch(`/messages/${id}/source`)).arrayBuffer()).toString("latin1");
}

async function upload(
  person: Person,
  name: string,
  type: string,
  content: string | Uint8Array,
): Promise<UploadView> {
  const path = `/uploads?name=${encodeURIComponent(name)}&type=${encodeURIComponent(type)}`;
  const body = typeof content === "string" ? content : Buffer.from(content);
  const answer = await person.fetch(path, { method: "POST", body });
  assert.equal(answer.status, 200);
  return (await answer.json()) as UploadView;
}

test("a letter goes to everybody, the blind ones too, whose names only the writer's copy has", async () => {
  await withMail(async ({ lab, ann, bob }) => {
    const sent = await ann.post<SentView>("/send", {
      letter: {
        ...basic,
        to: [{ name: "Everyone", address: "sales@arch.test" }],
        bcc: [{ name: "Bob, B.", ...BOB }],
      },
      undoSeconds: 0,
    });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
    assert.equal(sent.body.pending, null);
    await lab.clock.advance("1m");
    const [got, ...more] = await inboxOf(bob);
    assert.deepEqual(more, [], "an alias and a blind copy are one delivery");
    assert.deepEqual([got?.subject, got?.from], ["Hello", [{ name: "", address: ANN }]]);
    const raw = await rawOf(bob, got?.id);
    assert.doesNotMatch(raw, /bcc|bob, b/i);
    assert.match(raw, /^Return-Path: <ann@arch\.test>\r\n/m);
    assert.doesNotMatch(raw, /127\.0\.0\.1|X-Posthorn/, "nothing of who asked, and how");
    assert.match(await rawOf(ann, sent.body.id ?? ""), /^Bcc: "Bob, B\." <bob@arch\.test>\r\n/m);
    assert.equal((await inboxOf(ann)).length, 1, "the alias leads to Ann as well");
  });
});

test("a letter that is held can be taken back: it is the draft it was, and nobody gets it", async () => {
  await withMail(async ({ lab, host, ann, bob }) => {
    const original = await ann.put(letter({ subject: "Question", more: ["Message-ID: <q@x>"] }));
    const prepared = await ann.post<LetterView>("/compose/prepare", { kind: "reply", message: original });
    const asked = { ...prepared.body, text: "Yes.", html: null, attachments: [], bcc: [BOB] };
    const draft = (await ann.post<DraftView>("/drafts", asked)).body;
    const sent = (await ann.post<SentView>("/send", { letter: asked, draft: draft.id, undoSeconds: 30 }))
      .body;
    assert.equal(sent.pending?.leavesInMs, 30_000);
    assert.equal(host.queue.depth, 1, "it is in the queue, on disk");
    assert.equal(ann.mail.find("Drafts")?.messages, 0);
    assert.equal(ann.mail.find("Sent")?.messages, 1);
    assert.equal((await ann.get<MessageView>(`/messages/${original}`)).body.answered, true);
    const twice = await ann.post("/send", { letter: asked, draft: draft.id });
    assert.equal(twice.status, 409, "a second click sends nothing");

    await lab.clock.advance("10s");
    const [held] = (await ann.get<PendingView[]>("/outbox")).body;
    assert.deepEqual([held?.token, held?.leavesInMs, held?.to], [sent.pending?.token, 20_000, [BOB.address]]);
    assert.deepEqual((await bob.get<PendingView[]>("/outbox")).body, []);
    assert.equal((await bob.ask("DELETE", `/outbox/${held?.token}`)).status, 409, "it is not Bob's");

    const back = await ann.ask<DraftView>("DELETE", `/outbox/${held?.token}`);
    assert.equal(back.status, 200);
    assert.deepEqual(back.body.letter, { ...asked, bcc: [{ name: "", ...BOB }] });
    assert.deepEqual([host.queue.depth, ann.mail.find("Sent")?.messages], [0, 0]);
    assert.equal((await ann.get<MessageView>(`/messages/${original}`)).body.answered, false);
    await lab.clock.advance("1h");
    assert.deepEqual(await inboxOf(bob), []);
    assert.equal((await ann.ask("DELETE", `/outbox/${held?.token}`)).status, 409);
  });
});

test("a letter that is held leaves at its time, and then it is too late", async () => {
  await withMail(async ({ lab, ann, bob }) => {
    const { pending } = (await ann.post<SentView>("/send", { letter: basic, undoSeconds: 20 })).body;
    await lab.clock.advance("19s");
    assert.equal((await inboxOf(bob)).length, 0);
    await lab.clock.advance("2s");
    assert.equal((await inboxOf(bob)).length, 1);
    assert.equal((await ann.ask("DELETE", `/outbox/${pending?.token}`)).status, 409);
    assert.deepEqual((await ann.get("/outbox")).body, []);
    assert.equal(ann.mail.find("Sent")?.messages, 1);
  });
});

test("a letter that is held outlives a restart of the server: it can still be taken back, else it leaves", async () => {
  await withMail(
    async ({ lab, ann, bob }) => {
      const wanted = (await ann.post<SentView>("/send", { letter: basic, undoSeconds: 60 })).body.pending;
      const other = { ...basic, subject: "No, wait" };
      const unwanted = (await ann.post<SentView>("/send", { letter: other, undoSeconds: 60 })).body.pending;
      const presto = { ...MAIL_NETWORK.hosts.presto, accept: ["arch.test", "new.test"] };
      const plan = readLabObject({ ...MAIL_NETWORK, hosts: { presto } });
      assert.ok(plan.ok);
      assert.deepEqual(await lab.reload(plan.value), ["presto"]);

      const held = (await ann.get<PendingView[]>("/outbox")).body;
      assert.deepEqual(
        held.map(({ token }) => token),
        [wanted?.token, unwanted?.token],
      );
      assert.equal((await ann.ask("DELETE", `/outbox/${unwanted?.token}`)).status, 200);
      await lab.clock.advance("61s");
      await lab.inbox("bob@arch.test").wait({ subject: "Hello" });
      assert.deepEqual(
        (await inboxOf(bob)).map(({ subject }) => subject),
        ["Hello"],
      );
      const drafts = (await ann.get<MessageListView>("/messages?q=in:drafts")).body.rows;
      assert.deepEqual(
        drafts.map(({ subject }) => subject),
        ["No, wait"],
      );
    },
    { mode: "loopback" },
  );
});

/** What somebody would write to get a header line of their own, or another recipient. */
const EVIL = "x\r\nBcc: evil@far.test\r\nX-Evil: 1\r\n\r\n<b>body</b>";
const INJECTIONS: readonly [string, Partial<Letter>][] = [
  ["subject", { subject: EVIL }],
  ["subject, CR alone", { subject: "x\rX-Evil: 1" }],
  ["subject, LF alone", { subject: "x\nX-Evil: 1" }],
  ["subject, NEL and line separators", { subject: "x\u0085X-Evil: 1\u2028X-Evil: 1" }],
  ["name of to", { to: [{ ...BOB, name: EVIL }] }],
  ["name of cc", { cc: [{ ...BOB, name: EVIL }] }],
  ["name of bcc", { bcc: [{ ...BOB, name: EVIL }] }],
  ["name of replyTo", { replyTo: [{ ...BOB, name: EVIL }] }],
  ["inReplyTo", { inReplyTo: `<a@b>${EVIL}` }],
  ["inReplyTo, inside", { inReplyTo: "<a\r\nX-Evil: 1@b>" }],
  ["references", { references: [`<a@b>${EVIL}`, "<a\r\nX-Evil: 1\r\n@b>"] }],
];

for (const [field, evil] of INJECTIONS)
  test(`no header line can be written by the ${field}`, async () => {
    await withMail(async ({ lab, host, ann, bob }) => {
      const { status } = await ann.post("/send", { letter: { ...basic, ...evil }, undoSeconds: 0 });
      assert.equal(status, 200);
      await lab.clock.advance("1m");
      const [got] = await inboxOf(bob);
      const mine = (await ann.get<MessageListView>("/messages?q=in:sent")).body.rows[0];
      for (const raw of [await rawOf(bob, got?.id), await rawOf(ann, mine?.id)]) {
        const header = raw.slice(0, raw.indexOf("\r\n\r\n"));
        assert.doesNotMatch(header, /(?:^|[\r\n])x-evil:/i, header);
        assert.doesNotMatch(header, /(?:^|[\r\n])bcc:\s*evil/i, header);
        assert.match(raw.slice(header.length), /Dear Bob/);
      }
      assert.equal(host.queue.depth, 0, "nobody else was written to");
    });
  });

const REFUSED: readonly [string, Partial<Letter>][] = [
  ["address of to", { to: [{ address: "bob@arch.test\r\nBcc: evil@far.test" }] }],
  ["address of cc", { cc: [{ address: "bob@arch.test>\r\nX-Evil: 1" }] }],
  ["address of bcc", { bcc: [{ address: "evil@far.test\nX: 1" }] }],
  ["address of replyTo", { replyTo: [{ address: "a b" }] }],
  ["identity", { identity: "ann@arch.test\r\nX-Evil: 1" }],
  ["identity of another", { identity: "bob@arch.test" }],
];

for (const [field, evil] of REFUSED)
  test(`a wrong ${field} is refused with its place`, async () => {
    await withMail(async ({ host, ann }) => {
      const { status, body } = await ann.post<{ problems: { path: string }[] }>("/send", {
        letter: { ...basic, ...evil },
      });
      assert.equal(status, field.startsWith("identity") ? 403 : 400);
      assert.match(body.problems[0]?.path ?? "", /^(?:(?:to|cc|bcc|replyTo)\.0\.address|identity)$/);
      assert.equal(host.queue.depth, 0);
    });
  });

test("a letter whose copy does not fit the quota is sent, and its writer told so, held or not; a draft's copy takes its place", async () => {
  await withMail(async ({ lab, host, ann, bob }) => {
    await ann.put(["Subject: big", "", "x".repeat(3_000)]);
    const draft = (await ann.post<DraftView>("/drafts", { ...basic, text: "y".repeat(3_000) })).body;
    const full = ann.mail.quota.bytesUsed + 100;
    await host.store.putAccount(ANN, { quotaBytes: full });
    const words = /^your mailboxes are full \(6\.\d KB of 6\.\d KB\); delete something first$/;
    for (const undoSeconds of [0, 20]) {
      const sent = (await ann.post<SentView>("/send", { letter: basic, undoSeconds })).body;
      assert.deepEqual([sent.id, sent.pending], [null, null]);
      assert.match(sent.notKept ?? "", words);
    }
    await host.store.putAccount(ANN, { quotaBytes: null, quotaMessages: 2 });
    const byCount = (await ann.post<SentView>("/send", { letter: basic, undoSeconds: 0 })).body;
    assert.equal(
      byCount.notKept,
      "your mailboxes are full (2 messages of 2 messages); delete something first",
    );
    await lab.clock.advance("1m");
    assert.equal((await inboxOf(bob)).length, 3, "they were sent nevertheless");
    assert.equal(ann.mail.find("Sent")?.messages, 0);

    await host.store.putAccount(ANN, { quotaBytes: full, quotaMessages: 2 });
    const letter = { ...basic, text: "y".repeat(3_000) };
    const sent = (await ann.post<SentView>("/send", { letter, draft: draft.id, undoSeconds: 20 })).body;
    assert.equal(sent.notKept, null);
    assert.ok(sent.id !== null && sent.pending !== null);
    assert.deepEqual([ann.mail.find("Drafts")?.messages, ann.mail.find("Sent")?.messages], [0, 1]);
  });
});

test("the name of an identity writes no header line either", async () => {
  await withMail(async ({ ann }) => {
    await ann.ask("PATCH", "/settings", { identities: [{ id: ANN, name: EVIL, signature: EVIL }] });
    const { id } = (await ann.post<SentView>("/send", { letter: basic, undoSeconds: 60 })).body;
    const raw = await rawOf(ann, id ?? "");
    assert.match(raw, /^From: "x Bcc: evil@far\.test X-Evil: 1/);
    assert.doesNotMatch(raw.slice(0, raw.indexOf("\r\n\r\n")), /(?:^|[\r\n])(?:x-evil|bcc):/i);
  });
});

test("file names and types of attachments write no header lines either", async () => {
  await withMail(async ({ lab, ann, bob }) => {
    const file = await upload(ann, "a\r\nX-Evil: 1.txt", "text/plain\r\nX-Evil: 1", "content");
    assert.equal(file.name, "aX-Evil_ 1.txt");
    await ann.post("/send", { letter: { ...basic, attachments: [{ upload: file.id }] }, undoSeconds: 0 });
    await lab.clock.advance("1m");
    const [got] = await inboxOf(bob);
    const raw = await rawOf(bob, got?.id);
    assert.doesNotMatch(raw, /^x-evil/im);
    assert.match(raw, /application\/octet-stream/);
  });
});

test("a draft keeps all that was written, files and blind recipients too, and each saving replaces the one before", async () => {
  await withMail(async ({ ann }) => {
    const file = await upload(ann, "Übersicht.pdf", "application/pdf", "%PDF");
    const picture = await upload(ann, "logo.png", "image/png", Buffer.from("89504e470d0a1a0a00", "hex"));
    const asked: Letter = {
      ...basic,
      bcc: [{ name: "Zoë", address: "zoe@far.test" }],
      subject: "Grüße",
      html: `<p>Hallo <img src="cid:${picture.cid}"></p>`,
      attachments: [{ upload: file.id }, { upload: picture.id, inline: true }],
    };
    const first = await ann.post<DraftView>("/drafts", asked);
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const { letter: view, id } = first.body;
    assert.deepEqual(
      view.attachments.map(({ name, contentType, sizeBytes, ref }) => [
        name,
        contentType,
        sizeBytes,
        ref.inline,
      ]),
      [
        ["logo.png", "image/png", 9, true],
        ["Übersicht.pdf", "application/pdf", 4, false],
      ],
    );
    assert.deepEqual([view.subject, view.bcc], ["Grüße", [{ name: "Zoë", address: "zoe@far.test" }]]);
    const again = { ...view, text: "More.", attachments: view.attachments.map(({ ref }) => ref) };
    const second = await ann.ask<DraftView>("PUT", `/drafts/${id}`, again);
    assert.equal(second.status, 200, JSON.stringify(second.body));
    assert.notEqual(second.body.id, id);
    assert.deepEqual(
      second.body.letter.attachments.map(({ name, cid }) => [name, cid]),
      [
        ["logo.png", picture.cid],
        ["Übersicht.pdf", null],
      ],
    );
    assert.equal(ann.mail.find("Drafts")?.messages, 1);
    assert.equal((await ann.ask("PUT", `/drafts/${id}`, again)).status, 404, "the old one is gone");
    assert.deepEqual((await ann.get<DraftView>(`/drafts/${second.body.id}`)).body, second.body);
    const row = (await ann.get<MessageListView>("/messages?q=in:drafts")).body.rows[0];
    assert.deepEqual([row?.draft, row?.unread], [true, false]);
    assert.equal((await ann.ask("DELETE", `/drafts/${second.body.id}`)).status, 200);
    assert.equal(ann.mail.find("Drafts")?.messages, 0);

    const mail = await ann.put(letter({ subject: "Somebody's" }));
    assert.equal((await ann.ask("PUT", `/drafts/${mail}`, basic)).status, 409, "mail is never written over");
    assert.equal((await ann.ask("DELETE", `/drafts/${mail}`)).status, 409);
  });
});

test("an answer goes to who wants it, with the thread, the quote and the signature", async () => {
  await withMail(async ({ ann }) => {
    await ann.ask("PATCH", "/settings", {
      composeFormat: "plain",
      identities: [{ id: "sales@arch.test", name: "Sales", signature: "Ann, Sales" }],
    });
    const original = await ann.put(
      letter({
        subject: "RE: Aw: Offer",
        from: '"Onym, Eve" <eve@far.test>',
        to: "Sales <sales@arch.test>, carl@far.test, ANN@arch.test",
        text: "What does\nit cost?\n> old",
        more: [
          "Cc: dora@far.test, eve@far.test, sales@arch.test",
          "Message-ID: <3@far>",
          "References: <1@far> <2@far>",
        ],
      }),
    );
    const all = (await ann.post<LetterView>("/compose/prepare", { kind: "replyAll", message: original }))
      .body;
    assert.equal(all.identity, ANN);
    assert.deepEqual(
      all.to.map(({ address }) => address),
      ["eve@far.test", "carl@far.test"],
    );
    assert.deepEqual(
      all.cc.map(({ address }) => address),
      ["dora@far.test"],
    );
    assert.equal(all.subject, "Re: Offer");
    assert.deepEqual([all.inReplyTo, all.references], ["<3@far>", ["<1@far>", "<2@far>", "<3@far>"]]);
    assert.equal(
      all.text,
      "\n\nOn Thu, 1 Jan 2026 10:00 UTC, Onym, Eve wrote:\n> What does\n> it cost?\n>> old\n",
    );
    assert.equal(all.html, null);
    assert.equal(all.answers, original);

    const wanted = await ann.put(
      letter({ subject: "x", to: "sales@arch.test", more: ["Reply-To: office@far.test"], text: "<b>&</b>" }),
    );
    await ann.ask("PATCH", "/settings", { composeFormat: "rich" });
    const one = (await ann.post<LetterView>("/compose/prepare", { kind: "reply", message: wanted })).body;
    assert.equal(one.identity, "sales@arch.test");
    assert.deepEqual(one.to, [{ name: "", address: "office@far.test" }]);
    assert.match(one.text, /^\n\n-- \nAnn, Sales\n\nOn .*wrote:\n> <b>&<\/b>\n$/);
    assert.match(
      one.html ?? "",
      /<p>-- <br>Ann, Sales<\/p>.*<blockquote type="cite"><p>&lt;b&gt;&amp;&lt;\/b&gt;<\/p>/,
    );

    const own = await ann.put(letter({ subject: "y", from: ANN, to: "eve@far.test" }), { mailbox: "Sent" });
    const further = (await ann.post<LetterView>("/compose/prepare", { kind: "reply", message: own })).body;
    assert.deepEqual(
      further.to,
      [{ name: "", address: "eve@far.test" }],
      "one goes on writing to the same person",
    );
  });
});

test("a forwarded message takes its files along, or goes whole", async () => {
  await withMail(async ({ lab, ann, bob }) => {
    const original = await ann.put([
      "From: eve@far.test",
      "To: ann@arch.test",
      "Subject: Fwd: Map",
      "Date: Thu, 01 Jan 2026 10:00:00 +0000",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "See there.",
      "--b",
      'Content-Type: image/gif; name="map.gif"',
      "Content-Disposition: attachment",
      "Content-Transfer-Encoding: base64",
      "",
      "R0lGODlhAQ==",
      "--b--",
      "",
    ]);
    const view = (await ann.post<LetterView>("/compose/prepare", { kind: "forward", message: original }))
      .body;
    assert.equal(view.subject, "Fwd: Map");
    assert.match(
      view.text,
      /From: eve@far\.test\nDate: .*\nSubject: Fwd: Map\nTo: ann@arch\.test\n\nSee there\./,
    );
    const refs = [...view.attachments.map(({ ref }) => ref), { message: original, part: "0" }];
    const sent = await ann.post<SentView>("/send", {
      letter: { ...view, to: [BOB], attachments: refs },
      undoSeconds: 0,
    });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
    await lab.clock.advance("1m");
    const [got] = await inboxOf(bob);
    const read = readMessage(Buffer.from(await rawOf(bob, got?.id), "latin1"));
    assert.deepEqual(
      read.attachments.map(({ filename, contentType }) => [filename, contentType]),
      [
        ["map.gif", "image/gif"],
        ["message.eml", "message/rfc822"],
      ],
    );
    assert.equal((await ann.get<MessageView>(`/messages/${original}`)).body.forwarded, true);
    const again = (await ann.post<LetterView>("/compose/prepare", { kind: "again", message: sent.body.id }))
      .body;
    assert.deepEqual([again.to, again.attachments.length], [[{ name: "", ...BOB }], 2]);
  });
});

test("a mailto link begins a letter, and puts nothing into it but words and recipients", async () => {
  await withMail(async ({ ann }) => {
    const link =
      "mailto:bob@arch.test,eve%40far.test?subject=A%0D%0Ab&body=one%0D%0Atwo&cc=c@far.test&attach=/etc/passwd&x-evil=1&subject=";
    const { body } = await ann.post<LetterView>("/compose/prepare", { kind: "new", mailto: link });
    assert.deepEqual(
      [
        body.to.map(({ address }) => address),
        body.cc.length,
        body.subject.trim(),
        body.text,
        body.attachments,
      ],
      [["bob@arch.test", "eve@far.test"], 1, "A b", "one\ntwo", []],
    );
  });
});

test("an unknown mailbox here, nobody at all, and a file that is gone are refused before anything is sent", async () => {
  await withMail(async ({ host, ann }) => {
    const unknown = await ann.post<{ error: string }>("/send", {
      letter: { ...basic, cc: [{ address: "nobody@arch.test" }] },
    });
    assert.equal(unknown.status, 422);
    assert.match(unknown.body.error, /<nobody@arch\.test>: no such mailbox here/);
    assert.equal((await ann.post("/send", { letter: { ...basic, to: [] } })).status, 400);
    const gone = { ...basic, attachments: [{ upload: "nothing" }] };
    assert.equal((await ann.post("/send", { letter: gone })).status, 404);
    assert.equal(host.queue.depth, 0);
  });
});

test("one writes as oneself or as an alias that leads here, with the name and signature set for it", async () => {
  await withMail(async ({ ann }) => {
    const before = (await ann.get<IdentityView[]>("/identities")).body;
    assert.deepEqual(
      before.map(({ id, isDefault }) => [id, isDefault]),
      [
        [ANN, true],
        ["sales@arch.test", false],
      ],
    );
    await ann.ask("PATCH", "/settings", {
      defaultIdentity: "Sales@arch.test",
      identities: [{ id: "sales@arch.test", name: "Sales", signature: "" }],
    });
    const after = (await ann.get<IdentityView[]>("/identities")).body;
    assert.deepEqual([after[1]?.name, after[1]?.isDefault, after[0]?.isDefault], ["Sales", true, false]);
    const { id } = (await ann.post<SentView>("/send", { letter: { ...basic, identity: "sales@arch.test" } }))
      .body;
    assert.match(await rawOf(ann, id ?? ""), /^From: Sales <sales@arch\.test>\r\n/m);
  });
});

test("settings are kept with the account, changed one at a time, and refused when they make no sense", async () => {
  await withMail(async ({ ann, bob }) => {
    const before = (await ann.get<MailSettingsView>("/settings")).body;
    assert.deepEqual([before.undoSeconds, before.remoteImages], [10, "ask"]);
    await ann.ask("PATCH", "/settings", { undoSeconds: 30, trustedSenders: ["bob@arch.test"] });
    await ann.ask("PATCH", "/settings", { density: "compact" });
    assert.deepEqual((await ann.get("/settings")).body, {
      ...before,
      undoSeconds: 30,
      trustedSenders: ["bob@arch.test"],
      density: "compact",
    });
    assert.deepEqual((await bob.get("/settings")).body, before);
    for (const change of [{ undoSeconds: 121 }, { remoteImages: "perhaps" }, { colour: "red" }])
      assert.equal((await ann.ask("PATCH", "/settings", change)).status, 400, JSON.stringify(change));
  });
});

test("people one wrote to are known, best first, until forgotten", async () => {
  await withMail(async ({ ann, bob }) => {
    await ann.put(letter({ subject: "old", from: ANN, to: "Old Friend <friend@far.test>" }), {
      mailbox: "Sent",
      at: Date.UTC(2025, 0, 1),
    });
    const names = async (q: string, person = ann): Promise<string[]> =>
      (await person.get<ContactView[]>(`/contacts?q=${encodeURIComponent(q)}`)).body.map(
        ({ address }) => address,
      );
    assert.deepEqual(await names(""), ["friend@far.test"], "from before anything was sent here");
    const to = [{ name: "Bob Öhm", address: "bob@arch.test" }];
    await ann.post("/send", { letter: { ...basic, to, bcc: [{ address: "secret@far.test" }] } });
    await ann.post("/send", { letter: { ...basic, to } });
    assert.deepEqual(await names(""), ["bob@arch.test", "secret@far.test", "friend@far.test"]);
    for (const [q, wanted] of [
      ["ohm", ["bob@arch.test"]],
      ["ÖH", ["bob@arch.test"]],
      ["far.te", ["secret@far.test", "friend@far.test"]],
      ["riend", []],
      ["old fr", ["friend@far.test"]],
    ] as const)
      assert.deepEqual(await names(q), wanted, q);
    assert.deepEqual(await names("", bob), []);
    assert.equal(
      (await ann.ask<{ removed: boolean }>("DELETE", "/contacts/SECRET@far.test")).body.removed,
      true,
    );
    assert.deepEqual(await names("sec"), []);
  });
});
