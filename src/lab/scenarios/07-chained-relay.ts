/** Scenario 7: the MX is not the server with the mailboxes. */
import { arrival, letter, queued, receivedBy } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const chainedRelay: Scenario = {
  number: 7,
  name: "chained-relay",
  title: "Chained relay: the MX takes the mail and hands it on",
  rfcs: ["RFC 5321 §3.6.2", "RFC 5321 §4.4", "RFC 5321 §6.1"],
  narration: [
    "The MX of arch.test is mex, a small relay that has no mailboxes. It takes what comes for arch.test and hands it to presto, where Ann's mailbox is. Organisations do this to keep the mailbox server off the internet (RFC 5321 §3.6.2 calls mex a relay).",
    "mex must not ask the DNS where arch.test is: the answer would be mex itself. Its settings say where that domain goes. Each server writes its own Received line on top, so the journey can be read from the bottom up (RFC 5321 §4.4).",
    "The price of a relay that does not know the mailboxes: it says 250 to a name that presto then refuses, and is left with a message it has taken responsibility for. It must return it (RFC 5321 §6.1), and if the sender was forged, a stranger gets the bounce. Giving the relay a list of recipients avoids that.",
  ],
  lab: `
lab: chain
domains:
  arch.test:    { mx: [mex:10] }
  nemesis.test: { mx: [kerio:10] }
hosts:
  mex:    { ip: 10.66.0.12, role: relay, name: mex.arch.test, relay: { arch.test: presto } }
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test], allow: [you] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
`,
  async play({ lab, check, note }) {
    const send = (to: string, subject: string) =>
      lab.send({
        from: "bob@nemesis.test",
        to: [to],
        server: "kerio",
        raw: letter("bob@nemesis.test", to, subject),
      });

    note("Bob writes to Ann.");
    await send("ann@arch.test", "By way of mex");
    const mail = await arrival(lab, "ann@arch.test");
    check(
      "the message passes kerio, mex and presto",
      mail.trace?.path.join() === "kerio,mex,presto",
      mail.trace?.path,
    );
    check(
      "its Received lines tell the same, the last server on top",
      receivedBy(mail.raw).join() === "presto,mex,kerio",
      receivedBy(mail.raw),
    );
    const hop = mail.trace?.journey.hops.find(({ host }) => host === "mex");
    check(
      "mex went by its settings and asked no MX",
      hop?.routing[0]?.reason.setting?.includes("arch.test") === true &&
        hop.lookups.every(({ type }) => type !== "MX"),
      { routing: hop?.routing, lookups: hop?.lookups },
    );

    note("To a name that is unknown: mex does not know that.");
    await send("ghost@arch.test", "To nobody");
    const report = await arrival(lab, "bob@nemesis.test", { dsn: { action: "failed" } });
    check(
      "the bounce is made by mex, which had taken the message",
      report.dsn?.reportingMta === "mex.arch.test",
      report.dsn,
    );
    check(
      "and quotes presto's refusal",
      report.dsn?.recipients[0]?.status === "5.1.1" &&
        report.dsn.recipients[0].remoteMta === "presto.arch.test",
      report.dsn?.recipients,
    );

    note("Later, presto goes down: the message waits in the chain.");
    await lab.clock.advance("15m");
    const down = lab.fault.at("presto").down();
    await send("ann@arch.test", "While presto sleeps");
    await lab.clock.advance("30s");
    const depths = ["kerio", "mex"].map((name) => lab.hosts.get(name)?.host?.queue.depth);
    check("mex keeps it, and kerio is done with it", depths.join() === "0,1", depths);
    lab.fault.remove(down);
    const late = await arrival(lab, "ann@arch.test", { subject: "While presto sleeps" });
    check("presto gets it when it is back", late.trace?.path.join() === "kerio,mex,presto", late.trace?.path);
    check("nothing is left anywhere", queued(lab) === 0, queued(lab));
  },
};
