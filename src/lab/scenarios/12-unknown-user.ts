/** Scenario 12: a bounce, and why a bounce is never answered with a bounce. */
import { arrival, eventsOf, letter, queued, receivedBy, textOf } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const unknownUser: Scenario = {
  number: 12,
  name: "unknown-user",
  title: "Unknown user: a bounce to the sender, and no bounce of the bounce",
  rfcs: ["RFC 5321 §6.1", "RFC 5321 §4.5.5", "RFC 3464 §2", "RFC 3834 §2"],
  narration: [
    "There is no ghost at nemesis.test. kerio says so at RCPT: 550 5.1.1. Presto had already taken the message from Ann, so it owes her an answer: a report that quotes kerio's words, says which recipient it is about, and carries the header of her message (RFC 3464 §2).",
    "The report is sent with the null reverse path, MAIL FROM:<>. That is the envelope's way to say: whatever happens to this, tell nobody (RFC 5321 §4.5.5). A server that answered bounces with bounces could play that game with another one for ever.",
    "The second message shows it: its sender does not exist either. The report about it cannot be delivered, and that is the end. The third comes with the null path from the start: a bounce of somebody else's. Nobody is told of its failure but the journal (RFC 5321 §6.1).",
  ],
  lab: `
lab: bounce
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
`,
  async play({ lab, check, note }) {
    note("Ann writes to ghost@nemesis.test.");
    const raw = letter("ann@arch.test", "ghost@nemesis.test", "Hello?", "A secret: 4711.\n");
    const sent = await lab.send({ from: "ann@arch.test", to: ["ghost@nemesis.test"], server: "presto", raw });
    const bounce = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = bounce.dsn?.recipients[0];
    check(
      "the report is about ghost: 5.1.1",
      failure?.finalRecipient.address === "ghost@nemesis.test" && failure.status === "5.1.1",
      failure,
    );
    check(
      "it quotes kerio's own words",
      failure?.remoteMta === "kerio.nemesis.test" && failure.diagnostic?.startsWith("550 5.1.1") === true,
      failure,
    );
    check("presto speaks", bounce.dsn?.reportingMta === "presto.arch.test", bounce.dsn?.reportingMta);
    check(
      "from the null path, and marked as written by a machine",
      bounce.envelope.from === "" && bounce.headers["auto-submitted"]?.startsWith("auto-") === true,
      bounce.headers,
    );
    const type = bounce.headers["content-type"] ?? "";
    check("it is a multipart/report", /multipart\/report/i.test(type) && /delivery-status/i.test(type), type);
    check("with her message's header", textOf(bounce.raw).includes("Subject: Hello?"));
    check(
      "and it never left presto",
      receivedBy(bounce.raw).every((host) => host === "presto"),
      receivedBy(bounce.raw),
    );
    const journey = sent.queueId === undefined ? undefined : lab.trace(`id:${sent.queueId}`);
    check(
      "the trace links the report to its original",
      journey?.related.reports.length === 1,
      journey?.related,
    );

    note("A message whose sender does not exist either.");
    const forged = letter("nobody@nemesis.test", "ghost@nemesis.test", "Forged");
    await lab.send({
      from: "nobody@nemesis.test",
      to: ["ghost@nemesis.test"],
      server: "presto",
      raw: forged,
    });
    await lab.clock.advance("6d");
    const reports = eventsOf(lab, "dsn");
    check("one report is made about it, none about the report", reports.length === 2, reports);
    const last = reports.at(-1);
    const outcome = eventsOf(lab, "outcome", "presto").findLast(
      ({ recipient }) => recipient === "nobody@nemesis.test",
    );
    check(
      "that report could not be delivered",
      last?.to === "nobody@nemesis.test" && outcome?.result === "failed",
      outcome,
    );
    check("and after six days nothing is left", queued(lab) === 0, queued(lab));

    note("A bounce of some other server's, for somebody who is not there.");
    const foreign = letter("mailer-daemon@vega.test", "ghost@nemesis.test", "Undelivered");
    const taken = await lab.send({ from: "", to: ["ghost@nemesis.test"], server: "presto", raw: foreign });
    await lab.clock.advance("6d");
    const lost = eventsOf(lab, "outcome", "presto").findLast(({ queueId }) => queueId === taken.queueId);
    check("it fails too", taken.ok && lost?.result === "failed", lost ?? taken.results);
    check("and no report is made", eventsOf(lab, "dsn").length === 2, eventsOf(lab, "dsn"));
    check(
      "the journal says why: RFC 5321 §6.1",
      eventsOf(lab, "warning", "presto").some(
        ({ trace, rfc }) => trace === taken.queueId && rfc === "RFC 5321 §6.1",
      ),
      eventsOf(lab, "warning", "presto"),
    );
    const mails = await lab.messages();
    check(
      "nobody else got anything",
      mails.length === 1,
      mails.map(({ id, subject }) => `${id} ${subject}`),
    );
  },
};
