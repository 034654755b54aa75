import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Domain } from "./address.ts";
import { formatLocalPart, formatMailbox, formatPath, needsSmtputf8, toUnicodeDomain } from "./address.ts";
import { parseMailbox, parsePath, readPath } from "./path.ts";

const name = (text: string, ascii = text.toLowerCase()): Domain => ({ kind: "name", name: ascii, text });

test("paths are read as RFC 5321 writes them", () => {
  const table: [string, string, Domain][] = [
    ["<ann@arch.test>", "ann", name("arch.test")],
    ["<Ann.B@Arch.TEST>", "Ann.B", name("Arch.TEST")],
    ["<user@localhost>", "user", name("localhost")],
    ["<user@jenny>", "user", name("jenny")],
    ["<user@192.168.1.32>", "user", { kind: "bareAddress", address: "192.168.1.32" }],
    ["<parser@[192.168.1.32]>", "parser", { kind: "ipv4", address: "192.168.1.32" }],
    ["<a@[IPv6:FD66:0::21]>", "a", { kind: "ipv6", address: "fd66::21" }],
    ["<a@[ipv6:::1]>", "a", { kind: "ipv6", address: "::1" }],
    ["<a@[fd66::1]>", "a", { kind: "ipv6", address: "fd66::1" }],
    ["<a@[X25:3110.05]>", "a", { kind: "general", tag: "X25", text: "3110.05" }],
    ["<@a.test,@b.test:c@d.test>", "c", name("d.test")],
    ["<@[10.66.0.1]:c@d.test>", "c", name("d.test")],
    ['<"a b"@c.test>', "a b", name("c.test")],
    ['<"a\\"\\\\>b"@c.test>', 'a"\\>b', name("c.test")],
    ['<""@c.test>', "", name("c.test")],
    ["<o'hara+tag=x/y@c.test>", "o'hara+tag=x/y", name("c.test")],
    ["<jürgen@bücher.test>", "jürgen", name("bücher.test", "xn--bcher-kva.test")],
    ["<a@my_host.test>", "a", name("my_host.test")],
  ];
  for (const [text, localPart, domain] of table) {
    const path = parsePath(text);
    assert.ok(path.ok && path.value.kind === "mailbox", text);
    assert.deepEqual(path.value.mailbox.localPart, localPart, text);
    assert.deepEqual(path.value.mailbox.domain, domain, text);
  }
  assert.deepEqual(parsePath("<>"), { ok: true, value: { kind: "null" } });
  assert.deepEqual(parsePath("<PostMaster>"), {
    ok: true,
    value: { kind: "postmaster", localPart: "PostMaster" },
  });
});

test("paths that are none are refused by name and place", () => {
  const table: [string, string, number?][] = [
    ["", "missing-bracket", 0],
    ["ann@arch.test", "missing-bracket", 0],
    ["<ann@arch.test", "unclosed-path", 14],
    ["<ann>", "missing-domain", 4],
    ["<ann@>", "bad-domain", 5],
    ["<@arch.test>", "bad-source-route"],
    ["<@a,b:c@d>", "bad-source-route"],
    ["<.a@b.test>", "bad-local-part"],
    ["<a..b@b.test>", "bad-local-part"],
    ["<a.@b.test>", "bad-local-part"],
    ["< a@b.test>", "bad-local-part"],
    ['<"a@b.test>', "bad-local-part"],
    ['<"a\tb"@b.test>', "bad-local-part"],
    ["<a@b..test>", "bad-domain"],
    ["<a@b.test.>", "bad-domain"],
    ["<a@-b.test>", "bad-domain"],
    ["<a@192.168.1.300>", "bad-domain"],
    ["<a@[192.168.1.300]>", "bad-literal"],
    ["<a@[IPv6:1:2]>", "bad-literal"],
    ["<a@[10.0.0.1>", "bad-literal"],
    ["<a@[x-:y]>", "bad-literal"],
    ["<a@b.test> SIZE=1", "trailing-text", 10],
    ["<a\u{fffd}@b.test>", "bad-utf8"],
    [`<${"a".repeat(65)}@b.test>`, "too-long"],
    [`<${"ü".repeat(33)}@b.test>`, "too-long"],
    [`<a@${"b".repeat(64)}.test>`, "bad-domain"],
    [`<a@${"b.".repeat(127)}test>`, "too-long"],
    [`<${"@b.test,".repeat(40)}@c.test:a@b.test>`, "too-long"],
  ];
  for (const [text, problem, at] of table) {
    const path = parsePath(text);
    assert.ok(!path.ok, text);
    assert.equal(path.error.problem, problem, text);
    if (at !== undefined) assert.equal(path.error.at, at, text);
  }
});

test("a local part of 64 octets is still welcome", () => {
  assert.ok(parsePath(`<${"a".repeat(64)}@b.test>`).ok);
  assert.ok(parsePath(`<${"ü".repeat(32)}@b.test>`).ok);
});

test("a path in a command line ends where it ends", () => {
  const line = 'MAIL FROM:<"a> b"@c.test> SIZE=100';
  const read = readPath(line, 10);
  assert.ok(read.ok);
  assert.equal(line.slice(read.value.end), " SIZE=100");
});

test("an international domain can go on in ASCII, an international local part cannot", () => {
  const domainOnly = parseMailbox("ann@bücher.test");
  assert.ok(domainOnly.ok && domainOnly.value.smtputf8 && !needsSmtputf8(domainOnly.value));
  assert.equal(formatMailbox(domainOnly.value), "ann@xn--bcher-kva.test");
  const local = parseMailbox("jürgen@arch.test");
  assert.ok(local.ok && local.value.smtputf8 && needsSmtputf8(local.value));
  assert.equal(toUnicodeDomain("xn--bcher-kva.test"), "bücher.test");
  assert.equal(toUnicodeDomain("arch.test"), "arch.test");
});

test("a local part is quoted only when it must be", () => {
  assert.equal(formatLocalPart("a.b"), "a.b");
  assert.equal(formatLocalPart("a..b"), '"a..b"');
  assert.equal(formatLocalPart(""), '""');
  assert.equal(formatLocalPart('a"b\\'), '"a\\"b\\\\"');
});

test("what is written reads back as the same path", () => {
  const localPart = fc
    .string({ unit: "binary-ascii", maxLength: 20 })
    .filter((s) => !/[\0-\x1f\x7f]/.test(s));
  const domain = fc.constantFrom(
    "arch.test",
    "localhost",
    "[10.0.0.1]",
    "[IPv6:::1]",
    "[X:y]",
    "1.2.3.4",
    "bü.test",
  );
  fc.assert(
    fc.property(localPart, domain, (local, at) => {
      const first = parsePath(`<${formatLocalPart(local)}@${at}>`);
      assert.ok(first.ok && first.value.kind === "mailbox");
      assert.equal(first.value.mailbox.localPart, local);
      const written = formatPath(first.value);
      const second = parsePath(written);
      assert.ok(second.ok);
      assert.equal(formatPath(second.value), written);
    }),
  );
});

test("no text makes the parser throw", () => {
  const unit = fc.constantFrom(...'<>@.,:;[]"\\ ab1-ü\u{fffd}\u{d800}\0１。');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      parsePath(text);
      parsePath(`<${text}>`);
      const mailbox = parseMailbox(text);
      if (mailbox.ok) assert.ok(parseMailbox(formatMailbox(mailbox.value)).ok, text);
    }),
    { numRuns: 3000 },
  );
});
