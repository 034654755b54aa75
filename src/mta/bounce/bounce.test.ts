import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { scanHeader } from "../../message/compliance.ts";
import { parseDsn } from "../../message/dsn/parse-dsn.ts";
import type { DsnAction } from "../../message/dsn/report.ts";
import { parseMime } from "../../message/mime/parse-mime.ts";
import { partContent } from "../../message/mime/part.ts";
import type { DsnNotify } from "../envelope.ts";
import { adviceFor } from "./advice.ts";
import { bounceFor } from "./bounce.ts";
import { wants } from "./decide.ts";
import type { BounceDecision, DeliveryReport, ReportedRecipient } from "./report.ts";

const NOW = Date.UTC(2026, 10, 23, 22, 0, 0);
const ORIGINAL = fromUtf8(
  "From: ann@arch.test\r\nTo: bob@nemesis.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@arch.test>\r\n\r\nThe body.\r\n",
);
const BOB: ReportedRecipient = {
  address: "bob@nemesis.test",
  orcpt: "rfc822;robert@nemesis.test",
  notify: undefined,
  action: "failed",
  status: "5.1.1",
  diagnostic: "550 5.1.1 no such user",
  remoteMta: "kerio.nemesis.test",
  lastAttemptAt: NOW - 1000,
};

function report(change: Partial<DeliveryReport> = {}): DeliveryReport {
  return {
    queueId: "01JD3K5Q7M4WZ8",
    envelope: { reversePath: "ann@arch.test", ret: undefined, envid: "QQ314159", smtputf8: false },
    recipients: [BOB],
    original: ORIGINAL,
    arrivalAt: NOW - 60_000,
    now: NOW,
    hostname: "presto.arch.test",
    id: "01JD3K5Q7M4WZ9",
    ...change,
  };
}

function sent(change: Partial<DeliveryReport> = {}): Extract<BounceDecision, { kind: "send" }> {
  const decision = bounceFor(report(change));
  assert.equal(decision.kind, "send");
  return decision as Extract<BounceDecision, { kind: "send" }>;
}

test("a failure goes back to the sender from the null reverse path", () => {
  const bounce = sent();
  assert.deepEqual(bounce.envelope, {
    reversePath: "",
    recipients: [{ index: 0, address: "ann@arch.test", notify: ["NEVER"] }],
    body: "7BIT",
    smtputf8: false,
  });
  assert.equal(bounce.action, "failed");
  assert.deepEqual(bounce.recipients, ["bob@nemesis.test"]);
  assert.deepEqual(scanHeader(bounce.content).problems, []);
  const dsn = parseDsn(bounce.content);
  assert.ok(dsn !== undefined);
  const { text, ...fields } = dsn;
  assert.deepEqual(fields, {
    format: "rfc3464",
    reportingMta: "presto.arch.test",
    envelopeId: "QQ314159",
    arrivalAt: NOW - 60_000,
    originalMessageId: "<1@arch.test>",
    originalSubject: "=?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    recipients: [
      {
        originalRecipient: { type: "rfc822", address: "robert@nemesis.test" },
        finalRecipient: { type: "rfc822", address: "bob@nemesis.test" },
        action: "failed",
        status: "5.1.1",
        remoteMta: "kerio.nemesis.test",
        diagnostic: "550 5.1.1 no such user",
        lastAttemptAt: NOW - 1000,
        willRetryUntil: undefined,
      },
    ],
  });
  assert.equal(
    text,
    `This is the mail server presto.arch.test.

Your message could not be delivered to the recipients below. It will not be
tried again.

  bob@nemesis.test
    What happened: There is no mailbox with this address.
    The server kerio.nemesis.test said:
      550 5.1.1 no such user
    What to do: Check the spelling before the @, and send again.

Your message:
  Subject: Grüße
  Arrived here: Mon, 23 Nov 2026 21:59:00 +0000
  Reference: 01JD3K5Q7M4WZ8 (your administrator finds it by this)
`,
  );
});

test("a bounce is never bounced", () => {
  const decision = bounceFor(
    report({ envelope: { reversePath: "", ret: "FULL", envid: undefined, smtputf8: false } }),
  );
  assert.equal(decision.kind, "none");
  assert.equal(decision.reason.rfc, "RFC 5321 §4.5.5");
});

test("NOTIFY decides which reports are sent", () => {
  const table: [readonly DsnNotify[] | undefined, Record<DsnAction, boolean>][] = [
    [undefined, { failed: true, delayed: true, delivered: false, relayed: false, expanded: false }],
    [["NEVER"], { failed: false, delayed: false, delivered: false, relayed: false, expanded: false }],
    [["FAILURE"], { failed: true, delayed: false, delivered: false, relayed: false, expanded: false }],
    [["DELAY"], { failed: false, delayed: true, delivered: false, relayed: false, expanded: false }],
    [["SUCCESS"], { failed: false, delayed: false, delivered: true, relayed: true, expanded: true }],
    [
      ["SUCCESS", "FAILURE", "DELAY"],
      { failed: true, delayed: true, delivered: true, relayed: true, expanded: true },
    ],
  ];
  for (const [notify, expected] of table) {
    for (const [action, yes] of Object.entries(expected)) {
      assert.equal(wants(notify, action as DsnAction), yes, `${notify?.join()} ${action}`);
      const decision = bounceFor(report({ recipients: [{ ...BOB, notify, action: action as DsnAction }] }));
      assert.equal(decision.kind, yes ? "send" : "none");
    }
  }
});

