/** Scenario 5: two classic mistakes in MX records, one forgiven, one not. */
import { arrival, eventsOf, letter, routingSteps } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const mxToAliasOrAddress: Scenario = {
  number: 5,
  name: "mx-to-alias-or-address",
  title: "An MX that points to an alias, and one that points to an address",
  rfcs: ["RFC 2181 §10.3", "RFC 5321 §5.1", "RFC 1035 §3.3.9"],
  narration: [
    "The target of an MX record must be a host name with addresses of its own, not an alias (RFC 2181 §10.3): with a CNAME in between, a server may not recognise itself in the list of exchangers, and mail can loop. Most senders follow the alias all the same, and so do we; the lab warns when it reads the zone.",
    "An MX record cannot hold an address: its data is a domain name (RFC 1035 §3.3.9). Who writes 10.66.0.31 there has named a host called 10.66.0.31, which does not exist. There is nothing to forgive: the mail comes back, and the report says what is wrong with the record.",
  ],
  lab: `
lab: odd-mx
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test, alias.test, number.test] }
accounts:
  ann@arch.test:   { password: ann }
  bob@alias.test:  { password: bob }
  bob@number.test: { password: bob }
zones:
  alias.test: |
    @    MX    10 mail
    mail CNAME kerio.nemesis.test.
  number.test: |
    @    MX    10 10.66.0.31.
`,
  async play({ lab, check, note }) {
    const warning = (text: string) => lab.plan.warnings.find(({ message }) => message.includes(text));
    check(
      "the lab warns of the alias when it reads the file",
      warning("mail.alias.test")?.rfc?.includes("2181") === true,
      lab.plan.warnings,
    );
    check("and of the address", warning("10.66.0.31") !== undefined, lab.plan.warnings);

    const send = (to: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw: letter("ann@arch.test", to, to) });
    note("To the domain whose MX is an alias.");
    await send("bob@alias.test");
    const mail = await arrival(lab, "bob@alias.test");
    check("the alias is followed", mail.trace?.path.join() === "presto,kerio", mail.trace?.path);
    check(
      "and the trace says that it should not be there",
      routingSteps(lab, "presto").some((step) => step.includes("is an alias") && step.includes("RFC 2181")),
      routingSteps(lab, "presto"),
    );

    note("To the domain whose MX is an address.");
    const opened = eventsOf(lab, "connection.opened", "kerio").length;
    await send("bob@number.test");
    const report = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = report.dsn?.recipients[0];
    check("the message comes back, 5.4.4", failure?.status === "5.4.4", failure);
    check(
      "nobody connected, although a server listens at that address",
      eventsOf(lab, "connection.opened", "kerio").length === opened,
    );
    check(
      "the trace names the record and the rule",
      routingSteps(lab, "presto").some(
        (step) => step.includes("MX 10 10.66.0.31 is an address") && step.includes("RFC 1035"),
      ),
      routingSteps(lab, "presto"),
    );
    check(
      "Bob's mailbox at number.test stays empty",
      (await (await lab.inbox("bob@number.test")).list()).length === 0,
    );
  },
};
