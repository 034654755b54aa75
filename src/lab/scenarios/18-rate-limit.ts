/** Scenario 18: too much at once. */
import { eventsOf, letter, linesAt, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const MESSAGES = 6;
const PER_HOUR = 3;

export const rateLimit: Scenario = {
  number: 18,
  name: "rate-limit",
  title: "Rate limit: 421, come back later",
  rfcs: ["RFC 5321 §4.2.1", "RFC 5321 §3.8", "RFC 3463 §3.8", "RFC 5321 §4.5.4.1"],
  narration: [
    `kerio takes ${PER_HOUR} messages an hour from one address. presto has ${MESSAGES}. The one too many is answered 421 4.7.0, and 421 means more than "not this message": the server closes the connection (RFC 5321 §3.8).`,
    "421 begins with a 4: the trouble is temporary, and no mail is lost by it. presto keeps what was not taken and comes back; the allowance fills up again, evenly, one message every twenty minutes. In the end everything has arrived, and no sender has heard of it.",
  ],
  lab: `
lab: slow
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test], limits: { messagesPerHour: ${PER_HOUR} } }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
queue: { retry: [1m, 5m, 15m, 1h], delayWarning: 12h, expire: 5d }
`,
  async play({ lab, check, note }) {
    note(`Ann sends ${MESSAGES} messages, one after the other.`);
    const send = async (subject: string) => {
      const raw = letter("ann@arch.test", "bob@nemesis.test", subject);
      await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto", raw });
    };
    for (let n = 1; n <= MESSAGES; n++) await send(`Number ${n}`);
    await lab.clock.advance("30s");
    const inbox = await lab.inbox("bob@nemesis.test");
    const first = (await inbox.list()).length;
    check(`${PER_HOUR} arrive at once, and no more`, first === PER_HOUR, first);
    const lines = linesAt(lab, "kerio");
    check(
      "the next was answered 421 4.7.0",
      lines.some((line) => line.startsWith("S: 421 4.7.0")),
      lines.filter((line) => line.startsWith("S: 4")),
    );
    const refused = eventsOf(lab, "line", "kerio").find(
      ({ by, text }) => by === "server" && text.startsWith("421"),
    );
    const closed = eventsOf(lab, "connection.closed", "kerio").find(
      ({ connection }) => connection === refused?.connection,
    );
    const after = eventsOf(lab, "line", "kerio").filter(
      ({ id, connection }) => connection === refused?.connection && id > (refused?.id ?? 0),
    );
    check("and the connection was closed with it", closed !== undefined && after.length === 0, {
      closed,
      after,
    });
    check(`presto keeps the other ${MESSAGES - PER_HOUR}`, queued(lab) === MESSAGES - PER_HOUR, queued(lab));

    note("Hours pass.");
    await lab.clock.advance("6h");
    const subjects = (await inbox.list()).map(({ subject }) => subject).sort();
    const all = Array.from({ length: MESSAGES }, (_, i) => `Number ${i + 1}`);
    check("everything has arrived, once each", subjects.join() === all.join(), subjects);
    const arrivals = eventsOf(lab, "store", "kerio").map(({ at }) => at);
    const hours = arrivals.map(
      (at) => arrivals.filter((other) => other >= at && other < at + 3_600_000).length,
    );
    check(
      "never faster than twice the hourly limit, even across the hour",
      Math.max(...hours) <= 2 * PER_HOUR,
      hours,
    );
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
    const reports = await (await lab.inbox("ann@arch.test")).list();
    check(
      "Ann was not bothered",
      reports.length === 0,
      reports.map(({ subject }) => subject),
    );
  },
};
