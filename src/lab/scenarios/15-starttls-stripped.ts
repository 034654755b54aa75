/** Scenario 15: somebody on the way removes STARTTLS. */
import { arrival, eventsOf, letter, linesAt, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const starttlsStripped: Scenario = {
  number: 15,
  name: "starttls-stripped",
  title: "STARTTLS stripped: required TLS waits, and never sends in clear",
  rfcs: ["RFC 3207 §6", "RFC 7435 §3", "RFC 8461 §1", "RFC 5321 §4.5.4.1"],
  narration: [
    "Between servers TLS is offered in clear text: one line, STARTTLS, in the answer to EHLO. A box on the way can remove that line, and a sender that takes TLS only when it is offered sends everything in clear (RFC 3207 §6 names this attack). Taking it when it is offered is still better than nothing (RFC 7435), so that is the default.",
    "For nemesis.test the administrator has asked for more: TLS, or no delivery. Then a missing STARTTLS is a reason to wait, not a reason to send in clear. The attacker can hold the mail up but not read it, and after five days Ann is told.",
    "The same box stands in front of open.test, for which nothing was asked: that mail goes through, readable to whoever listens.",
  ],
  lab: `
lab: stripped
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10], requireTls: true }
  open.test:    { mx: [lyra:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
  lyra:   { ip: 10.66.0.32, role: mailbox, accept: [open.test] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
  vera@open.test:   { password: vera }
faults:
  - { id: box1, at: "presto->kerio", do: { tls: strip } }
  - { id: box2, at: "presto->lyra", do: { tls: strip } }
`,
  async play({ lab, check, note }) {
    const send = (to: string, subject: string) =>
      lab.send({
        from: "ann@arch.test",
        to: [to],
        server: "presto",
        raw: letter("ann@arch.test", to, subject),
      });
    const mailCommands = (host: string) => linesAt(lab, host).filter((line) => line.startsWith("C: MAIL"));

    note("Ann writes to both.");
    await send("vera@open.test", "Postcard");
    await send("bob@nemesis.test", "Contract");
    const postcard = await arrival(lab, "vera@open.test");
    check("the postcard to open.test arrives", postcard.subject === "Postcard", postcard.subject);
    check(
      "in clear: no TLS was started at lyra",
      eventsOf(lab, "tls.started", "lyra").length === 0,
      eventsOf(lab, "tls.started", "lyra"),
    );
    await lab.clock.advance("1h");
    const first = eventsOf(lab, "outcome", "presto").find(
      ({ recipient }) => recipient === "bob@nemesis.test",
    );
    check(
      "the contract is put off: TLS is required",
      first?.result === "deferred" && first.status.startsWith("4.7."),
      first,
    );
    check(
      "the trace says so",
      first?.reason.detail === "TLS required" && first.reply.includes("STARTTLS"),
      first,
    );

    note("Five days later the box is still there.");
    await lab.clock.advance("5d");
    const bounce = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = bounce.dsn?.recipients[0];
    check(
      "Ann gets the contract back",
      failure?.finalRecipient.address === "bob@nemesis.test" && failure.status.includes(".7."),
      failure,
    );
    check(
      "kerio was asked many times and never heard MAIL",
      linesAt(lab, "kerio").filter((line) => line.startsWith("C: EHLO")).length > 5 &&
        mailCommands("kerio").length === 0,
      mailCommands("kerio"),
    );

    note("The box is removed.");
    lab.fault.remove("box1");
    await send("bob@nemesis.test", "Contract, again");
    const mail = await arrival(lab, "bob@nemesis.test");
    check("now the contract arrives", mail.subject === "Contract, again", mail.subject);
    const lines = linesAt(lab, "kerio");
    const isEncrypted = eventsOf(lab, "tls.started", "kerio").length > 0 && lines.includes("C: STARTTLS");
    check(
      "over TLS",
      isEncrypted && mail.headers["received"]?.includes("ESMTPS") === true,
      mail.headers["received"],
    );
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
  },
};
