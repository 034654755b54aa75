import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault, isFault } from "../../base/fault.ts";
import { seededRandom } from "../../base/random.ts";
import { createJournal } from "../../journal/journal.ts";
import type { DeliveryJob, Outcome } from "../delivery/delivery.ts";
import type { EnvelopeRecipient } from "../envelope.ts";
import type { RouteTarget } from "../routing/route.ts";
import { createMemorySpool } from "./memory-spool.ts";
import { createQueue, type Queue } from "./queue.ts";
import type { ReportRequest } from "./report.ts";
import { QUEUE_DEFAULTS, type QueueSettings } from "./settings.ts";
import type { Spool } from "./spool.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2026, 0, 1);

/** A clock that jumps to whatever is due next, once nothing else is left to do. */
function testClock() {
  let now = START;
  const timers: { at: number; run: () => void }[] = [];
  const quiet = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    after(delayMs: number, run: () => void) {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      timers.sort((a, b) => a.at - b.at);
      return { cancel: () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1)) };
    },
    quiet,
    async advance(ms: number) {
      const end = now + ms;
      await quiet();
      for (let next = timers[0]; next !== undefined && next.at <= end; next = timers[0]) {
        timers.shift();
        now = Math.max(now, next.at);
        next.run();
        await quiet();
      }
      now = end;
    },
  };
}

type Reply = Partial<Outcome> & { result: Outcome["result"] };

function bench(
  options: {
    settings?: Partial<QueueSettings>;
    spool?: Spool;
    replies?: (job: DeliveryJob, to: EnvelopeRecipient) => Reply;
  } = {},
) {
  const clock = testClock();
  const journal = createJournal(clock);
  const inner = options.spool ?? createMemorySpool();
  const calls: string[] = [];
  const spool: Spool = {
    ...inner,
    add: (id, note, content) => (calls.push("add"), inner.add(id, note, content)),
    update: (id, note) => (calls.push("update"), inner.update(id, note)),
    remove: (id) => (calls.push("remove"), inner.remove(id)),
    get stats() {
      return inner.stats;
    },
  };
  const jobs: { at: number; to: string[]; attempt: number; content: string }[] = [];
  const reports: ReportRequest[] = [];
  const state = {
    replies: options.replies ?? ((): Reply => ({ result: "delivered" })),
    target: (recipient: string): RouteTarget => ({ kind: "local", account: recipient }),
    isReporting: true,
    pause: (): Promise<void> => Promise.resolve(),
  };
  const make = (): Queue =>
    createQueue({
      world: { clock, random: seededRandom(1) },
      recorder: journal.recorder("kerio"),
      spool,
      router: async (recipient) => ({
        recipient,
        target: state.target(recipient),
        steps: [],
        reason: { rule: "test" },
      }),
      deliver: async (job) => {
        const content = Buffer.from(await job.content()).toString();
        jobs.push({
          at: clock.now() - START,
          to: job.recipients.map(({ address }) => address),
          attempt: job.attempt,
          content,
        });
        await state.pause();
        return job.recipients.map((recipient) => ({
          recipient,
          status: "4.2.1",
          reply: "450 4.2.1 busy",
          to: "there",
          reason: { rule: "the test says so" },
          ...state.replies(job, recipient),
        }));
      },
      settings: { ...QUEUE_DEFAULTS, ...options.settings },
      report: async (request) => {
        reports.push(request);
        if (!state.isReporting) throw new Fault("diskFull", "no room");
        const recipients = [{ index: 0, address: request.envelope.reversePath }];
        const envelope = { reversePath: "", recipients, body: "7BIT" as const, smtputf8: false };
        return {
          envelope,
          content: [Buffer.from(`report ${request.recipients.map(({ action }) => action).join()}`)],
        };
      },
      hostname: "kerio.nemesis.test",
    });
  const queue = make();
  const submit = (
    to: (string | Partial<EnvelopeRecipient>)[],
    reversePath = "ann@arch.test",
    notBefore?: number,
  ): Promise<string> =>
    queue.submit({
      notBefore,
      envelope: {
        reversePath,
        recipients: to.map((one, index) => ({
          address: "bob@nemesis.test",
          index,
          ...(typeof one === "string" ? { address: one } : one),
        })),
        body: "7BIT",
        smtputf8: false,
      },
      content: [Buffer.from("Subject: hello\r\n"), Buffer.from("\r\nhello\r\n")],
      client: "10.66.0.11",
      connection: "c1",
      messageId: undefined,
      subject: "hello",
      cause: undefined,
    });
  const kinds = (): string[] =>
    journal.read().map((event) => (event.kind === "outcome" ? event.result : event.kind));
  return { clock, journal, queue, make, submit, jobs, reports, state, calls, kinds };
}

