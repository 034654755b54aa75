import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/random.ts";
import { createJournal } from "../../journal/journal.ts";
import type { InterceptFacts, InterceptPoint } from "../../protocol/smtp/interception.ts";
import { replyText } from "../../protocol/smtp/reply.ts";
import type { QuestionTypeName } from "../../protocol/dns/record.ts";
import { createFaultBox } from "./fault-box.ts";
import { dnsIntercept } from "./dns-hook.ts";
import { manualClock } from "./manual-clock.ts";
import { smtpIntercept } from "./smtp-hook.ts";

function setUp(...entries: unknown[]) {
  const clock = manualClock(1_000_000);
  const journal = createJournal(clock);
  const box = createFaultBox({
    clock,
    random: seededRandom(42),
    journal,
    hosts: () => ["kerio", "edge", "dc"],
  });
  const add = (entry: unknown): string => {
    const added = box.add(entry);
    assert.ok(added.ok, JSON.stringify(added));
    return added.value;
  };
  entries.forEach(add);
  return { clock, journal, box, add };
}

/** Which of `count` events at RCPT were struck, as `x` and `.`. */
function pattern(when: unknown, count = 8, action: object = { reply: 451 }): string {
  const { box } = setUp({ at: "kerio.smtp.RCPT", when, do: action });
  const intercept = smtpIntercept(box, "kerio");
  return Array.from({ length: count }, () => (intercept("RCPT", { client: "10.66.0.1" }) ? "x" : ".")).join(
    "",
  );
}

test("n, every and chance choose among events", () => {
  assert.equal(pattern({ n: [1, 2] }), "xx......");
  assert.equal(pattern({ n: 3 }), "..x.....");
  assert.equal(pattern({ every: 3 }), "..x..x..");
  assert.equal(pattern({}), "xxxxxxxx");
  assert.equal(pattern({ chance: 0 }), "........");
  const half = pattern({ chance: 0.5 }, 64);
  assert.equal(half, pattern({ chance: 0.5 }, 64), "the same seed gives the same chance");
  assert.match(half, /x/);
  assert.match(half, /\./);
});

test("a rate limit strikes only what comes faster", () => {
  const { box, clock } = setUp({ at: "kerio.smtp.MAIL", do: { ratelimit: "2/1m" } });
  const intercept = smtpIntercept(box, "kerio");
  const mail = () => intercept("MAIL", { client: "10.66.0.1", reversePath: "a@b.test" })?.reply?.code;
  assert.deepEqual([mail(), mail(), mail()], [undefined, undefined, 421]);
  clock.advance(60_000);
  assert.deepEqual([mail(), mail(), mail()], [undefined, undefined, 421]);
});

test("until counts from the placing, for from the first strike", () => {
  const { box, clock } = setUp(
    { id: "u", at: "kerio.smtp.RCPT", when: { until: "1h" }, do: { reply: 450 } },
    { id: "f", at: "edge.smtp.RCPT", when: { n: 2 }, do: { reply: 451, for: "10m" } },
  );
  const kerio = smtpIntercept(box, "kerio");
  const edge = smtpIntercept(box, "edge");
  const rcpt = (intercept: typeof kerio) => intercept("RCPT", { client: "10.66.0.1" })?.reply?.code;
  assert.equal(rcpt(edge), undefined);
  clock.advance(3_599_999);
  assert.equal(rcpt(kerio), 450);
  clock.advance(1);
  assert.equal(rcpt(kerio), undefined);
  assert.equal(rcpt(edge), 451, "the second one starts it");
  clock.advance(599_999);
  assert.equal(rcpt(edge), 451, "and it goes on whatever n says");
  clock.advance(1);
  assert.equal(rcpt(edge), undefined);
  assert.deepEqual(
    box.list().map(({ id, seenCount, firedCount, isOver }) => [id, seenCount, firedCount, isOver]),
    [
      ["u", 2, 1, true],
      ["f", 4, 2, true],
    ],
  );
});

