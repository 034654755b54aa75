/** Scenario 4: a domain that says it takes no mail. */
import { arrival, eventsOf, letter, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const nullMx: Scenario = {
  number: 4,
  name: "null-mx",
  title: "Null MX: a domain that says it takes no mail",
  rfcs: ["RFC 7505 §3", "RFC 7505 §4", "RFC 3464 §2.3"],
  narration: [
    "shop.test is a web site. Without an MX record, mail for it would be tried at the web server's address for five days. So its owner publishes one MX record whose target is the root, a lone dot: the null MX, which says that this domain takes no mail (RFC 7505 §3).",
    "The sending server understands, connects to nobody, and returns the message at once with status 5.1.10 (RFC 7505 §4).",
    "Ann reads it in her mailbox a moment later, instead of wondering for five days.",
  ],
  lab: `
lab: null-mx
domains:
  arch.test: { mx: [presto:10] }
  shop.test: { mx: ["."], a: [web] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  web:    { ip: 10.66.0.80, role: mailbox, accept: [shop.test] }     # it would even answer
accounts:
  ann@arch.test:  { password: ann }
  info@shop.test: { password: info }
`,
  async play({ lab, check, note }) {
    note("Ann writes to the shop.");
    const before = lab.clock.now();
    const raw = letter("ann@arch.test", "info@shop.test", "Opening hours");
    const sent = await lab.send({ from: "ann@arch.test", to: ["info@shop.test"], server: "presto", raw });
    check("her own server takes the message: it does not know yet", sent.ok, sent.results);

    const report = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = report.dsn?.recipients[0];
    check("she gets it back with status 5.1.10", failure?.status === "5.1.10", failure);
    check(
      "the report names the recipient",
      failure?.finalRecipient.address === "info@shop.test",
      failure?.finalRecipient,
    );
    check("within a minute", lab.clock.now() - before < 60_000, `${(lab.clock.now() - before) / 1000} s`);
    check("the report says why in words", /null MX|takes no mail/i.test(report.text), report.text);
    check(
      "nobody ever connected to the web server",
      eventsOf(lab, "connection.opened", "web").length === 0,
      eventsOf(lab, "connection.opened", "web"),
    );
    const reason = eventsOf(lab, "routing", "presto").find(
      ({ recipient }) => recipient === "info@shop.test",
    )?.reason;
    check("the trace cites the rule: RFC 7505", reason?.rfc?.startsWith("RFC 7505") === true, reason);
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
  },
};
