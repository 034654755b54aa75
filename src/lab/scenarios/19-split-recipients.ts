/** Scenario 19: one message, three recipients, three answers. */
import { arrival, letter, linesAt, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const PEOPLE = ["bob@nemesis.test", "ghost@nemesis.test", "busy@nemesis.test"];

export const splitRecipients: Scenario = {
  number: 19,
  name: "split-recipients",
  title: "Split recipients: 250, 550 and 450 in one transaction",
  rfcs: ["RFC 5321 §3.3", "RFC 5321 §4.2.1", "RFC 5321 §6.1", "RFC 3464 §2.2"],
  narration: [
    "A message for three people at one domain travels once: one MAIL, three RCPT, one DATA. Each RCPT gets an answer of its own (RFC 5321 §3.3). Bob is known, 250. There is no ghost, 550: for good. busy's mailbox is locked at the moment, 450: not now.",
    "From here the three go different ways although they were one message. The content is sent for those who were taken; Bob has it. The queue keeps the message for busy alone, and tries again. And Ann gets one report, which names ghost and nobody else: a report for the delayed one would be too early, and none is due for Bob.",
  ],
  lab: `
lab: split
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:     { password: ann }
  bob@nemesis.test:  { password: bob }
  busy@nemesis.test: { password: busy }
queue: { retry: [1m, 5m, 15m, 1h, 4h], delayWarning: 4h, expire: 5d }
faults:
  - { id: locked, at: kerio.smtp.RCPT, when: { to: busy@nemesis.test, n: [1] }, do: { reply: "450 4.2.1 mailbox locked" } }
`,
  async play({ lab, check, note }) {
    note("Ann writes to all three.");
    const raw = letter("ann@arch.test", "team@nemesis.test", "To all of you");
    const sent = await lab.send({ from: "ann@arch.test", to: PEOPLE, server: "presto", raw });
    await lab.clock.advance("30s");
    const lines = linesAt(lab, "kerio");
    const commands = lines.filter((line) => /^C: (?:MAIL|RCPT)/.test(line)).map((line) => line.slice(3, 7));
    check("kerio heard one MAIL and three RCPT", commands.join() === "MAIL,RCPT,RCPT,RCPT", commands);
    const results = new Map(lab.trace(`id:${sent.queueId}`)?.results.map((one) => [one.recipient, one]));
    const seen = PEOPLE.map((one) => `${results.get(one)?.result} ${results.get(one)?.status}`);
    check(
      "Bob is served, ghost has failed, busy waits",
      /^delivered 2\S+,failed 5\.1\.1,deferred 4\.2\.1$/.test(seen.join()),
      seen,
    );

    const bob = await lab.inbox("bob@nemesis.test");
    check("Bob has the message", (await bob.list()).length === 1);
    const ann = await lab.inbox("ann@arch.test");
    const reports = await ann.list({ dsn: {} });
    const named = reports.flatMap(
      ({ dsn }) => dsn?.recipients.map(({ finalRecipient }) => finalRecipient.address) ?? [],
    );
    check(
      "Ann has one report, about ghost alone",
      reports.length === 1 && named.join() === "ghost@nemesis.test",
      named,
    );
    check("the queue holds the message for one recipient", queued(lab) === 1, queued(lab));

    note("A minute later the mailbox is free.");
    await arrival(lab, "busy@nemesis.test");
    await lab.clock.advance("6d");
    const counts = await Promise.all(
      ["bob@nemesis.test", "busy@nemesis.test", "ann@arch.test"].map(
        async (one) => (await (await lab.inbox(one)).list()).length,
      ),
    );
    check("after days: Bob one, busy one, Ann one report", counts.join() === "1,1,1", counts);
    const later = linesAt(lab, "kerio")
      .filter((line) => line.startsWith("C: RCPT"))
      .slice(3);
    check(
      "the second attempt asked for busy only",
      later.length === 1 && later[0]?.includes("busy@nemesis.test") === true,
      later,
    );
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
  },
};
