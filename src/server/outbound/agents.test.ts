import assert from "node:assert/strict";
import { test } from "node:test";
import { fromLatin1, latin1, utf8 } from "../../base/bytes.ts";
import { Fault } from "../../base/fault.ts";
import type { Files } from "../../base/files.ts";
import type { HttpRequest } from "../../base/http.ts";
import type { DeliverAnswer, DeliverRequest, MailStore } from "../../store/mail-store.ts";
import { createDropAgent } from "./drop/drop-agent.ts";
import { createMailboxAgent } from "./mailbox/mailbox-agent.ts";
import { JOB_CONTENT, remember, testJob } from "./testing-job.ts";
import { ATTACHMENT_BYTES_MAX, BODY_CHARACTERS_MAX } from "./webhook/payload.ts";
import type { ReadableMessage } from "./webhook/payload.ts";
import { verifySignature } from "./webhook/signature.ts";
import { createWebhookAgent } from "./webhook/webhook-agent.ts";

const clock = { now: () => 1_767_603_600_000, after: () => ({ cancel: () => undefined }) };

function storeThat(deliver: (request: DeliverRequest) => Promise<DeliverAnswer>): MailStore {
  return { deliver } as unknown as MailStore;
}

const STORE_ANSWERS: readonly (readonly [
  DeliverAnswer | Fault,
  "defer" | "fail",
  result: string,
  status: string,
])[] = [
  [{ kind: "stored", uid: 4, again: false }, "defer", "delivered", "2.0.0"],
  [{ kind: "stored", uid: 4, again: true }, "defer", "delivered", "2.0.0"],
  [{ kind: "noAccount" }, "defer", "failed", "5.1.1"],
  [{ kind: "overQuota", what: "bytes", max: 10, used: 9 }, "defer", "deferred", "4.2.2"],
  [{ kind: "overQuota", what: "bytes", max: 10, used: 9 }, "fail", "failed", "5.2.2"],
  [new Fault("io", "/var/mail broke"), "defer", "deferred", "4.3.0"],
  [new Fault("diskFull", "/var/mail full"), "defer", "deferred", "4.3.1"],
];