const EVENTS: readonly (readonly [
  when: object,
  at: InterceptPoint,
  facts: Omit<InterceptFacts, "client">,
  strikes: boolean,
])[] = [
  [{ from: "*@arch.test" }, "RCPT", { reversePath: "ann@arch.test" }, true],
  [{ from: "*@arch.test" }, "RCPT", { reversePath: "ann@other.test" }, false],
  [{ from: "<>" }, "RCPT", { reversePath: "" }, true],
  [{ from: "<>" }, "RCPT", {}, false],
  [{ to: ["bob@nemesis.test", "x@y.test"] }, "RCPT", { recipient: "BOB@nemesis.test" }, true],
  [{ to: "bob@nemesis.test" }, "RCPT", { recipient: "rob@nemesis.test" }, false],
  [{ size: "1KB" }, "EOD", { sizeBytes: 1024 }, true],
  [{ size: "1KB" }, "EOD", { sizeBytes: 1023 }, false],
  [{ size: "0" }, "EOD", {}, false],
  [{ subject: "verify" }, "EOD", { subject: "Please Verify" }, true],
  [{ subject: "/^verify/" }, "EOD", { subject: "Please verify" }, false],
  [{ subject: "a.c" }, "EOD", { subject: "abc" }, false],
];

test("matchers look at the facts, and what is not known matches nothing", () => {
  for (const [when, point, facts, strikes] of EVENTS) {
    const { box } = setUp({ at: `kerio.smtp.${point}`, when, do: { reply: 451 } });
    const fault = smtpIntercept(box, "kerio")(point, { client: "10.66.0.1", ...facts });
    assert.equal(fault !== undefined, strikes, JSON.stringify([when, facts]));
    assert.equal(smtpIntercept(box, "edge")(point, { client: "10.66.0.1", ...facts }), undefined);
  }
});

test("the first fault placed decides, the others count, and each strike is in the journal", () => {
  const { box, journal, add } = setUp(
    { id: "busy", at: "kerio.smtp.RCPT", when: { n: 1 }, do: { reply: "450 4.2.1 busy" } },
    { at: "kerio.smtp.RCPT", do: { reply: 550, delay: "2s" } },
  );
  const intercept = smtpIntercept(box, "kerio");
  const facts = { client: "10.66.0.1" };
  assert.equal(intercept("RCPT", facts)?.reply?.code, 450);
  assert.deepEqual(
    [intercept("RCPT", facts)].map((one) => [one?.reply?.code, one?.delayMs]),
    [[550, 2_000]],
  );
  assert.deepEqual(
    journal
      .read()
      .map((event) =>
        event.kind === "fault.fired" ? [event.host, event.fault, event.point, event.action] : [],
      ),
    [
      ["kerio", "busy", "kerio.smtp.RCPT", "reply 450 4.2.1 busy"],
      ["kerio", "fault1", "kerio.smtp.RCPT", "delay 2s, reply 550 5.1.1 no such user"],
    ],
  );
  assert.deepEqual(
    box.list().map(({ seenCount, firedCount }) => [seenCount, firedCount]),
    [
      [2, 1],
      [2, 1],
    ],
  );
  assert.equal(box.remove("fault1"), true);
  assert.equal(box.remove("fault1"), false);
  assert.equal(add({ id: "busy", at: "kerio.smtp.RCPT", do: { drop: true } }), "busy");
  assert.equal(intercept("RCPT", facts)?.action, "drop", "the same id takes the old one's place");
  box.clear();
  assert.equal(box.isEmpty, true);
});

test("a fault at a host the lab has not is refused", () => {
  const { box } = setUp();
  const added = box.add({ at: "kero->edge", do: { drop: true } });
  assert.deepEqual(added, {
    ok: false,
    error: ['at: "kero" is no host of this lab; hosts: kerio, edge, dc'],
  });
  assert.equal(box.add({ at: "you->edge", do: { drop: true } }).ok, true);
});

