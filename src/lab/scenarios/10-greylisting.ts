/** Scenario 10: a stranger is put off, and taken when it comes back. */
import { arrival, eventsOf, letter } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const MINUTE_MS = 60_000;

export const greylisting: Scenario = {
  number: 10,
  name: "greylisting",
  title: "Greylisting: come back in five minutes",
  rfcs: ["RFC 6647 §2", "RFC 5321 §4.5.4.1", "RFC 5321 §4.2.1"],
  narration: [
    "Most spam is sent by programs that try once and go on. So kerio answers a stranger with 450 4.7.1, try again later, and remembers who it was: the network, the sender and the recipient (RFC 6647 §2). A real server keeps the message and tries again (RFC 5321 §4.5.4.1); a spammer does not.",
    "presto retries after one minute and is still too early; the next retry, five minutes later, is let in. From then on kerio knows it.",
    "The price is the delay of the first message: the reason why mail with a sign-in code sometimes takes six minutes.",
  ],
  lab: `
lab: greylist
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test], policies: { greylist: 5m } }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
queue: { retry: [1m, 5m, 15m, 1h, 4h], delayWarning: 4h, expire: 5d }
`,
  async play({ lab, check, note, dial }) {
    const send = (subject: string) =>
      lab.send({
        from: "ann@arch.test",
        to: ["bob@nemesis.test"],
        server: "presto",
        raw: letter("ann@arch.test", "bob@nemesis.test", subject),
      });

    note("A spammer tries once.");
    const spammer = await dial("kerio", "10.66.0.66");
    await spammer.hear();
    await spammer.say("HELO spammer.test");
    await spammer.say("MAIL FROM:<offers@spammer.test>");
    const answer = await spammer.say("RCPT TO:<bob@nemesis.test>");
    check("the spammer is put off with 450 4.7.1", answer.startsWith("450 4.7.1"), answer);
    spammer.close();

    note("Ann writes for the first time.");
    const sentAt = lab.clock.now();
    await send("First letter");
    const mail = await arrival(lab, "bob@nemesis.test", { subject: "First letter" });
    const attempts = mail.trace?.journey.hops[0]?.attempts.flatMap(({ outcomes }) =>
      outcomes.map(({ result, status }) => `${result} ${status}`),
    );
    check(
      "two attempts are put off, the third is taken",
      attempts?.map((one) => one.split(" ")[0]).join() === "deferred,deferred,relayed",
      attempts,
    );
    check("put off with a temporary status, 4.7.1", attempts?.[0] === "deferred 4.7.1", attempts);
    const tookMs = mail.receivedAt - sentAt;
    check(
      "it arrives six minutes late: after the waits of 1 and 5 minutes",
      tookMs >= 6 * MINUTE_MS && tookMs < 7 * MINUTE_MS,
      `${tookMs / MINUTE_MS} minutes`,
    );
    const verdicts = eventsOf(lab, "policy", "kerio").filter(({ check: name }) => name === "greylist");
    check(
      "the journal names the rule",
      verdicts.some(({ verdict, reason }) => verdict === "defer" && reason.rfc?.startsWith("RFC 6647")),
      verdicts,
    );

    note("Ann writes again.");
    const againAt = lab.clock.now();
    await send("Second letter");
    const second = await arrival(lab, "bob@nemesis.test", { subject: "Second letter" });
    check(
      "the second letter is taken at once",
      second.receivedAt - againAt < MINUTE_MS,
      `${second.receivedAt - againAt} ms`,
    );
    const all = await (await lab.inbox("bob@nemesis.test")).list();
    check(
      "the spam never came",
      all.length === 2,
      all.map(({ subject }) => subject),
    );
  },
};
