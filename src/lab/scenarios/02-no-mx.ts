/** Scenario 2: a domain without MX records still gets its mail, at its own address. */
import { arrival, eventsOf, letter, reportFor, routingSteps } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const noMx: Scenario = {
  number: 2,
  name: "no-mx",
  title: "No MX record: the domain's own A or AAAA address stands in",
  rfcs: ["RFC 5321 §5.1", "RFC 3596 §2.1"],
  narration: [
    "MX records came in 1986; mail is older. A domain that has no MX record is treated as if it had one of preference 0 that names itself (RFC 5321 §5.1). So plain.test, which is nothing but a host with an A record, gets its mail.",
    "The same holds for IPv6: six.test has no A record at all, only AAAA, and presto connects to that.",
    "Only the absence of MX records leads here. A domain with neither MX nor address cannot take mail, and the sender is told at once, because waiting would not change it.",
  ],
  lab: `
lab: no-mx
domains:
  arch.test:    { mx: [presto:10] }
  plain.test:   { a: [plain] }              # an address, no MX
  six.test:     { a: ["fd66::33"] }         # IPv6 only
  nothing.test: { spf: "v=spf1 -all" }      # exists, and takes no mail
hosts:
  presto: { ip: 10.66.0.11, ip6: "fd66::11", role: mailbox, accept: [arch.test], allow: [you] }
  plain:  { ip: 10.66.0.32, role: mailbox, accept: [plain.test] }
  six:    { ip: 10.66.0.33, ip6: "fd66::33", role: mailbox, accept: [six.test] }
accounts:
  ann@arch.test:  { password: ann }
  bob@plain.test: { password: bob }
  eva@six.test:   { password: eva }
`,
  async play({ lab, check, note }) {
    const send = (to: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw: letter("ann@arch.test", to, to) });

    note("To a domain with an A record and no MX.");
    await send("bob@plain.test");
    const mail = await arrival(lab, "bob@plain.test");
    check(
      "mail reaches plain.test at its own address",
      mail.trace?.path.join() === "presto,plain",
      mail.trace?.path,
    );
    const answers = eventsOf(lab, "dns.answer", "presto").filter(({ name }) => name === "plain.test");
    check(
      "the MX was asked for first, and there was none",
      answers[0]?.type === "MX" && answers[0].rcode === "NOERROR" && answers[0].answers.length === 0,
      answers,
    );
    check(
      "the trace says why the address was taken",
      routingSteps(lab, "presto").some((step) => step.includes("plain.test has no MX record")),
      routingSteps(lab, "presto"),
    );

    note("To a domain that has only an IPv6 address.");
    await send("eva@six.test");
    await arrival(lab, "eva@six.test");
    const opened = eventsOf(lab, "connection.opened", "six").filter(({ side }) => side === "server");
    check(
      "six.test was reached over IPv6",
      opened.length === 1 && opened[0]?.remote.startsWith("[fd66::11]:") === true,
      opened,
    );

    note("To a domain that has neither.");
    const before = lab.clock.now();
    await send("nobody@nothing.test");
    await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const report = await reportFor(lab, "ann@arch.test");
    check(
      "mail for nothing.test comes back with 5.1.2",
      report?.dsn?.recipients[0]?.status === "5.1.2",
      report?.dsn,
    );
    check(
      "at once, not after days of retries",
      lab.clock.now() - before < 60_000,
      `${lab.clock.now() - before} ms`,
    );
  },
};
