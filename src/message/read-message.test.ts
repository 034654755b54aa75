import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { fromLatin1, fromUtf8, utf8 } from "../base/bytes.ts";
import { composeMessage } from "./compose.ts";
import { scanHeader } from "./compliance.ts";
import { findCode, linksInText } from "./mime/extract.ts";
import { readHtml } from "./mime/html-text.ts";
import { readMessage } from "./read-message.ts";

const HEAD =
  "From: Ann <ann@arch.test>\nTo: bob@nemesis.test\nDate: Mon, 23 Nov 2026 22:27:29 +0000\nMessage-ID: <1@arch.test>\n";
const mixed = (parts: string): string =>
  `${HEAD}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\npreamble\n${parts}\n--b--\nepilogue\n`;

/** Messages that the two other parsers read as we do. */
const AGREED: Record<string, string> = {
  "plain text": `${HEAD}Subject: hello\n\nOne\nTwo\n`,
  "encoded subject": `${HEAD}Subject: =?utf-8?B?R3LDvMOfZQ==?= und\n =?iso-8859-1?Q?_mehr_=E9?=\n\nx\n`,
  "quoted-printable latin1": `${HEAD}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe=20\nlong =\nline\n`,
  "base64 utf-8": `${HEAD}Content-Type: text/plain; charset="UTF-8"\nContent-Transfer-Encoding: BASE64\n\nR3LDvMOf\nZQ==\n`,
  alternative: `${HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n`,
  "an attachment": mixed(
    '--b\n\nwords\n--b\nContent-Type: image/png; name="a.png"\nContent-Disposition: attachment; filename="a.png"\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=',
  ),
  "attachment names of RFC 2231": mixed(
    "--b\n\nwords\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''%E2%82%AC%20;\n filename*1=\"rates.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0=",
  ),
  "nested multiparts": mixed(
    '--b\nContent-Type: multipart/alternative; boundary="c"\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<b>html</b>\n--c--\n--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=x.csv\n\n1,2',
  ),
  "a boundary that begins another": mixed(
    '--b\nContent-Type: multipart/alternative; boundary="bb"\n\n--bb\n\nplain\n--bb--\n--b\nContent-Type: application/x\nContent-Disposition: attachment; filename=y\n\n2',
  ),
  "no closing delimiter": `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b\nContent-Disposition: attachment; filename=z\nContent-Type: application/z\n\nend\n`,
};

const crlf = (text: string): Uint8Array => fromUtf8(text.replaceAll("\n", "\r\n"));
const squeeze = (text: string | undefined | false): string => (text || "").replaceAll("\r\n", "\n").trim();

test("postal-mime and mailparser read the same", async () => {
  for (const [name, text] of Object.entries(AGREED)) {
    const bytes = crlf(text);
    const ours = readMessage(bytes);
    const postal = await PostalMime.parse(bytes);
    const mailparser = await simpleParser(Buffer.from(bytes));
    assert.equal(ours.subject, postal.subject, name);
    assert.equal(ours.subject, mailparser.subject, name);
    assert.equal(ours.messageId, postal.messageId, name);
    assert.equal(ours.date, mailparser.date?.getTime(), name);
    assert.deepEqual(
      ours.from.map((one) => [one.name, one.address]),
      [[postal.from?.name, postal.from?.address]],
      name,
    );
    assert.equal(squeeze(ours.text), squeeze(postal.text), name);
    assert.equal(squeeze(ours.text), squeeze(mailparser.text), name);
    assert.equal(squeeze(ours.html), squeeze(postal.html), name);
    assert.equal(squeeze(ours.html), squeeze(mailparser.html), name);
    assert.deepEqual(
      ours.attachments.map((one) => [one.filename, one.contentType, utf8(one.content)]),
      mailparser.attachments.map((one) => [one.filename, one.contentType, utf8(one.content)]),
      name,
    );
    // postal-mime gives text attachments a line end that belongs to the delimiter (RFC 2046 §5.1.1): names only.
    assert.deepEqual(
      ours.attachments.map((one) => [one.filename, one.contentType]),
      postal.attachments.map((one) => [one.filename, one.mimeType]),
      name,
    );
  }
});

test("a message inside a message is one attachment", () => {
  const { text, attachments } = readMessage(
    crlf(mixed("--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner words")),
  );
  assert.equal(text, "see below");
  assert.deepEqual(
    attachments.map((one) => [one.contentType, utf8(one.content)]),
    [["message/rfc822", "Subject: inner\r\n\r\ninner words"]],
  );
});

test("what is composed reads back, to us and to others", async () => {
  const content = Uint8Array.from([0, 255, 13, 10, 46]);
  const bytes = composeMessage({
    from: { name: 'Änn, the "1st"', address: "ann@arch.test" },
    to: [{ name: "Bob", address: "bob@nemesis.test" }, { address: "eve@nemesis.test" }],
    cc: [{ name: "Zoë", address: "zoe@arch.test" }],
    subject: "Grüße — 你好",
    date: Date.UTC(2026, 10, 23, 22, 27, 29),
    messageId: "<1@arch.test>",
    text: "Grüße\n.\nFrom here\n",
    html: '<p>Grüße <img src="cid:logo"></p>',
    attachments: [
      { filename: "Prüfung 1.bin", contentType: "application/x-test", content },
      { filename: "logo.png", contentType: "image/png", content, contentId: "logo" },
    ],
    headers: [["X-Thing", "a\r\nBcc: evil@y.test"]],
    boundary: "01JD",
  });
  assert.deepEqual(scanHeader(bytes).problems, []);
  const ours = readMessage(bytes);
  const postal = await PostalMime.parse(bytes);
  assert.equal(ours.subject, "Grüße — 你好");
  assert.equal(postal.subject, ours.subject);
  assert.deepEqual([ours.from[0]?.name, ours.from[0]?.address], ['Änn, the "1st"', "ann@arch.test"]);
  assert.deepEqual([postal.from?.name, postal.from?.address], ['Änn, the "1st"', "ann@arch.test"]);
  assert.deepEqual(
    ours.to.map((one) => one.address),
    ["bob@nemesis.test", "eve@nemesis.test"],
  );
  assert.equal(ours.text, "Grüße\n.\nFrom here\n");
  assert.equal(squeeze(postal.text), squeeze(ours.text));
  assert.equal(ours.html, '<p>Grüße <img src="cid:logo"></p>');
  assert.deepEqual(
    ours.attachments.map((one) => [one.filename, one.contentId, one.sizeBytes]),
    [
      ["logo.png", "logo", 5],
      ["Prüfung 1.bin", undefined, 5],
    ],
  );
  assert.deepEqual(ours.attachments[1]?.content, Buffer.from(content));
  assert.ok(!ours.headers.some(({ name }) => name.toLowerCase() === "bcc"));
});