const QUESTIONS: readonly (readonly [
  when: object,
  action: object,
  name: string,
  type: QuestionTypeName,
  fault: unknown,
])[] = [
  [
    { query: "nemesis.test MX" },
    { rcode: "SERVFAIL" },
    "Nemesis.test",
    "MX",
    { action: "rcode", rcode: "SERVFAIL" },
  ],
  [{ query: "nemesis.test MX" }, { rcode: "SERVFAIL" }, "nemesis.test", "A", undefined],
  [{ query: "nemesis.test" }, { truncate: true }, "nemesis.test", "A", { action: "truncate" }],
  [{ query: "*.nemesis.test" }, { drop: true }, "a.nemesis.test", "A", { action: "drop" }],
  [{ query: "*.nemesis.test" }, { drop: true }, "nemesis.test", "A", undefined],
  [{}, { delay: "5s" }, "x.test", "TXT", { action: "delay", delayMs: 5_000 }],
  [{}, { ratelimit: "0/s" }, "x.test", "TXT", { action: "rcode", rcode: "REFUSED" }],
  [{}, { wrong: "A 10.66.0.99" }, "x.test", "MX", undefined],
];

test("a name server's faults strike the questions they match", () => {
  for (const [when, action, name, type, fault] of QUESTIONS) {
    const { box } = setUp({ at: "dc.dns", when, do: action });
    const found = dnsIntercept(box, "dc")({ name, type, class: "IN" }, { address: "10.66.0.1", port: 53 });
    assert.deepEqual(found, fault, JSON.stringify([when, action, name, type]));
  }
});

test("wrong records answer in the place of the right ones", () => {
  const { box } = setUp({ at: "dc.dns", do: { wrong: ["A 10.66.0.99", "MX 5 dead.test."] } });
  const found = dnsIntercept(box, "dc")(
    { name: "x.test", type: "A", class: "IN" },
    { address: "10.66.0.1", port: 53 },
  );
  assert.deepEqual(found, {
    action: "wrong",
    answers: [{ name: "x.test", class: "IN", ttlSeconds: 60, data: { type: "A", address: "10.66.0.99" } }],
  });
});

const MAGIC: readonly (readonly [
  point: InterceptPoint,
  facts: Omit<InterceptFacts, "client">,
  reply: string | undefined,
])[] = [
  ["RCPT", { recipient: "user+451@nemesis.test" }, "451 4.3.0 try again later (asked for by the address)"],
  ["RCPT", { recipient: "rcptto550@nemesis.test" }, "550 5.1.1 no such user (asked for by the address)"],
  ["RCPT", { recipient: "user+250@nemesis.test" }, undefined],
  ["RCPT", { recipient: "user+4510@nemesis.test" }, undefined],
  ["RCPT", { recipient: "data554@nemesis.test" }, undefined],
  ["MAIL", { reversePath: "mailfrom451@arch.test" }, "451 4.3.0 try again later (asked for by the address)"],
  ["RCPT", { reversePath: "mailfrom451@arch.test", recipient: "bob@nemesis.test" }, undefined],
  ["EOD", { recipient: "data554@nemesis.test" }, "554 5.0.0 transaction failed (asked for by the address)"],
  ["CONNECT", {}, undefined],
];

test("magic addresses get the failure they name, only where magic is on", () => {
  const { box, journal } = setUp();
  for (const [point, facts, expected] of MAGIC) {
    const all = { client: "10.66.0.1", ...facts };
    const found = smtpIntercept(box, "kerio", true)(point, all)?.reply;
    assert.equal(found && replyText(found), expected, JSON.stringify([point, facts]));
    assert.equal(smtpIntercept(box, "kerio")(point, all), undefined);
  }
  assert.equal(journal.lastId, 4);
});
