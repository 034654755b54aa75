import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromLatin1, fromUtf8, utf8 } from "../../base/bytes.ts";
import { formatDate, parseDate } from "./date.ts";
import { decodeWords, encodeWords } from "./encoded-word.ts";
import { findBodyStart, headerOfChunks, headerValue, headerValues, parseHeader } from "./fields.ts";
import { encodeText, formatField, formatPhrase, formatTextField } from "./format.ts";
import { formatMessageId, parseMessageId, parseMessageIds } from "./message-id.ts";
import { formatParameter, parseParameters } from "./parameters.ts";
import { formatReceived, receivedProtocol } from "./received.ts";

test("a header is split into fields with their offsets", () => {
  const bytes = fromUtf8(
    "From: a@b.test\r\nSubject: one\r\n\ttwo\r\nX-Odd : y\r\nno field\r\nTo:c@d.test\r\n\r\nBody: no",
  );
  const header = parseHeader(bytes);
  assert.deepEqual(
    header.fields.map((field) => field.name),
    ["From", "Subject", "X-Odd", "To"],
  );
  assert.equal(headerValue(header, "SUBJECT"), "one\ttwo");
  assert.equal(headerValue(header, "x-odd"), "y");
  assert.equal(headerValue(header, "body"), undefined);
  assert.deepEqual(headerValues(header, "to"), ["c@d.test"]);
  assert.deepEqual(header.strayLines, [5]);
  assert.equal(utf8(bytes.subarray(header.bodyStart)), "Body: no");
  const subject = header.fields[1];
  assert.ok(subject !== undefined);
  assert.equal(subject.raw, " one\r\n\ttwo");
  assert.equal(utf8(bytes.subarray(subject.start, subject.end)), "Subject: one\r\n\ttwo\r\n");
});

test("the body starts after the first empty line, wherever the pieces are cut", () => {
  const table: [string, number][] = [
    ["", 0],
    ["\r\nx", 2],
    ["\nx", 1],
    ["A: b", 4],
    ["A: b\r\n", 6],
    ["A: b\r\n\r\nx", 8],
    ["A: b\n\nx", 6],
    ["A: b\n\r\nx\r\n\r\n", 7],
  ];
  for (const [text, at] of table) {
    assert.equal(findBodyStart(fromUtf8(text)), at, JSON.stringify(text));
    assert.equal(parseHeader(fromUtf8(text)).bodyStart, at, JSON.stringify(text));
    const bytes = [...fromUtf8(text)].map((byte) => Uint8Array.of(byte));
    assert.equal(headerOfChunks(bytes).length, at, JSON.stringify(text));
  }
});

test("bytes that are not utf-8 are read character for byte", () => {
  assert.equal(headerValue(parseHeader(fromLatin1("Subject: caf\xe9\r\n\r\n")), "subject"), "café");
});

test("dates of all ages are read", () => {
  const table: [string, string | undefined][] = [
    ["Mon, 23 Nov 2026 22:27:29 +0000", "2026-11-23T22:27:29.000Z"],
    ["23 Nov 2026 22:27 -0800", "2026-11-24T06:27:00.000Z"],
    ["Fri, 21 Nov 1997 09:55:06 -0600 (a (nested \\) one)) (two)", "1997-11-21T15:55:06.000Z"],
    ["Fri, 21 Nov 1997 09:55:06 -0600 (never closed", "1997-11-21T15:55:06.000Z"],
    ["Fri, 21 Nov 97 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06.000Z"],
    ["Thu, 01 Jan 70 00:00:00 GMT", "1970-01-01T00:00:00.000Z"],
    ["1 Feb 03 04:05:06 EST (winter (cold))", "2003-02-01T09:05:06.000Z"],
    ["Sat, 30 Jun 2012 23:59:60 +0000", "2012-06-30T23:59:59.000Z"],
    ["31 Feb 2026 00:00:00 +0000", undefined],
    ["23 Nov 2026", undefined],
    ["", undefined],
    ["yesterday", undefined],
    ["Mon, 23 Nov 2026 25:00:00 +0000", undefined],
  ];
  for (const [text, iso] of table) {
    const ms = parseDate(text);
    assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), iso, text);
  }
  assert.equal(formatDate(Date.UTC(2026, 10, 3, 7, 8, 9)), "Tue, 03 Nov 2026 07:08:09 +0000");
  assert.equal(formatDate(Date.UTC(2026, 10, 3, 23, 8, 9), 330), "Wed, 04 Nov 2026 04:38:09 +0530");
});

test("a date survives being written and read", () => {
  const second = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(second, fc.integer({ min: -720, max: 840 }), (seconds, offset) => {
      assert.equal(parseDate(formatDate(seconds * 1000, offset)), seconds * 1000);
    }),
  );
});

test("encoded words are decoded", () => {
  const table: [string, string][] = [
    ["plain", "plain"],
    ["=?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"],
    ["=?ISO-8859-1?B?Y2Fm6Q==?=", "café"],
    ["=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€"],
    ["a =?utf-8?q?b?= c", "a b c"],
    ["=?utf-8?q?a?= =?utf-8?q?b?=", "ab"],
    ["=?utf-8?q?a?=\r\n  =?iso-8859-1?q?=E9?=", "aé"],
    ["=?utf-8*en?q?x?=", "x"],
    ["=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"],
    ["=?nonsense?q?x=E9?=", "xé"],
    ["=?utf-8?x?y?=", "=?utf-8?x?y?="],
    ["=?utf-8?q?open", "=?utf-8?q?open"],
    ["=?", "=?"],
  ];
  for (const [text, decoded] of table) assert.equal(decodeWords(text), decoded, text);
});

