import assert from "node:assert/strict";
import { test } from "node:test";
import { letter, type Person, withMail } from "../../../lab/testing/mail-bench.ts";
import type { MessageListView, MessageView, OriginView } from "./views.ts";

const GIF = "R0lGODlhAQABAAAAACw=";
const PNG = Buffer.from("89504e470d0a1a0a0000", "hex").toString("base64");

const RICH = [
  "Return-Path: <eve@far.test>",
  "Received: from a.test (a.test [192.0.2.1]) by presto.arch.test with ESMTPS id Q2; Thu, 01 Jan 2026 10:00:02 +0000",
  "Received: from laptop by a.test with ESMTP id Q1; Thu, 01 Jan 2026 10:00:01 +0000",
  "From: =?utf-8?q?J=C3=B6rg?= <j@far.test>",
  "Sender: list@far.test",
  "Reply-To: office@far.test",
  "To: team: ann@arch.test, Bob <bob@arch.test>;",
  "Cc: c@far.test",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
  "Date: Thu, 01 Jan 2026 10:00:00 +0000",
  "Message-ID: <5@far>",
  "In-Reply-To: <4@far>",
  "References: <3@far>",
  "\t<4@far>",
  "List-Unsubscribe: <mailto:off@far.test>, <https://far.test/off>, <javascript:alert(1)>",
  "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  "MIME-Version: 1.0",
  "Content-Type: multipart/mixed; boundary=m",
  "",
  "--m",
  "Content-Type: multipart/alternative; boundary=a",
  "",
  "--a",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Grüße",
  "--a",
  "Content-Type: multipart/related; boundary=r",
  "",
  "--r",
  "Content-Type: text/html; charset=utf-8",
  "",
  '<p onclick="x()">Grüße <img src="cid:logo@far"><img src="https://far.test/pixel.gif"><script>evil()</script></p>',
  "--r",
  "Content-Type: image/png; name=logo.png",
  "Content-ID: <logo@far>",
  "Content-Transfer-Encoding: base64",
  "",
  PNG,
  "--r--",
  "--a--",
  "--m",
  "Content-Type: text/html; name=page.html",
  "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fpage%E2%80%AEltmh.html",
  "",
  "<script>alert(1)</script>",
  "--m",
  "Content-Type: image/svg+xml",
  "Content-Disposition: inline; filename=a.svg",
  "",
  "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
  "--m",
  "Content-Type: image/gif",
  'Content-Disposition: attachment; filename="x\\".gif"',
  "Content-Transfer-Encoding: base64",
  "",
  GIF,
  "--m",
  "Content-Type: message/rfc822",
  "",
  "From: inner@far.test",
  "Subject: inside",
  "",
  "inner words",
  "--m",
  "Content-Type: text/plain",
  "",
  "-- footer & co",
  "--m--",
  "",
];

test("a message is read whole: decoded header, text, HTML as it came, every part by its number", async () => {
  await withMail(async ({ ann }) => {
    const id = await ann.put(RICH);
    const { body } = await ann.get<MessageView>(`/messages/${id}`);
    assert.deepEqual(
      [body.subject, body.from, body.cc, body.replyTo, body.sender].map((one) => JSON.stringify(one)),
      [
        "Grüße",
        [{ name: "Jörg", address: "j@far.test" }],
        [{ name: "", address: "c@far.test" }],
        [{ name: "", address: "office@far.test" }],
        [{ name: "", address: "list@far.test" }],
      ].map((one) => JSON.stringify(one)),
    );
    assert.deepEqual(
      body.to.map(({ address }) => address),
      ["ann@arch.test", "bob@arch.test"],
    );
    assert.deepEqual(
      [body.messageId, body.inReplyTo, body.references],
      ["<5@far>", ["<4@far>"], ["<3@far>", "<4@far>"]],
    );
    assert.deepEqual(
      body.headers.slice(3, 5).map(({ name, value }) => [name, value]),
      [
        ["From", "Jörg <j@far.test>"],
        ["Sender", "list@far.test"],
      ],
    );
    assert.equal(body.text, "Grüße\n-- footer & co");
    assert.match(body.html ?? "", /<script>evil\(\)<\/script>/, "as it came");
    assert.match(body.html ?? "", /<pre>-- footer &amp; co<\/pre>$/);
    assert.deepEqual(
      [body.textIsDerived, body.remoteImages, body.hasAttachment, body.unread],
      [false, true, true, true],
    );
    assert.deepEqual(
      body.attachments.map((one) => [one.part, one.name, one.contentType, one.cid, one.inline]),
      [
        ["1.2.2", "logo.png", "image/png", "logo@far", true],
        ["2", "pageltmh.html", "text/html", null, false],
        ["3", "a.svg", "image/svg+xml", null, true],
        ["4", "x_.gif", "image/gif", null, false],
        ["5", "attachment.eml", "message/rfc822", null, false],
      ],
    );
    assert.deepEqual(
      body.attachments.map(({ imageUrl, textUrl }) => [imageUrl !== null, textUrl !== null]),
      [
        [true, false],
        [false, true],
        [false, false],
        [true, false],
        [false, true],
      ],
    );
    assert.deepEqual(body.listUnsubscribe, {
      mail: "mailto:off@far.test",
      web: "https://far.test/off",
      oneClick: true,
    });
    assert.deepEqual(body.problems, []);
    assert.equal(ann.mail.find("INBOX")?.unseen, 1, "reading marks nothing");
  });
});

