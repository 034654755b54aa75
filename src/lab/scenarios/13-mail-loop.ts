/** Scenario 13: two servers that each think the other one has the mailbox. */
import { arrival, eventsOf, letter, queued, receivedBy, textOf } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const HOPS_MAX = 12;

export const mailLoop: Scenario = {
  number: 13,
  name: "mail-loop",
  title: "Mail loop: two relays send a message round until somebody counts",
  rfcs: ["RFC 5321 §6.3", "RFC 5321 §4.4", "RFC 5321 §5.1"],
  narration: [
    "Somebody made a mistake in two settings: edge hands nemesis.test to backup, and backup hands it back to edge. Neither notices by itself; each just does what it was told.",
    "Every server that takes a message writes a Received line on it. Who finds more of them than could be needed has found a loop, and refuses the message with 554 5.4.6 (RFC 5321 §6.3: count them, and allow at least 100). Here the limit is twelve, so that the story stays short. The server that was refused returns the message to Ann.",
    "A second kind of loop needs no second server: the MX of self.test names presto, and presto does not know that it should take that domain. It sees itself in the list, and stops at once instead of connecting to itself (RFC 5321 §5.1).",
  ],
  lab: `
lab: loop
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [edge:10] }
  self.test:    { mx: [presto:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, name: presto.arch.test, accept: [arch.test], allow: [you] }
  edge:   { ip: 10.66.0.21, role: relay, relay: { nemesis.test: backup } }
  backup: { ip: 10.66.0.22, role: relay, relay: { nemesis.test: edge } }
accounts:
  ann@arch.test: { password: ann }
policies: { hopsMax: ${HOPS_MAX} }
`,
  async play({ lab, check, note }) {
    const send = (to: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw: letter("ann@arch.test", to, to) });

    note("Ann writes to bob@nemesis.test.");
    await send("bob@nemesis.test");
    const bounce = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = bounce.dsn?.recipients[0];
    check("the message comes back, 5.4.6", failure?.status === "5.4.6", failure);
    check(
      "because of its Received lines",
      failure?.diagnostic?.includes("hops") === true,
      failure?.diagnostic,
    );
    const returned = receivedBy(bounce.raw.subarray(textOf(bounce.raw).indexOf("rfc822-headers")));
    const isInTurn = returned.every((host, i) => host !== returned[i + 1]);
    check(
      "the report shows them: edge and backup in turn",
      isInTurn && returned.filter((host) => host === "edge").length >= HOPS_MAX / 2 - 1,
      returned,
    );
    const taken = eventsOf(lab, "message.received").filter(({ recipients }) =>
      recipients.includes("bob@nemesis.test"),
    );
    check(
      `it was taken at most ${HOPS_MAX} times`,
      taken.length > 5 && taken.length <= HOPS_MAX,
      taken.length,
    );
    const times = taken.length;
    await lab.clock.advance("6d");
    const later = eventsOf(lab, "message.received").filter(({ recipients }) =>
      recipients.includes("bob@nemesis.test"),
    );
    check("and never again", later.length === times, later.length);

    note("To a domain whose MX is presto itself.");
    const dials = eventsOf(lab, "attempt", "presto").length;
    await send("bob@self.test");
    await lab.clock.advance("1m");
    const own = await (await lab.inbox("ann@arch.test")).list({ dsn: { status: "5.4.6" } });
    const about = own.map(({ dsn }) => dsn?.recipients[0]?.finalRecipient.address);
    check("it comes back at once, 5.4.6", about.includes("bob@self.test"), about);
    const dialled = eventsOf(lab, "connection.opened", "presto").filter(
      ({ side, remote }) => side === "client" && remote.startsWith("10.66.0.11:"),
    );
    check("presto did not connect to itself", dialled.length === 0 && dials > 0, dialled);
    check("nothing is left in any queue", queued(lab) === 0, queued(lab));
  },
};