test("any text survives encoding, in words of at most 75 characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (text) => {
      const words = encodeWords(text);
      for (const word of words.split(" ")) assert.ok(word.length <= 75, word);
      assert.equal(decodeWords(words), text);
      assert.equal(decodeWords(encodeText(text, false)), text);
    }),
  );
});

test("parameters are read with quotes, comments and continuations", () => {
  const read = (text: string): [string, Record<string, string>] => {
    const { value, parameters } = parseParameters(text);
    return [value, Object.fromEntries(parameters)];
  };
  assert.deepEqual(read('Text/Plain; charset="utf-8" (x;y); Format=flowed'), [
    "text/plain",
    { charset: "utf-8", format: "flowed" },
  ]);
  assert.deepEqual(read('attachment; filename="a;b\\".txt"'), ["attachment", { filename: 'a;b".txt' }]);
  assert.deepEqual(read("attachment; filename*=utf-8'de'%C3%BC.txt"), ["attachment", { filename: "ü.txt" }]);
  assert.deepEqual(read("a/b; n*1=\"two\"; n*0*=utf-8''%E2%82%AC; n*2*=%21"), ["a/b", { n: "€two!" }]);
  assert.deepEqual(read('a/b; name="=?utf-8?q?=C3=BC?="'), ["a/b", { name: "ü" }]);
  assert.deepEqual(read("a/b; x; =y; z=1; z=2; __proto__=3"), ["a/b", { z: "1", ["__proto__"]: "3" }]);
});

test("a parameter survives being written and read", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
      const clean = text.replaceAll(/[\0-\x1f\x7f]/g, " ");
      if (clean.includes("=?")) return;
      assert.equal(parseParameters(`a/b${formatParameter("n", text)}`).parameters.get("n"), clean);
    }),
  );
});

test("no value can start a field of its own, and no line is too long", () => {
  const unit = fc.constantFrom(
    "a",
    "é",
    " ",
    "\r",
    "\n",
    "\t",
    "\0",
    ":",
    "Bcc: x@y.test",
    "word ",
    "=?",
    "x".repeat(400),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.boolean(), (text, unicode) => {
      for (const field of [formatTextField("Subject", text, unicode), formatField("X-Thing", text)]) {
        const header = parseHeader(fromUtf8(`${field}End: 1\r\n\r\n`));
        assert.deepEqual(header.strayLines, []);
        assert.equal(header.fields.length, 2, JSON.stringify(field));
        for (const line of field.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 998);
        assert.ok(!/[^\r]\n|\r[^\n]|\0/.test(field));
      }
      assert.ok(!/[\r\n]/.test(formatPhrase(text)));
    }),
  );
});

test("message ids are found however they are written", () => {
  assert.equal(parseMessageId(" (x) <a@b> "), "<a@b>");
  assert.equal(parseMessageId("a@b"), "<a@b>");
  assert.equal(parseMessageId("two words"), undefined);
  assert.deepEqual(parseMessageIds("<a@b><c@d>, <e@\r\n f> < > <g"), ["<a@b>", "<c@d>", "<e@f>"]);
  assert.equal(formatMessageId("01J\r\nX: y", "presto.test"), "<01JX:y@presto.test>");
});

test("received names the protocol as RFC 3848 and RFC 6531 do", () => {
  const no = { service: "smtp", extended: true, tls: false, authenticated: false, smtputf8: false } as const;
  const table: [Partial<Parameters<typeof receivedProtocol>[0]>, string][] = [
    [{ extended: false }, "SMTP"],
    [{}, "ESMTP"],
    [{ tls: true }, "ESMTPS"],
    [{ authenticated: true }, "ESMTPA"],
    [{ tls: true, authenticated: true, service: "submission" }, "ESMTPSA"],
    [{ tls: true, smtputf8: true }, "UTF8SMTPS"],
    [{ service: "lmtp" }, "LMTP"],
    [{ service: "lmtp", smtputf8: true, authenticated: true }, "UTF8LMTPA"],
  ];
  for (const [facts, expected] of table) assert.equal(receivedProtocol({ ...no, ...facts }), expected);
});

test("received is folded, and a client cannot write header lines with its name", () => {
  const field = formatReceived({
    helo: "evil\r\nBcc: x@y.test",
    remoteAddress: "fd66::11",
    remoteName: "presto.arch.test",
    hostname: "edge.nemesis.test",
    protocol: "ESMTPS",
    queueId: "01JD3K5Q7M4WZ8",
    recipient: "bob@nemesis.test",
    tls: { protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
    at: Date.UTC(2026, 10, 23, 22, 27, 29),
  });
  assert.equal(
    field,
    [
      "Received: from evilBcc:x@y.test (presto.arch.test [IPv6:fd66::11])",
      "\tby edge.nemesis.test with ESMTPS",
      "\t(TLSv1.3 cipher TLS_AES_256_GCM_SHA384)",
      "\tid 01JD3K5Q7M4WZ8",
      "\tfor <bob@nemesis.test>;",
      "\tMon, 23 Nov 2026 22:27:29 +0000",
      "",
    ].join("\r\n"),
  );
});

test("any bytes can be read as a header", () => {
  const unit = fc.constantFrom(
    "\r",
    "\n",
    ":",
    " ",
    "A",
    "\x80",
    "\xc3",
    "\0",
    "=?",
    "?q?",
    "?=",
    ";",
    '"',
    "(",
    "<",
    ">",
    "*0*=",
    "%",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      const bytes = fromLatin1(text);
      const header = parseHeader(bytes);
      assert.equal(header.bodyStart, findBodyStart(bytes));
      for (const field of header.fields) {
        const value = headerValue(header, field.name) ?? "";
        decodeWords(value);
        parseParameters(value);
        parseDate(value);
        parseMessageIds(value);
      }
    }),
    { numRuns: 2000 },
  );
});
