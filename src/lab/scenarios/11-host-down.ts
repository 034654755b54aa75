/** Scenario 11: the other server is down for days: patience, a warning, and in the end the message comes back. */
import { arrival, eventsOf, letter, queued, reportFor } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Limit: of real time, for five days of the lab's. */
const REAL_MS_MAX = 200;

export const hostDown: Scenario = {
  number: 11,
  name: "host-down",
  title: "Host down: a warning after four hours, the message back after five days",
  rfcs: ["RFC 5321 §4.5.4.1", "RFC 3464 §2.3", "RFC 3461 §4.1", "RFC 3463 §3.5"],
  narration: [
    "kerio is down. That is nobody's fault and may be over in a minute, so presto does not bother Ann with it: it keeps her message and tries again, more and more seldom (RFC 5321 §4.5.4.1).",
    "After four hours it tells her that the message is delayed, that it goes on trying, and until when. That is a delivery report with action delayed: she need do nothing (RFC 3464 §2.3.3).",
    "After five days it gives up. The message comes back with action failed, status 4.4.1 (no answer from the host), and what was tried last. The report's own sender is the null path, so that no report about the report can come into being.",
    "In the lab five days take a fraction of a second.",
  ],
  lab: `
lab: patience
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
queue: { retry: [1m, 5m, 15m, 1h, 4h], delayWarning: 4h, expire: 5d }
faults:
  - { id: outage, at: kerio, do: { down: true } }
`,
  async play({ lab, check, note, measured }) {
    note("Ann writes while kerio is down.");
    const sentAt = lab.clock.now();
    const raw = letter("ann@arch.test", "bob@nemesis.test", "Are you there?");
    const sent = await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto", raw });
    check("presto takes the message", sent.ok, sent.results);
    const realStart = performance.now();
    await lab.clock.advance(4 * HOUR_MS - 60_000);
    const early = await (await lab.inbox("ann@arch.test")).list();
    check(
      "for almost four hours she hears nothing",
      early.length === 0,
      early.map(({ subject }) => subject),
    );
    await lab.clock.advance("2m");
    const warning = (await reportFor(lab, "ann@arch.test", "delayed"))?.dsn?.recipients[0];
    check("after four hours a warning: delayed", warning?.action === "delayed", warning);
    const until = warning?.willRetryUntil ?? 0;
    check(
      "it says until when presto will try: five days from the start",
      Math.abs(until - sentAt - 5 * DAY_MS) < HOUR_MS,
      new Date(until).toISOString(),
    );
    check("and the message is still in the queue", queued(lab) === 1, queued(lab));

    note("Five days go by.");
    await lab.clock.advance("5d");
    const realMs = performance.now() - realStart;
    measured(`Five days took ${Math.round(realMs)} ms.`);
    if (lab.mode === "simulated")
      check(`five days take less than ${REAL_MS_MAX} ms`, realMs < REAL_MS_MAX, `${Math.round(realMs)} ms`);

    const bounce = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = bounce.dsn?.recipients[0];
    check(
      "after five days it comes back: failed, 4.4.1",
      failure?.action === "failed" && failure.status === "4.4.1",
      failure,
    );
    const days = (bounce.receivedAt - sentAt) / DAY_MS;
    check("not a day earlier", days > 4.9 && days < 5.1, `${days} days`);
    check(
      "the report says what was tried: no answer",
      /refused|did not answer|unreachable/i.test(`${failure?.diagnostic ?? ""} ${bounce.text}`),
      { diagnostic: failure?.diagnostic, text: bounce.text },
    );
    check("it comes from the null path", bounce.envelope.from === "", bounce.envelope.from);
    check("it has the original's header", Buffer.from(bounce.raw).includes("Subject: Are you there?"));
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
    const attempts = eventsOf(lab, "attempt", "presto").filter(({ queueId }) => queueId === sent.queueId);
    const gaps = attempts.slice(1).map(({ at }, i) => Math.round((at - (attempts[i]?.at ?? 0)) / 60_000));
    check(
      "the first waits were 1, 5, 15 and 60 minutes, then four hours",
      gaps.slice(0, 6).join() === "1,5,15,60,240,240",
      gaps,
    );
    const reports = (await (await lab.inbox("ann@arch.test")).list()).map(
      ({ dsn }) => dsn?.recipients[0]?.action,
    );
    check("she got two reports in all", reports.join() === "delayed,failed", reports);
  },
};
