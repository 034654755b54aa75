import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test, type TestContext } from "node:test";
import { MailpitClient } from "mailpit-api";
import { startLab } from "../open-lab.ts";
import type { Lab } from "../lab.ts";
import { serveCompat } from "./serve-compat.ts";

const NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["kerio:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
    kerio: { role: "mailbox" as const, accept: ["nemesis.test"] },
  },
  accounts: { "ann@arch.test": {}, "bob@nemesis.test": {}, "eve@nemesis.test": {} },
};

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const MESSAGE = [
  "From: Ann <ann@arch.test>",
  "To: Bob <bob@nemesis.test>",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
  "Message-ID: <one@arch.test>",
  "Date: Sat, 28 Nov 2026 08:00:00 +0000",
  "List-Unsubscribe: <mailto:off@arch.test>, <https://arch.test/off>",
  "X-Tags: welcome, first",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Your code is 493021, caf=C3=A9.",
  "--b",
  "Content-Type: text/html; charset=utf-8",
  "",
  '<p>Your <b>code</b><script>alert(1)</script><img src="cid:dot"></p>',
  "--b",
  "Content-Type: image/png",
  "Content-ID: <dot>",
  "Content-Disposition: inline",
  "Content-Transfer-Encoding: base64",
  "",
  PNG,
  "--b",
  "Content-Type: text/html",
  'Content-Disposition: attachment; filename="note.html"',
  "",
  "<script>alert(2)</script>",
  "--b--",
  "",
].join("\r\n");

type Doors = { readonly lab: Lab; readonly mailpit: string; readonly mailhog: string };

async function open(context: TestContext): Promise<Doors> {
  const lab = await startLab(NETWORK, { mode: "simulated" });
  const { doors, close } = await serveCompat(lab, { mailpit: 0, mailhog: 0 });
  context.after(async () => {
    await close();
    await lab.down();
  });
  const [mailpit, mailhog] = doors.map(({ url }) => url);
  return { lab, mailpit: mailpit ?? "", mailhog: mailhog ?? "" };
}

/** To bob, and to eve whom no header names. */
async function sendOne(lab: Lab, raw = MESSAGE): Promise<void> {
  const bytes = Buffer.from(raw);
  const request = {
    from: "ann@arch.test",
    to: ["bob@nemesis.test"],
    bcc: ["eve@nemesis.test"],
    server: "presto",
  };
  await lab.send({ ...request, raw: bytes });
  await lab.inbox("eve@nemesis.test").wait();
  await lab.idle();
}

test("Mailpit's client lists a message once, with the Bcc that only the envelope names", async (context) => {
  const { lab, mailpit } = await open(context);
  await sendOne(lab);
  const client = new MailpitClient(mailpit);
  const { messages, ...numbers } = await client.listMessages();
  assert.deepEqual(numbers, {
    total: 1,
    unread: 1,
    count: 1,
    messages_count: 1,
    messages_unread: 1,
    start: 0,
    tags: ["first", "welcome"],
  });
  const [{ ID, Created, Size, ...summary }] = messages as [(typeof messages)[number]];
  assert.match(ID, /^[0-9A-Za-z]{22}$/);
  assert.ok(!Number.isNaN(Date.parse(Created)));
  assert.ok(Size > MESSAGE.length);
  assert.deepEqual(summary, {
    MessageID: "one@arch.test",
    Read: false,
    From: { Name: "Ann", Address: "ann@arch.test" },
    To: [{ Name: "Bob", Address: "bob@nemesis.test" }],
    Cc: [],
    Bcc: [{ Name: "", Address: "eve@nemesis.test" }],
    ReplyTo: [],
    Subject: "Grüße",
    Username: "",
    Tags: ["first", "welcome"],
    Attachments: 1,
    Snippet: "Your code is 493021, café.",
  });
  assert.equal((await client.listMessages()).messages[0]?.ID, ID);
});