test("every answer of the store becomes an outcome, and no reply shows a path", async () => {
  for (const [answer, overQuota, result, status] of STORE_ANSWERS) {
    const recorder = remember();
    const store = storeThat(() =>
      answer instanceof Fault ? Promise.reject(answer) : Promise.resolve(answer),
    );
    const deliver = createMailboxAgent({ store, recorder, hostname: "kerio.nemesis.test", overQuota });
    const [outcome] = await deliver(testJob({ kind: "local", account: "bob@nemesis.test" }));
    assert.deepEqual([outcome?.result, outcome?.status], [result, status]);
    assert.doesNotMatch(outcome?.reply ?? "", /\//);
    assert.equal(recorder.bodies.length, result === "delivered" ? 1 : 0);
  }
});

test("a stored message has its return path in front and a name for good", async () => {
  const asked: DeliverRequest[] = [];
  const store = storeThat((request) => {
    asked.push(request);
    return Promise.resolve({ kind: "stored", uid: 1, again: false });
  });
  const deliver = createMailboxAgent({ store, recorder: remember(), hostname: "h" });
  await deliver(testJob({ kind: "local", account: "bob", mailbox: "Work" }, ["bob@x.test", "bob@y.test"]));
  assert.deepEqual(
    asked.map(({ deliveryId, mailbox }) => [deliveryId, mailbox]),
    [
      ["Q1:0", "Work"],
      ["Q1:1", "Work"],
    ],
  );
  assert.equal(latin1(asked[0]?.added ?? new Uint8Array()), "Return-Path: <ann@arch.test>\r\n");
  assert.equal(latin1(asked[0]?.content ?? new Uint8Array()), JOB_CONTENT);
});

function filesThat(write: Files["writeAtomically"]): Files {
  return { writeAtomically: write, makeFolder: () => Promise.resolve() } as unknown as Files;
}

test("a drop is the message, then its envelope under the same name", async () => {
  const written: [string, string][] = [];
  const files = filesThat((path, bytes) => {
    written.push([path, utf8(bytes)]);
    return Promise.resolve();
  });
  const recorder = remember();
  const deliver = createDropAgent({ files, recorder, baseFolder: "/lab" });
  const job = testJob({ kind: "drop", folder: "Drop" }, ["../../etc@x.test", "b@x.test"]);
  const outcomes = await deliver(job);
  assert.deepEqual(
    written.map(([path]) => path),
    ["/lab/Drop/20260105T090000123Z-Q1-0.eml", "/lab/Drop/20260105T090000123Z-Q1-0.json"],
  );
  assert.equal(written[0]?.[1], JOB_CONTENT);
  assert.deepEqual(JSON.parse(written[1]?.[1] ?? ""), {
    version: 1,
    queueId: "Q1",
    receivedAt: "2026-01-05T09:00:00.123Z",
    reversePath: "ann@arch.test",
    recipients: [{ address: "../../etc@x.test" }, { address: "b@x.test" }],
    sizeBytes: JOB_CONTENT.length,
    message: "20260105T090000123Z-Q1-0.eml",
  });
  assert.deepEqual(
    outcomes.map((outcome) => outcome.result),
    ["delivered", "delivered"],
  );
  assert.deepEqual(recorder.bodies, [{ kind: "drop", queueId: "Q1", file: written[0]?.[0] }]);
});

test("a drop folder that is full is tried again later", async () => {
  const files = filesThat(() => Promise.reject(new Fault("diskFull", "/lab/Drop: ENOSPC")));
  const recorder = remember();
  const [outcome] = await createDropAgent({ files, recorder, baseFolder: "/lab" })(
    testJob({ kind: "drop", folder: "Drop" }),
  );
  assert.deepEqual(
    [outcome?.result, outcome?.status, outcome?.reply],
    ["deferred", "4.3.1", "drop folder full"],
  );
  assert.deepEqual(recorder.bodies, []);
});

function readable(message: Partial<ReadableMessage> = {}): () => ReadableMessage {
  return () => ({
    headers: [{ name: "Subject", value: "hi" }],
    subject: "hi",
    messageId: undefined,
    text: "body",
    html: undefined,
    links: [],
    code: undefined,
    attachments: [],
    ...message,
  });
}

const HTTP_ANSWERS: readonly (readonly [status: number | Fault, result: string, enhanced: string])[] = [
  [200, "delivered", "2.0.0"],
  [202, "delivered", "2.0.0"],
  [301, "deferred", "4.3.0"],
  [400, "failed", "5.3.0"],
  [410, "failed", "5.3.0"],
  [408, "deferred", "4.3.0"],
  [425, "deferred", "4.3.0"],
  [429, "deferred", "4.3.0"],
  [500, "deferred", "4.3.0"],
  [503, "deferred", "4.3.0"],
  [new Fault("refused", "nobody there"), "deferred", "4.4.1"],
  [new Fault("tls", "bad certificate"), "deferred", "4.3.0"],
];

test("every answer of a webhook becomes an outcome, and is recorded", async () => {
  for (const [status, result, enhanced] of HTTP_ANSWERS) {
    const recorder = remember();
    const post = (): Promise<{ status: number; body: string }> =>
      status instanceof Fault ? Promise.reject(status) : Promise.resolve({ status, body: "so\r\nsays it" });
    const deliver = createWebhookAgent({ post, read: readable(), recorder, clock });
    const [outcome] = await deliver(testJob({ kind: "webhook", url: "http://127.0.0.1:3000/in" }));
    assert.deepEqual([outcome?.result, outcome?.status], [result, enhanced], String(status));
    assert.doesNotMatch(outcome?.reply ?? "", /[\r\n]/);
    assert.equal(recorder.bodies[0]?.kind, "webhook");
  }
});

test("Retry-After is told in the reply", async () => {
  const post = () => Promise.resolve({ status: 429, body: "busy", retryAfter: "60" });
  const deliver = createWebhookAgent({ post, read: readable(), recorder: remember(), clock });
  const [outcome] = await deliver(testJob({ kind: "webhook", url: "http://127.0.0.1/" }));
  assert.equal(outcome?.reply, "HTTP 429 (Retry-After: 60) busy");
});

test("a call is signed, and carries the same key at every attempt", async () => {
  const calls: HttpRequest[] = [];
  const post = (request: HttpRequest) => {
    calls.push(request);
    return Promise.resolve({ status: 503, body: "" });
  };
  const deliver = createWebhookAgent({ post, read: readable(), recorder: remember(), clock });
  const job = testJob({ kind: "webhook", url: "http://127.0.0.1/", secret: "s3cret" });
  await deliver(job);
  await deliver({ ...job, attempt: 2 });
  const [first, second] = calls;
  assert.ok(first && second);
  assert.equal(first.headers["Idempotency-Key"], "Q1:0");
  assert.equal(second.headers["Idempotency-Key"], "Q1:0");
  const header = first.headers["Posthorn-Signature"] ?? "";
  const seconds = clock.now() / 1000;
  assert.equal(verifySignature("s3cret", header, first.body, seconds), true);
  assert.equal(verifySignature("s3cret", header, first.body, seconds + 301), false, "too old");
  assert.equal(verifySignature("other", header, first.body, seconds), false, "another secret");
  assert.equal(verifySignature("s3cret", header, fromLatin1("{}"), seconds), false, "another body");
  assert.equal(verifySignature("s3cret", "t=1", first.body, seconds), false, "not a signature");
  assert.deepEqual(JSON.parse(utf8(first.body)).envelope, {
    from: "ann@arch.test",
    to: ["bob@nemesis.test"],
  });
});

test("what is too large for one call is cut, and says so", async () => {
  let body = "";
  const post = (request: HttpRequest) => {
    body = utf8(request.body);
    return Promise.resolve({ status: 200, body: "" });
  };
  const file = (filename: string, sizeBytes: number) => ({
    filename,
    contentType: "application/pdf",
    sizeBytes,
    content: new Uint8Array(sizeBytes),
  });
  const read = readable({
    text: "x".repeat(BODY_CHARACTERS_MAX + 1),
    attachments: [file("big.pdf", ATTACHMENT_BYTES_MAX + 1), file("small.pdf", 3)],
  });
  await createWebhookAgent({ post, read, recorder: remember(), clock })(
    testJob({ kind: "webhook", url: "http://127.0.0.1/" }),
  );
  const payload = JSON.parse(body);
  assert.deepEqual(payload.truncated, ["attachments: big.pdf", "text"]);
  assert.equal(payload.text.length, BODY_CHARACTERS_MAX);
  assert.equal(payload.attachments[0].content, undefined);
  assert.equal(payload.attachments[1].content, "AAAA");
});
