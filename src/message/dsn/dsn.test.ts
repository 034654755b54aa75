import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromLatin1, fromUtf8 } from "../../base/bytes.ts";
import { EXCHANGE, EXIM, POSTFIX, QMAIL } from "./foreign-bounces.test-data.ts";
import { parseDsn } from "./parse-dsn.ts";
import { findStatus, parseStatus, statusText } from "./status.ts";
import { decodeXtext, encodeXtext, formatTypedAddress, parseTypedAddress } from "./xtext.ts";

test("xtext is written and read as RFC 3461 says", () => {
  const table: [string, string][] = [
    ["bob@nemesis.test", "bob@nemesis.test"],
    ["a+b=c", "a+2Bb+3Dc"],
    ["two words", "two+20words"],
    ["é", "+C3+A9"],
  ];
  for (const [plain, encoded] of table) {
    assert.equal(encodeXtext(plain), encoded);
    assert.equal(decodeXtext(encoded), plain);
  }
  for (const bad of ["a=b", "a+", "a+1", "a+zz", "a b"]) assert.equal(decodeXtext(bad), undefined, bad);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(decodeXtext(encodeXtext(text)), text)),
  );
});

test("typed addresses are read, and written in ASCII where they must be", () => {
  assert.deepEqual(parseTypedAddress("RFC822; bob@nemesis.test"), {
    type: "rfc822",
    address: "bob@nemesis.test",
  });
  assert.deepEqual(parseTypedAddress("utf-8;j\\x{FC}rgen@arch.test"), {
    type: "utf-8",
    address: "jürgen@arch.test",
  });
  for (const bad of ["bob@nemesis.test", ";x", "rfc822;", "a b;c", "rfc822;a\r\nb"]) {
    assert.equal(parseTypedAddress(bad), undefined, bad);
  }
  const jürgen = { type: "rfc822", address: "jürgen@arch.test" };
  assert.equal(formatTypedAddress(jürgen), "utf-8; j\\x{FC}rgen@arch.test");
  assert.equal(formatTypedAddress(jürgen, true), "utf-8; jürgen@arch.test");
});

test("a status is explained by its detail, else by its subject", () => {
  assert.equal(statusText("5.1.1"), "Bad destination mailbox address");
  assert.equal(statusText("5.1.10"), "Recipient address has null MX");
  assert.equal(statusText("4.1.99"), "Other address status");
  assert.equal(statusText("5.99.1"), "Permanent failure");
  assert.equal(statusText("x"), "Undefined status");
  assert.deepEqual(parseStatus("4.7.650"), { class: 4, subject: 7, detail: 650 });
  assert.equal(parseStatus("3.0.0"), undefined);
});

test("the status is found in a reply, and no address is taken for one", () => {
  const table: [string, string | undefined][] = [
    ["550 5.1.1 no such user", "5.1.1"],
    ["550-5.7.1 first line", "5.7.1"],
    ["smtp; 550 #5.1.0 Address rejected", "5.1.0"],
    ["550 no such user at 5.1.1.1", undefined],
    ["550 no such user", undefined],
    ["421 4.7.0", "4.7.0"],
  ];
  for (const [reply, status] of table) assert.equal(findStatus(reply), status, reply);
});

test("the bounces of other servers are read and linked to their original", () => {
  const table: [string, string, Partial<ReturnType<typeof parseDsn>> & object, (string | undefined)[]][] = [
    [
      "Postfix",
      POSTFIX,
      {
        format: "rfc3464",
        reportingMta: "mail.arch.test",
        envelopeId: "QQ1",
        originalMessageId: "<20261123@arch.test>",
      },
      [
        "nouser@nemesis.test",
        "failed",
        "5.1.1",
        "kerio.nemesis.test",
        "550 5.1.1 <nouser@nemesis.test>: Recipient address rejected: User unknown",
      ],
    ],
    [
      "Exim",
      EXIM,
      { format: "rfc3464", reportingMta: "exim.arch.test", originalMessageId: "<E1@arch.test>" },
      ["nouser@nemesis.test", "failed", "5.0.0", "kerio.nemesis.test", "550 no such user here"],
    ],
    [
      "Exchange",
      EXCHANGE,
      { format: "rfc3464", reportingMta: "EX01.arch.test", originalMessageId: "<X1@arch.test>" },
      [
        "nouser@nemesis.test",
        "failed",
        "5.1.1",
        undefined,
        "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
      ],
    ],
    [
      "qmail",
      QMAIL,
      { format: "qmail", reportingMta: "qmail.arch.test", originalMessageId: "<Q1@arch.test>" },
      ["nouser@nemesis.test", "failed", "5.1.1", "10.66.0.31", "550 5.1.1 no mailbox here by that name"],
    ],
  ];
  for (const [name, text, expected, recipient] of table) {
    const dsn = parseDsn(fromUtf8(text.replaceAll("\n", "\r\n")));
    assert.ok(dsn !== undefined, name);
    for (const [key, value] of Object.entries(expected))
      assert.equal(dsn[key as keyof typeof dsn], value, `${name} ${key}`);
    const [first] = dsn.recipients;
    assert.deepEqual(
      [first?.finalRecipient.address, first?.action, first?.status, first?.remoteMta, first?.diagnostic],
      recipient,
      name,
    );
    assert.ok(dsn.text.length > 20, name);
  }
});

test("what is no report is not read as one", () => {
  for (const text of [
    "",
    "Subject: hi\r\n\r\nHi. This is the way.\r\n\r\nBye",
    "Content-Type: multipart/report; boundary=x\r\n\r\n--x--",
  ]) {
    assert.equal(parseDsn(fromUtf8(text)), undefined, text);
  }
});

test("any damage to a report is survived", () => {
  const whole = [POSTFIX, EXIM, EXCHANGE, QMAIL].map((text) => text.replaceAll("\n", "\r\n"));
  fc.assert(
    fc.property(
      fc.constantFrom(...whole),
      fc.nat(4000),
      fc.nat(50),
      fc.string({ unit: "binary-ascii" }),
      (text, at, cut, put) => {
        parseDsn(fromLatin1(text.slice(0, at) + put + text.slice(at + cut)));
      },
    ),
    { numRuns: 500 },
  );
});