test("Mailpit's client reads a message, its header, source and parts, and has then read it", async (context) => {
  const { lab, mailpit } = await open(context);
  await sendOne(lab);
  const client = new MailpitClient(mailpit);
  const message = await client.getMessageSummary();
  assert.equal(message.Text, "Your code is 493021, café.");
  assert.match(message.HTML, /<b>code<\/b>/);
  assert.equal(message.ReturnPath, "ann@arch.test");
  assert.equal(message.Date, "2026-11-28T08:00:00.000Z");
  assert.deepEqual(message.ListUnsubscribe, {
    Header: "<mailto:off@arch.test>, <https://arch.test/off>",
    Links: ["mailto:off@arch.test", "https://arch.test/off"],
    Errors: "",
    HeaderPost: "",
  });
  const [inline] = message.Inline;
  const [attachment] = message.Attachments;
  assert.deepEqual([inline?.PartID, inline?.ContentID, inline?.ContentType], ["3", "dot", "image/png"]);
  assert.deepEqual([attachment?.PartID, attachment?.FileName, attachment?.Size], ["4", "note.html", 25]);
  assert.match(attachment?.Checksums.SHA256 ?? "", /^[0-9a-f]{64}$/);
  const headers = await client.getMessageHeaders(message.ID);
  assert.deepEqual(headers["Message-Id"], ["<one@arch.test>"]);
  assert.deepEqual(headers["Subject"], ["=?utf-8?q?Gr=C3=BC=C3=9Fe?="]);
  assert.match(await client.getMessageSource(message.ID), /\r\n\r\n--b\r\n/);
  const part = await client.getMessageAttachment(message.ID, "4");
  assert.equal(await part.text(), "<script>alert(2)</script>");
  assert.equal(part.type, "application/octet-stream");
  assert.match(await client.renderMessageHTML(message.ID), /src="data:image\/png;base64,iVBOR/);
  assert.equal(await client.renderMessageText(message.ID), message.Text);
  assert.equal((await client.listMessages()).unread, 0);
  await client.setReadStatus({ IDs: [message.ID], Read: false });
  assert.equal((await client.listMessages()).messages_unread, 1);
  await assert.rejects(client.getMessageSummary("nothing"), /404/);
});

test("what Mailpit's views show of a mail runs nothing, and pages of other sites get none of it", async (context) => {
  const { lab, mailpit } = await open(context);
  await sendOne(lab);
  const view = await fetch(`${mailpit}/view/latest.html`);
  assert.match(view.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none';/);
  assert.equal(view.headers.get("x-content-type-options"), "nosniff");
  for (const headers of [{ origin: "http://evil.test" }, { "sec-fetch-site": "cross-site" }])
    assert.equal((await fetch(`${mailpit}/api/v1/messages`, { headers })).status, 403);
});

const SEARCHES: readonly (readonly [query: string, count: number])[] = [
  ["from:ann@arch.test", 2],
  ["to:bob", 2],
  ["bcc:eve", 2],
  ["addressed:eve@nemesis.test", 2],
  ["subject:grüße", 1],
  ['subject:"second one"', 1],
  ['"code is 493021"', 1],
  ["café", 1],
  ["-subject:second", 1],
  ["!tag:welcome", 1],
  ["tag:welcome is:unread", 1],
  ["is:read", 0],
  ["has:attachment", 1],
  ["has:inline", 1],
  ["message-id:two@arch.test", 1],
  ["larger:1kb", 1],
  ["smaller:10m", 2],
  ["before:1990-01-01", 0],
  ["after:1990-01-01", 2],
  ["from:ann to:nobody", 0],
  ["nothing-of-the-kind", 0],
];

test("Mailpit's search language finds what it says", async (context) => {
  const { lab, mailpit } = await open(context);
  await sendOne(lab);
  const second =
    "From: ann@arch.test\r\nTo: bob@nemesis.test\r\nSubject: The second one\r\nMessage-ID: <two@arch.test>\r\n\r\nHello\r\n";
  await lab.send({
    from: "ann@arch.test",
    to: ["bob@nemesis.test"],
    bcc: ["eve@nemesis.test"],
    raw: Buffer.from(second),
  });
  await lab.inbox("eve@nemesis.test").wait({ subject: "second" });
  await lab.idle();
  const client = new MailpitClient(mailpit);
  for (const [query, count] of SEARCHES) {
    const { messages, messages_count: found, total } = await client.searchMessages({ query });
    assert.deepEqual([messages.length, found, total], [count, count, 2], query);
  }
  const page = await client.searchMessages({ query: "from:ann", start: 1, limit: 1 });
  assert.deepEqual([page.start, page.messages.length, page.messages_count], [1, 1, 2]);
  assert.equal(page.messages[0]?.Subject, "Grüße");
  assert.equal((await fetch(`${mailpit}/api/v1/search`)).status, 400);
  assert.equal(await client.deleteMessagesBySearch({ query: "subject:second" }), "ok");
  assert.equal((await client.listMessages()).total, 1);
  assert.equal(await client.deleteMessages(), "ok");
  assert.equal((await client.listMessages()).total, 0);
});

test("mail that was moved to Junk is listed, marked and deleted through Mailpit's API; own copies in Sent never are", async (context) => {
  const { lab, mailpit } = await open(context);
  await sendOne(lab);
  const mail = lab.hosts.get("kerio")?.host?.store.mail("bob@nemesis.test");
  const inbox = mail?.find("INBOX");
  assert.ok(mail && inbox);
  const [junk, sent] = [mail.find("Junk"), mail.find("Sent")];
  assert.ok(junk && sent);
  await mail.append(sent.id, [{ content: Buffer.from(MESSAGE), flags: ["\\Seen"] }]);
  const client = new MailpitClient(mailpit);
  const { ID } = await client.getMessageSummary();
  await client.setReadStatus({ IDs: [ID], Read: false });
  await mail.move(inbox.id, [1, 1], { mail, id: junk.id });
  const { messages, total, unread } = await client.listMessages();
  assert.deepEqual([total, unread, messages[0]?.ID], [1, 1, ID]);
  await client.setReadStatus({ IDs: [ID], Read: true });
  assert.equal(junk.unseen, 0);
  assert.equal(await client.deleteMessages({ IDs: [ID] }), "ok");
  assert.equal((await client.listMessages()).total, 0);
  assert.deepEqual([junk.messages, sent.messages], [0, 1]);
  assert.deepEqual(await lab.messages(), []);
});

test("Mailpit's client sends through the lab, and finds what it sent under the id it was given", async (context) => {
  const { mailpit } = await open(context);
  const client = new MailpitClient(mailpit);
  const { ID } = await client.sendMessage({
    From: { Email: "ann@arch.test", Name: "Ann" },
    To: [{ Email: "bob@nemesis.test" }],
    Bcc: ["eve@nemesis.test"],
    ReplyTo: [{ Email: "desk@arch.test", Name: "Desk" }],
    Subject: "Hello",
    Text: "Hi Bob",
    HTML: "<p>Hi Bob</p>",
    Tags: ["sent"],
    Headers: { "X-Test": "yes" },
    Attachments: [{ Filename: "dot.png", Content: PNG, ContentType: "image/png" }],
  });
  const message = await client.getMessageSummary(ID);
  assert.deepEqual(message.ReplyTo, [{ Name: "Desk", Address: "desk@arch.test" }]);
  assert.deepEqual(message.Bcc, [{ Name: "", Address: "eve@nemesis.test" }]);
  assert.deepEqual(message.Tags, ["sent"]);
  assert.equal(message.Attachments[0]?.FileName, "dot.png");
  assert.deepEqual((await client.getMessageHeaders(ID))["X-Test"], ["yes"]);
  const refused = client.sendMessage({ From: { Email: "ann@arch.test" }, To: [{ Email: "no\r\nbody" }] });
  await assert.rejects(refused, /400/);
  const info = await client.getInfo();
  assert.deepEqual([info.Messages, info.Unread, info.Tags], [1, 0, { sent: 1 }]);
});

type MailHogClient = {
  messages(start?: number, limit?: number): Promise<MailHogPage>;
  search(query: string, kind?: string): Promise<MailHogPage>;
  latestTo(query: string): Promise<MailHogItem>;
  deleteMessage(id: string): Promise<{ statusCode: number }>;
  deleteAll(): Promise<{ statusCode: number }>;
};
type MailHogPage = { readonly total: number; readonly count: number; readonly items: readonly MailHogItem[] };
type MailHogItem = {
  readonly ID: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly from: string;
  readonly attachments: readonly { readonly name: string; readonly Body: string }[];
  readonly To: readonly { readonly Mailbox: string; readonly Domain: string }[];
  readonly Raw: { readonly Helo: string };
};
const mailhogOf = createRequire(import.meta.url)("mailhog") as (at: {
  host: string;
  port: number;
}) => MailHogClient;

test("MailHog's client lists, searches, reads and deletes", async (context) => {
  const { lab, mailhog } = await open(context);
  await sendOne(lab);
  const client = mailhogOf({ host: "127.0.0.1", port: Number(new URL(mailhog).port) });
  const { total, count, items } = await client.messages();
  assert.deepEqual([total, count], [1, 1]);
  const [item] = items as [MailHogItem];
  assert.equal(item.subject, "Grüße");
  assert.equal(item.text.trim(), "Your code is 493021, café.");
  assert.match(item.html, /<b>code<\/b>/);
  assert.equal(item.from, "Ann <ann@arch.test>");
  assert.equal(item.attachments[0]?.name, "note.html");
  assert.deepEqual(
    item.To.map(({ Mailbox, Domain }) => `${Mailbox}@${Domain}`),
    ["bob@nemesis.test", "eve@nemesis.test"],
  );
  assert.match(item.Raw.Helo, /lab\.test$/);
  assert.equal((await client.latestTo("eve@nemesis.test")).ID, item.ID);
  assert.equal((await client.search("ANN@arch", "from")).total, 1);
  assert.equal((await client.search("493021")).total, 1);
  assert.equal((await client.search("494")).total, 0);
  assert.equal((await fetch(`${mailhog}/api/v2/search?kind=colour&query=red`)).status, 400);
  const one = (await (await fetch(`${mailhog}/api/v1/messages/${item.ID}`)).json()) as MailHogItem;
  assert.equal(one.ID, item.ID);
  const source = await fetch(`${mailhog}/api/v1/messages/${item.ID}/download`);
  assert.equal(source.headers.get("content-type"), "message/rfc822");
  assert.match(await source.text(), /Message-ID: <one@arch\.test>/);
  const part = await fetch(`${mailhog}/api/v1/messages/${item.ID}/mime/part/3/download`);
  assert.equal(await part.text(), "<script>alert(2)</script>");
  assert.equal((await client.deleteMessage(item.ID)).statusCode, 200);
  assert.equal(await (await fetch(`${mailhog}/api/v1/messages/${item.ID}`)).json(), null);
  await sendOne(lab, MESSAGE.replace("one@", "three@"));
  assert.equal((await client.deleteAll()).statusCode, 200);
  assert.deepEqual(await (await fetch(`${mailhog}/api/v1/messages`)).json(), []);
});

test("MailHog's events tell of each new message, and of none that was there before", async (context) => {
  const { lab, mailhog } = await open(context);
  await sendOne(lab);
  const stop = new AbortController();
  const answer = await fetch(`${mailhog}/api/v1/events`, { signal: stop.signal });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = new TextDecoder().decode((await reader.read()).value);
  await sendOne(lab, MESSAGE.replace("one@", "two@"));
  while (!text.includes("\n\n", text.indexOf("data:")) || !text.includes("data:"))
    text += new TextDecoder().decode((await reader.read()).value);
  stop.abort();
  const [, data = ""] = /^data: (.*)$/m.exec(text) ?? [];
  const told = JSON.parse(data) as { Content: { Headers: Record<string, string[]> } };
  assert.deepEqual(told.Content.Headers["Message-ID"], ["<two@arch.test>"]);
});

test("a port that is taken leaves that door out, and says so", async (context) => {
  const { lab, mailpit } = await open(context);
  const taken = Number(new URL(mailpit).port);
  const second = await serveCompat(lab, { mailpit: taken, mailhog: undefined });
  assert.deepEqual(second.doors, []);
  assert.deepEqual(second.closed, [`Mailpit's API does not answer: port ${taken} is taken (--mailpit-port)`]);
  await second.close();
});