test("parts are files of no type, pictures only by their own bytes, and nothing of them runs", async () => {
  await withMail(async ({ ann }) => {
    const id = await ann.put(RICH);
    const headers = (response: Response): Record<string, string> => Object.fromEntries(response.headers);
    for (const part of ["1.2.2", "2", "3", "4", "5", "1.1"]) {
      const response = await ann.fetch(`/messages/${id}/parts/${part}`);
      const got = headers(response);
      assert.equal(response.status, 200, part);
      assert.equal(got["content-type"], "application/octet-stream");
      assert.match(got["content-disposition"] ?? "", /^attachment; filename="/);
      assert.equal(got["x-content-type-options"], "nosniff");
      assert.match(got["content-security-policy"] ?? "", /^sandbox;/);
      assert.equal(got["cache-control"], "no-store");
    }
    const gif = await ann.fetch(`/messages/${id}/parts/4`);
    assert.equal(Buffer.from(await gif.arrayBuffer()).toString("base64"), GIF);
    const shown = headers(await ann.fetch(`/messages/${id}/images/4`));
    assert.equal(shown["content-type"], "image/gif");
    assert.match(shown["content-security-policy"] ?? "", /^sandbox; default-src 'none'/);
    for (const part of ["2", "3", "5"])
      assert.equal(
        (await ann.fetch(`/messages/${id}/images/${part}`)).status,
        415,
        `part ${part} is no picture`,
      );
    const text = await ann.fetch(`/messages/${id}/texts/2`);
    assert.equal(text.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await text.text(), "<script>alert(1)</script>");
    assert.match(await (await ann.fetch(`/messages/${id}/texts/5`)).text(), /^From: inner@far\.test\n/);
    assert.equal((await ann.fetch(`/messages/${id}/texts/4`)).status, 415);
    for (const path of [`/messages/${id}/parts/9`, `/messages/${id}/parts/1.2.2.1`, "/messages/1-99/parts/1"])
      assert.equal((await ann.fetch(path)).status, 404, path);
    for (const part of ["0", "x", "1..2", "-1"])
      assert.equal((await ann.fetch(`/messages/${id}/parts/${part}`)).status, 400, part);
  });
});

test("the source is the message, byte for byte, as plain text", async () => {
  await withMail(async ({ ann }) => {
    const id = await ann.put("From: a@b.test\r\nSubject: \xff\xfe\r\n\r\n\x00\x80<script>\r\n");
    const response = await ann.fetch(`/messages/${id}/source`);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
    const content = Buffer.from(await response.arrayBuffer()).toString("latin1");
    assert.equal(content, "From: a@b.test\r\nSubject: \xff\xfe\r\n\r\n\x00\x80<script>\r\n");
    const file = await ann.fetch(`/messages/${id}/source?download=true`);
    assert.equal(file.headers.get("content-disposition"), 'attachment; filename="message.eml"');
  });
});

const BROKEN: readonly [string, string, RegExp][] = [
  [
    "no boundary",
    "From: a@b.test\r\nDate: x\r\nContent-Type: multipart/mixed\r\n\r\nwords",
    /names no boundary/,
  ],
  ["a boundary that never comes", 'Content-Type: multipart/mixed; boundary="b"\r\n\r\nwords', /never comes/],
  ["an unknown encoding", "Content-Transfer-Encoding: rot13\r\n\r\nwords", /encoding "rot13"/],
  [
    "an unknown character set",
    "Content-Type: text/plain; charset=x-klingon\r\n\r\nwords",
    /character set "x-klingon"/,
  ],
  ["two subjects", "From: a@b.test\r\nSubject: a\r\nSubject: b\r\n\r\nwords", /Subject/],
  ["no header at all", "\r\nwords", /From|Date/],
];

test("a broken message is shown as far as it goes, and says what is broken", async () => {
  await withMail(async ({ ann }) => {
    for (const [name, content, wanted] of BROKEN) {
      const id = await ann.put(content);
      const { status, body } = await ann.get<MessageView>(`/messages/${id}`);
      assert.equal(status, 200, name);
      assert.match(body.problems.join("\n"), wanted, name);
    }
    const id = await ann.put("");
    assert.equal((await ann.get(`/messages/${id}`)).status, 200, "not even a byte");
  });
});

test("HTML alone has its words beside it, and nested parts without end are no trouble", async () => {
  await withMail(async ({ ann }) => {
    const only = await ann.put("Content-Type: text/html\r\n\r\n<p>Hello <b>you</b></p><style>p{}</style>");
    const { body } = await ann.get<MessageView>(`/messages/${only}`);
    assert.deepEqual([body.text, body.textIsDerived, body.remoteImages], ["Hello you", true, false]);
    let deep = "words";
    for (let level = 0; level < 300; level++)
      deep = `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${deep}\r\n--b${level}--\r\n`;
    const nested = await ann.get<MessageView>(`/messages/${await ann.put(deep)}`);
    assert.match(nested.body.problems.join(), /100 deep/);
  });
});

async function newest(person: Person): Promise<string> {
  return (await person.get<MessageListView>("/messages?q=in:inbox")).body.rows[0]?.id ?? "";
}

test("how it got here: the envelope beside the header, the hops, and the page of its trace", async () => {
  await withMail(async ({ lab, ann, bob }) => {
    await bob.post("/send", {
      letter: { identity: "bob@arch.test", to: [{ address: "sales@arch.test" }], subject: "Hi", text: "x" },
      undoSeconds: 0,
    });
    await lab.clock.advance("1m");
    const id = await newest(ann);
    const { body } = await ann.get<OriginView>(`/messages/${id}/origin`);
    assert.deepEqual(
      [body.envelope?.reversePath, body.envelope?.recipient],
      ["bob@arch.test", "ann@arch.test"],
    );
    assert.equal(body.trace?.id, body.envelope?.queueId);
    assert.equal(body.trace?.url, `/lab/traces/${body.trace?.id}`);
    assert.equal(body.received.length, 1);
    assert.match(body.received[0]?.by ?? "", /^presto/);
    assert.equal(body.returnPath, "<bob@arch.test>");
    const moved = await ann.post<{ ids: string[] }>("/messages/move", { ids: [id], to: "archive" });
    const after = await ann.get<OriginView>(`/messages/${moved.body.ids[0]}/origin`);
    assert.deepEqual(after.body.envelope, body.envelope, "it goes along");

    const put = await ann.get<OriginView>(`/messages/${await ann.put(RICH)}/origin`);
    assert.deepEqual([put.body.envelope, put.body.trace], [null, null]);
    assert.deepEqual(
      put.body.received.map(({ from, by, with: how, at }) => [from, by, how, at]),
      [
        ["laptop", "a.test", "ESMTP", Date.UTC(2026, 0, 1, 10, 0, 1)],
        ["a.test (a.test [192.0.2.1])", "presto.arch.test", "ESMTPS", Date.UTC(2026, 0, 1, 10, 0, 2)],
      ],
    );
  });
});

test("a message that is gone is 404, and one that was never an id 400", async () => {
  await withMail(async ({ ann }) => {
    const id = await ann.put(letter({ subject: "x" }));
    await ann.post("/messages/delete", { ids: [id], forever: true });
    for (const what of ["", "/source", "/origin", "/parts/1"])
      assert.equal((await ann.get(`/messages/${id}${what}`)).status, 404);
    for (const wrong of ["x", "1", "1-0", "0-1", "1-1-1", "1-99999999999"])
      assert.equal((await ann.get(`/messages/${wrong}`)).status, 400, wrong);
  });
});
