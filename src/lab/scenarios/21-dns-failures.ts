/** Scenario 21: a name server that fails, and a name that does not exist. */
import { arrival, eventsOf, letter, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const MINUTE_MS = 60_000;

export const dnsFailures: Scenario = {
  number: 21,
  name: "dns-failures",
  title: "SERVFAIL waits, NXDOMAIN comes back",
  rfcs: ["RFC 5321 §5.1", "RFC 1035 §4.1.1", "RFC 2308 §2.1", "RFC 2308 §7.1"],
  narration: [
    "A name server can answer no in two very different ways. NXDOMAIN says: I am in charge here, and there is no such name (RFC 2308 §2.1). Nothing will change that, so the mail comes back at once. Most often it is a typing error, and the sender wants to know now.",
    "SERVFAIL says: I could not find out (RFC 1035 §4.1.1). That is trouble on the way, and temporary. A server that bounced mail for it would lose mail whenever a name server is restarted, so the message waits (RFC 5321 §5.1). After ten minutes the name server is well again, and the message goes out with the next retry.",
  ],
  lab: `
lab: dns-trouble
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  dc:     { ip: 10.66.0.53, role: dns }
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
zones:
  test: |                       # the parent of both: so dc knows what does not exist
    @ TXT "names for tests, RFC 6761"
queue: { retry: [1m, 5m, 15m, 1h, 4h], delayWarning: 4h, expire: 5d }
faults:
  - { id: ill, at: dc.dns, when: { query: "nemesis.test MX" }, do: { rcode: SERVFAIL, for: 10m } }
`,
  async play({ lab, check, note }) {
    const startedAt = lab.clock.now();
    const send = (to: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw: letter("ann@arch.test", to, to) });

    note("To nemesis.test, whose name server is ill.");
    await send("bob@nemesis.test");
    await lab.clock.advance("30s");
    const first = eventsOf(lab, "outcome", "presto")[0];
    check("the message waits: 4.4.3", first?.result === "deferred" && first.status === "4.4.3", first);
    check("nothing was sent back to Ann", (await (await lab.inbox("ann@arch.test")).list()).length === 0);

    note("To nemessis.test: a typing error.");
    await send("bob@nemessis.test");
    const report = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = report.dsn?.recipients[0];
    check(
      "it comes back: 5.1.2, no such domain",
      failure?.status === "5.1.2" && report.text.includes("nemessis.test"),
      failure,
    );
    check(
      "within a minute",
      report.receivedAt - startedAt < 2 * MINUTE_MS,
      `${report.receivedAt - startedAt} ms`,
    );
    const rcodes = eventsOf(lab, "dns.answer", "presto")
      .filter(({ type, name }) => type === "MX" && name !== "arch.test")
      .map(({ name, rcode }) => `${name} ${rcode}`);
    check(
      "the trace shows both answers",
      rcodes.includes("nemesis.test SERVFAIL") && rcodes.includes("nemessis.test NXDOMAIN"),
      rcodes,
    );

    note("After ten minutes the name server is well.");
    const mail = await arrival(lab, "bob@nemesis.test");
    const minutes = (mail.receivedAt - startedAt) / MINUTE_MS;
    check(
      "Bob's message goes out with the next retry, after 1 + 5 + 15 minutes",
      minutes >= 21 && minutes < 22,
      `${minutes} minutes`,
    );
    const attempts = mail.trace?.journey.results[0];
    check("and is delivered", attempts?.result === "delivered", attempts);
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
  },
};