const busy = (): Reply => ({ result: "deferred" });
const gone = (): Reply => ({ result: "failed", status: "5.1.1", reply: "550 5.1.1 no such user" });

describe("the queue", () => {
  it("costs one add and one removal when a message is delivered at once", async () => {
    const { queue, submit, clock, jobs, calls, kinds } = bench();
    await queue.start();
    await submit(["bob@nemesis.test"]);
    assert.equal(queue.idle(), false);
    await clock.quiet();
    assert.equal(jobs[0]?.content, "Subject: hello\r\n\r\nhello\r\n");
    assert.deepEqual(calls, ["add", "remove"]);
    assert.deepEqual(kinds(), ["message.received", "routing", "attempt", "delivered"]);
    assert.equal(queue.depth, 0);
    assert.equal(queue.idle(), true);
    assert.equal(queue.nextDueAt(), undefined);
  });

  it("tries again after 1m, 5m, 15m, 1h, 4h, and repeats the last until it expires", async () => {
    const { queue, submit, clock, jobs, reports, kinds } = bench({
      replies: busy,
      settings: { delayWarningMs: undefined },
    });
    await queue.start();
    await submit(["bob@nemesis.test"]);
    await clock.advance(6 * 24 * HOUR_MS);
    const times = jobs.filter(({ to }) => to[0] === "bob@nemesis.test").map(({ at }) => at / MINUTE_MS);
    assert.deepEqual(times.slice(0, 7), [0, 1, 6, 21, 81, 321, 561]);
    assert.equal(times.at(-1), 5 * 24 * 60, "the last attempt is made when its time is up");
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.recipients[0]?.action, "failed");
    assert.ok(kinds().includes("expired"));
  });

  it("says which setting makes it wait", async () => {
    const { queue, submit, clock, journal } = bench({ replies: busy });
    await queue.start();
    await submit(["bob@nemesis.test"]);
    await clock.advance(2 * MINUTE_MS);
    const reasons = journal
      .read()
      .flatMap((event) => (event.kind === "outcome" ? [event.reason.setting] : []));
    assert.deepEqual(reasons, ["queue.retry[0]", "queue.retry[1]"]);
  });

  it("tells the sender once when a message is late", async () => {
    const { queue, submit, clock, reports } = bench({
      replies: ({ envelope }) => (envelope.reversePath === "" ? { result: "delivered" } : busy()),
    });
    await queue.start();
    await submit(["bob@nemesis.test"]);
    await clock.advance(12 * HOUR_MS);
    assert.deepEqual(
      reports.map(({ at, recipients }) => [(at - START) / HOUR_MS, recipients[0]?.action]),
      [[4, "delayed"]],
    );
  });

  it("splits an envelope by target and tells of the one that failed", async () => {
    const { queue, submit, clock, jobs, reports, state, kinds } = bench({
      replies: (_, { address }) =>
        address.startsWith("no") ? gone() : address.startsWith("slow") ? busy() : { result: "relayed" },
    });
    state.target = (recipient) => ({
      kind: "smtp",
      key: `mx:${recipient.split("@")[1]}`,
      hops: [],
      tls: "may",
      protocol: "smtp",
    });
    await queue.start();
    const id = await submit(["a@x.test", "b@y.test", "no@x.test", "slow@x.test"]);
    await clock.quiet();
    assert.deepEqual(
      jobs.slice(0, 2).map(({ to }) => to),
      [["a@x.test", "no@x.test", "slow@x.test"], ["b@y.test"]],
    );
    assert.deepEqual(
      reports.map(({ recipients }) => recipients.map(({ recipient }) => recipient.address)),
      [["no@x.test"]],
    );
    assert.deepEqual(
      queue.get(id)?.recipients.map(({ state }) => state),
      ["relayed", "relayed", "failed", "waiting"],
    );
    assert.equal(jobs[2]?.content, "report failed");
    assert.equal(kinds().filter((kind) => kind === "dsn").length, 1);
  });

  it("never reports to the null reverse path, and says so", async () => {
    const { queue, submit, clock, reports, kinds } = bench({ replies: gone });
    await queue.start();
    await submit(["bob@nemesis.test"], "");
    await clock.quiet();
    assert.equal(reports.length, 0);
    assert.equal(queue.depth, 0);
    assert.ok(kinds().includes("warning"));
  });

  it("reports nothing to those who asked for nothing, and success to those who asked for it", async () => {
    const { queue, submit, clock, reports } = bench({
      replies: (_, { address }) =>
        address.startsWith("no")
          ? gone()
          : address.startsWith("far")
            ? { result: "relayed", remoteReports: true }
            : { result: "delivered" },
    });
    await queue.start();
    await submit([
      { address: "no@x.test", notify: ["NEVER"] },
      { address: "yes@x.test", notify: ["SUCCESS"] },
      { address: "far@x.test", notify: ["SUCCESS"] },
    ]);
    await clock.quiet();
    assert.deepEqual(
      reports.map(({ recipients }) =>
        recipients.map(({ recipient, action }) => `${recipient.address} ${action}`),
      ),
      [["yes@x.test delivered"]],
    );
  });

  it("keeps a failed recipient until its report is on disk", async () => {
    const { queue, submit, clock, state, reports } = bench({ replies: gone });
    await queue.start();
    state.isReporting = false;
    const id = await submit(["bob@nemesis.test"]);
    await clock.quiet();
    assert.equal(queue.get(id)?.recipients[0]?.state, "waiting");
    state.isReporting = true;
    await clock.advance(MINUTE_MS);
    assert.equal(queue.get(id), undefined);
    assert.equal(reports.length, 2);
  });

  it("has the report on disk before the failed recipient leaves it", async () => {
    const { queue, submit, clock, calls } = bench({
      replies: ({ envelope }) => (envelope.reversePath === "" ? { result: "delivered" } : gone()),
    });
    await queue.start();
    await submit(["bob@nemesis.test"]);
    await clock.quiet();
    assert.deepEqual(calls, ["add", "add", "remove", "remove"]);
  });

  it("takes up after a restart what it had before, with its attempts", async () => {
    const { queue, make, submit, clock, jobs, state } = bench({ replies: busy });
    await queue.start();
    const id = await submit([
      { address: "bob@nemesis.test", orcpt: "rfc822;Bob@nemesis.test", notify: ["FAILURE", "DELAY"] },
      "eve@nemesis.test",
    ]);
    await clock.advance(2 * MINUTE_MS);
    const before = queue.get(id);
    await queue.close();
    const again = make();
    await again.start();
    assert.deepEqual(again.get(id), before);
    assert.equal(before?.recipients[0]?.attempts.length, 2);
    state.replies = () => ({ result: "delivered" });
    await clock.advance(5 * MINUTE_MS);
    assert.equal(again.depth, 0);
    assert.equal(jobs.at(-1)?.attempt, 3);
  });

  it("holds, releases, retries and drops by hand", async () => {
    const { queue, submit, clock, jobs, state, kinds, reports } = bench({ replies: busy });
    await queue.start();
    const id = await submit(["bob@nemesis.test"]);
    await clock.quiet();
    assert.equal(await queue.hold(id), true);
    await clock.advance(HOUR_MS);
    assert.equal(jobs.length, 1);
    assert.equal(queue.nextDueAt(), undefined);
    await queue.release(id);
    await clock.quiet();
    assert.equal(jobs.length, 2);
    assert.equal(queue.retry(id), 1);
    await clock.quiet();
    assert.equal(jobs.length, 3);
    assert.equal(await queue.drop(id), true);
    assert.equal(queue.depth, 0);
    assert.equal(reports.length, 0);
    assert.ok(["held", "released", "dropped"].every((kind) => kinds().includes(kind)));
    state.replies = () => ({ result: "delivered" });
    assert.equal(await queue.drop(id), false);
  });

  it("drops after its attempt what is dropped during it", async () => {
    const { queue, submit, clock, state } = bench();
    await queue.start();
    let id = "";
    state.replies = (job) => {
      id = job.queueId;
      void queue.drop(id);
      return busy();
    };
    await submit(["bob@nemesis.test"]);
    await clock.quiet();
    assert.equal(queue.get(id), undefined);
  });

  it("refuses what is beyond its bounds", async () => {
    const { queue, submit, clock } = bench({ replies: busy, settings: { messagesMax: 1 } });
    await queue.start();
    await submit(["bob@nemesis.test"]);
    await clock.quiet();
    await assert.rejects(submit(["bob@nemesis.test"]), (error) => isFault(error, "overload"));
    const small = bench({ settings: { bytesMax: 10 } });
    await small.queue.start();
    await assert.rejects(small.submit(["bob@nemesis.test"]), (error) => isFault(error, "diskFull"));
  });

  it("acknowledges nothing that the disk refused", async () => {
    const spool = createMemorySpool();
    const full = { ...spool, add: () => Promise.reject(new Fault("diskFull", "no space")) };
    const { queue, submit, jobs } = bench({
      spool: Object.defineProperty(full, "stats", { get: () => spool.stats }),
    });
    await queue.start();
    await assert.rejects(submit(["bob@nemesis.test"]), (error) => isFault(error, "diskFull"));
    assert.equal(queue.depth, 0);
    assert.equal(jobs.length, 0);
  });

  it("lets only so many deliveries at one destination at a time", async () => {
    const { queue, submit, clock, state, jobs } = bench({ settings: { perDestinationMax: 2 } });
    state.target = () => ({ kind: "webhook", url: "http://localhost/in" });
    await queue.start();
    let most = 0;
    let now = 0;
    state.pause = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    };
    await Promise.all(Array.from({ length: 10 }, () => submit(["bob@nemesis.test"])));
    for (let i = 0; i < 5; i++) await clock.quiet();
    assert.equal(jobs.length, 10);
    assert.equal(most, 2);
  });

  it("holds a message until its time, also over a restart", async () => {
    const { queue, make, submit, clock, jobs } = bench({ spool: createMemorySpool() });
    await queue.start();
    await submit(["bob@nemesis.test"], "ann@arch.test", START + MINUTE_MS);
    await clock.advance(MINUTE_MS / 2);
    assert.equal(jobs.length, 0);
    assert.equal(queue.nextDueAt(), START + MINUTE_MS);
    await queue.close();
    const next = make();
    await next.start();
    await clock.advance(MINUTE_MS / 4);
    assert.equal(jobs.length, 0);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(
      jobs.map(({ at }) => at),
      [MINUTE_MS],
    );
  });

  it("gives back what was never tried, and nothing else", async () => {
    const { queue, submit, clock, jobs, kinds } = bench({ replies: busy });
    await queue.start();
    const held = await submit(["bob@nemesis.test"], "ann@arch.test", START + MINUTE_MS);
    const tried = await submit(["ann@nemesis.test"]);
    await clock.quiet();
    assert.equal(await queue.takeBack(held), true);
    assert.equal(await queue.takeBack(held), false, "it is gone");
    assert.equal(await queue.takeBack(tried), false, "it was tried");
    assert.ok(kinds().includes("dropped"));
    await clock.advance(2 * MINUTE_MS);
    assert.ok(jobs.every(({ to }) => to[0] === "ann@nemesis.test"));
    assert.equal(queue.depth, 1);
  });

  it("gives the same journal for the same seed", async () => {
    const run = async (): Promise<string> => {
      const { queue, submit, clock, journal } = bench({
        replies: (job) => (job.attempt < 3 ? busy() : gone()),
      });
      await queue.start();
      for (let i = 0; i < 5; i++) await submit([`user${i}@nemesis.test`, "bob@nemesis.test"]);
      await clock.advance(24 * HOUR_MS);
      return JSON.stringify(journal.read());
    };
    assert.equal(await run(), await run());
  });
});