test("one report tells of several recipients, but only of those who count", () => {
  const bounce = sent({
    recipients: [
      { ...BOB, notify: ["NEVER"] },
      { ...BOB, address: "eve@nemesis.test", action: "delayed", status: "4.4.1", willRetryUntil: NOW + 5000 },
      { ...BOB, address: "kim@nemesis.test", orcpt: undefined },
    ],
  });
  assert.deepEqual(bounce.recipients, ["eve@nemesis.test", "kim@nemesis.test"]);
  const dsn = parseDsn(bounce.content);
  assert.deepEqual(
    dsn?.recipients.map((one) => [one.finalRecipient.address, one.action, one.willRetryUntil]),
    [
      ["eve@nemesis.test", "delayed", NOW + 5000],
      ["kim@nemesis.test", "failed", undefined],
    ],
  );
  assert.match(dsn?.text ?? "", /will be tried until/);
});

test("RET decides what goes back, and a large message never does", () => {
  const third = (change: Partial<DeliveryReport>): [string | undefined, string] => {
    const part = parseMime(sent(change).content).children[2];
    assert.ok(part !== undefined);
    return [part.contentType, utf8(partContent(part))];
  };
  const envelope = (ret: "FULL" | "HDRS" | undefined): DeliveryReport["envelope"] => ({
    ...report().envelope,
    ret,
  });
  const [fullType, full] = third({ envelope: envelope("FULL") });
  assert.equal(fullType, "message/rfc822");
  assert.equal(full, utf8(ORIGINAL));
  for (const ret of ["HDRS", undefined] as const) {
    const [type, header] = third({ envelope: envelope(ret) });
    assert.equal(type, "text/rfc822-headers");
    assert.ok(header.includes("Message-ID: <1@arch.test>") && !header.includes("body"));
  }
  const delayed = [{ ...BOB, action: "delayed" as const }];
  assert.equal(third({ envelope: envelope("FULL"), recipients: delayed })[0], "text/rfc822-headers");
  const large = fromUtf8(`${utf8(ORIGINAL)}${"large\r\n".repeat(10_000)}`);
  assert.equal(third({ envelope: envelope("FULL"), original: large })[0], "text/rfc822-headers");
});

test("an international message gets an international report", () => {
  const bounce = sent({
    envelope: { ...report().envelope, reversePath: "jürgen@arch.test", smtputf8: true },
    recipients: [{ ...BOB, address: "bøb@nemesis.test" }],
  });
  assert.equal(bounce.envelope.smtputf8, true);
  assert.equal(bounce.envelope.body, "8BITMIME");
  const message = parseMime(bounce.content);
  assert.deepEqual(
    message.children.map((part) => part.contentType),
    ["text/plain", "message/global-delivery-status", "message/global-headers"],
  );
  assert.deepEqual(parseDsn(bounce.content)?.recipients[0]?.finalRecipient, {
    type: "utf-8",
    address: "bøb@nemesis.test",
  });
  assert.equal(sent({ envelope: { ...report().envelope, smtputf8: true } }).envelope.smtputf8, false);
});

test("nothing the other side said can forge a field or a part", () => {
  const unit = fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    "--=_01JD3K5Q7M4WZ9",
    "--",
    "Action: delivered",
    "é",
    "x".repeat(600),
    ": ",
  );
  const words = fc.string({ unit, maxLength: 12 });
  fc.assert(
    fc.property(words, words, words, words, (diagnostic, remoteMta, envid, header) => {
      const bounce = sent({
        envelope: { ...report().envelope, envid, ret: "FULL" },
        recipients: [{ ...BOB, diagnostic, remoteMta }],
        original: fromUtf8(`Subject: ${header}\r\n\r\n${header}`),
      });
      const errors = scanHeader(bounce.content).problems;
      assert.deepEqual(errors, []);
      const dsn = parseDsn(bounce.content);
      assert.equal(dsn?.recipients.length, 1);
      assert.equal(dsn.recipients[0]?.action, "failed");
      assert.equal(parseMime(bounce.content).children.length, 3);
      for (const line of utf8(bounce.content).split("\r\n")) assert.ok(Buffer.byteLength(line) <= 998);
    }),
  );
});

test("every status has an explanation and advice", () => {
  for (const status of ["5.1.1", "4.4.7", "5.9.9", "5.7.999", "nonsense", "2.0.0"]) {
    const { happened, todo } = adviceFor(status);
    assert.ok(happened.endsWith(".") && todo.endsWith("."), status);
  }
});