test("composing refuses a second From in disguise", () => {
  const base = { from: { address: "a@b.test" }, date: 0, messageId: "<1@b.test>", boundary: "x" };
  assert.throws(() => composeMessage({ ...base, headers: [["FROM", "x"]] }), RangeError);
  assert.throws(() => composeMessage({ ...base, headers: [["Bcc", "x"]] }), RangeError);
  assert.throws(() => composeMessage({ ...base, headers: [["X: y\r\nZ", "x"]] }), RangeError);
});

test("any text survives composing, in lines that may travel", () => {
  const unit = fc.constantFrom(
    "a",
    "é",
    "=",
    "\n",
    ".",
    " ",
    "\t",
    "=_",
    "--=_x.m",
    "long".repeat(300),
    "\u{1f4ee}",
    "\0",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      const bytes = composeMessage({
        from: { address: "a@b.test" },
        date: 0,
        messageId: "<1@b.test>",
        boundary: "x",
        text,
        html: text,
      });
      const read = readMessage(bytes);
      assert.equal(read.text, text);
      assert.equal(read.html, text);
      for (const line of utf8(bytes).split("\r\n")) assert.ok(Buffer.byteLength(line) <= 998);
    }),
  );
});

test("html gives its words and links", () => {
  const { text, links } = readHtml(
    "<style>p{}</style><title>t</title><h1>Hi&nbsp;&amp; welcome</h1><!-- <a href=x> --><p>Click <a class=b href='https://x.test/?a=1&amp;b=2'>the <b>link</b></a> 1 < 2<br>Bye &#8364;&#x21;</p><a href=https://y.test>y</a><a name=z>",
  );
  assert.equal(text, "Hi & welcome\n\nClick the link 1 < 2\nBye €!\ny");
  assert.deepEqual(links, [
    { href: "https://x.test/?a=1&b=2", text: "the link" },
    { href: "https://y.test", text: "y" },
  ]);
});

test("links in plain text end where their sentence says", () => {
  const text = "See https://x.test/a?b=c#d. Or (http://y.test/z_(1)), <https://q.test/>! http:// no";
  assert.deepEqual(
    linksInText(text).map((link) => link.href),
    ["https://x.test/a?b=c#d", "http://y.test/z_(1)", "https://q.test/"],
  );
});

test("a one-time code is found, and nothing else is taken for one", () => {
  const table: [string, string | undefined][] = [
    ["Your verification code is 483920.", "483920"],
    ["Your code:\n\n  483 920\n\nIt expires in 10 minutes. © 2026 Arch", "483920"],
    ["G-483920 is your Google verification code.", "483920"],
    ["PIN: 4711", "4711"],
    ["Ihr Bestätigungscode lautet 83921", "83921"],
    ["Use code A1B2C3 to sign in", "A1B2C3"],
    ["Enter 12345678 as your one-time passcode", "12345678"],
    ["Your OTP is 2024", "2024"],
    ["Order 123456 has shipped", undefined],
    ["Your code is at https://x.test/483920", undefined],
    ["Discount code inside! Only $1999 until 12.12.2026", undefined],
    ["", undefined],
  ];
  for (const [text, code] of table) assert.equal(findCode(text), code, text);
});

test("hostile messages are read in bounded time", () => {
  const nested = Array.from(
    { length: 500 },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
  ).join("");
  const table: Record<string, string> = {
    nested: `${nested}\nend`,
    messages: "Content-Type: message/rfc822\n\n".repeat(5_000),
    parts: `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\nx\n".repeat(50_000)}`,
    dashes: `Content-Type: multipart/mixed; boundary=b\n\n${"--\n".repeat(300_000)}`,
    tags: `Content-Type: text/html\n\n${"<a href=x>".repeat(50_000)}`,
    opens: `Content-Type: text/html\n\n${"<".repeat(300_000)}`,
    quotes: `Content-Type: text/html\n\n${'<a href="'.repeat(50_000)}`,
    scripts: `Content-Type: text/html\n\n${"<script>".repeat(50_000)}`,
    comments: `Content-Type: text/html\n\n${"<!--".repeat(50_000)}`,
    codes: `\n${"code 123456 ".repeat(50_000)}`,
    urls: `\n${"http://".repeat(100_000)}`,
    closers: `\nhttp://x${")".repeat(100_000)}`,
    parameters: `Content-Type: text/plain${"; a*0=b".repeat(50_000)}\n\nx`,
  };
  for (const [name, text] of Object.entries(table)) {
    const started = performance.now();
    readMessage(fromLatin1(text));
    assert.ok(performance.now() - started < 3_000, name);
  }
});
