import assert from "node:assert/strict";
import { test } from "node:test";
import { describeAction } from "./describe.ts";
import { formatFaultPlace } from "./fault-place.ts";
import { parseFault } from "./schema.ts";

const READ: readonly (readonly [at: string, action: Record<string, unknown>, text: string])[] = [
  ["kerio.smtp.RCPT", { reply: "450 4.2.1 busy" }, "reply 450 4.2.1 busy"],
  ["kerio.smtp.rcpt", { reply: 451 }, "reply 451 4.3.0 try again later"],
  ["kerio.smtp.DATA", { reply: "554 no" }, "reply 554 no"],
  ["edge.smtp.EHLO", { hide: "STARTTLS size" }, "hide STARTTLS, SIZE"],
  ["edge.smtp.MAIL", { ratelimit: "10/1m", reply: 421 }, "ratelimit 10/1m, reply 421 4.3.2 not now, closing"],
  ["edge.smtp.CONNECT", { delay: "30s", drop: true }, "delay 30s, drop"],
  ["dc.dns", { rcode: "servfail", for: "10m" }, "rcode SERVFAIL, for 10m"],
  [
    "dc.dns",
    { wrong: ["A 10.66.0.99", "MX 5 dead.nemesis.test."] },
    "wrong A 10.66.0.99, MX 5 dead.nemesis.test.",
  ],
  ["dc.dns", { truncate: true }, "truncate"],
  ["presto->edge", { tls: "strip" }, "tls strip"],
  [
    "* -> edge",
    { throttle: "10KB/s", slice: 100, limit: "1MB" },
    "limit 1 MB, throttle 10 KB/s, slice 100 B",
  ],
  ["kerio", { down: true, for: "2h" }, "down, for 2h"],
];

test("faults of the lab file are read and said again in its words", () => {
  for (const [at, action, text] of READ) {
    const parsed = parseFault({ at, do: action });
    assert.ok(parsed.ok, `${at}: ${JSON.stringify(parsed)}`);
    assert.equal(describeAction(parsed.value.do), text);
    assert.equal(formatFaultPlace(parsed.value.at).toLowerCase(), at.toLowerCase().replaceAll(" ", ""));
    assert.deepEqual(parsed.value.entry, { at, do: action });
  }
});

const REFUSED: readonly (readonly [entry: unknown, complaint: RegExp])[] = [
  [
    { at: "kerio.smtp.RCTP", do: { reply: 451 } },
    /at: "kerio.smtp.RCTP" names no point .*points: CONNECT, EHLO/,
  ],
  [{ at: "kerio.imap", do: { drop: true } }, /at: "kerio.imap" is no place .*presto->edge/],
  [{ at: "kerio.smtp.RCPT", do: { replay: 451 } }, /unknown setting "replay"; did you mean "reply"/],
  [
    { at: "kerio", elsewhere: 1, do: { down: true } },
    /unknown setting "elsewhere".*known here: id, at, when, do/,
  ],
  [{ at: "kerio.smtp.RCPT", when: { nth: 1 }, do: { reply: 451 } }, /unknown setting "nth"/],
  [{ at: "kerio.smtp.RCPT", do: { reply: "650 x" } }, /do.reply: "650 x" is not a reply/],
  [{ at: "kerio.smtp.RCPT", do: { reply: "450 5.1.1 x" } }, /class/],
  [{ at: "kerio.smtp.RCPT", do: { rcode: "SERVFAIL" } }, /kerio.smtp.RCPT cannot rcode; it can: reply/],
  [
    { at: "kerio.smtp.MAIL", when: { to: "*" }, do: { reply: 451 } },
    /cannot match on to; it can on: n, every/,
  ],
  [{ at: "dc.dns", do: { rcode: "SERVFAIL", delay: "1s" } }, /exclude each other/],
  [{ at: "dc.dns", do: { rcode: "BROKEN" } }, /do.rcode: "BROKEN" is not a response code/],
  [{ at: "dc.dns", do: { wrong: "A 10.66.0" } }, /is not a record such as "A 10.66.0.99"/],
  [{ at: "dc.dns", when: { query: "a b c" }, do: { drop: true } }, /when.query: "a b c" is not a question/],
  [{ at: "a->b", do: { reply: 451 } }, /a->b cannot reply/],
  [{ at: "a->b", do: { drop: true, reset: true } }, /drop and reset exclude each other/],
  [{ at: "a->b", do: { for: "1h" } }, /do: does nothing/],
  [{ at: "a->b", when: { n: 0 }, do: { drop: true } }, /when.n/],
  [{ at: "a->b", do: { ratelimit: "10" } }, /a rate such as "10\/1m"/],
  ["kerio down", /a mapping/],
];

test("what is no fault is refused with what could stand there", () => {
  for (const [entry, complaint] of REFUSED) {
    const parsed = parseFault(entry);
    assert.equal(parsed.ok, false, JSON.stringify(entry));
    assert.match(parsed.ok ? "" : parsed.error.join("\n"), complaint);
  }
});
