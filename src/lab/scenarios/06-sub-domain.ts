/** Scenario 6: a sub-domain is a domain of its own. */
import { arrival, letter } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const subDomain: Scenario = {
  number: 6,
  name: "sub-domain",
  title: "A sub-domain has its own MX, or none",
  rfcs: ["RFC 5321 §2.3.5", "RFC 5321 §5.1"],
  narration: [
    "arch.test sends its mail to presto, and mex.arch.test to mex. For the DNS these are two names that have nothing to do with each other: the MX of a domain says nothing about the names below it (RFC 5321 §5.1 looks up exactly the name behind the @).",
    "So a name that has no MX of its own does not inherit its parent's. presto.arch.test is a host with an address; mail for ann@presto.arch.test is brought to that host, and presto, which takes mail for arch.test, refuses to take it for a name nobody told it about.",
  ],
  lab: `
lab: sub-domain
domains:
  arch.test:     { mx: [presto:10] }
  mex.arch.test: { mx: [mex:10] }
  nemesis.test:  { mx: [kerio:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, name: presto.arch.test, accept: [arch.test] }
  mex:    { ip: 10.66.0.12, role: mailbox, name: iis.mex.arch.test, accept: [mex.arch.test] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test], allow: [you] }
accounts:
  ann@arch.test:     { password: ann }
  ann@mex.arch.test: { password: ann }
  bob@nemesis.test:  { password: bob }
`,
  async play({ lab, check, note }) {
    const send = (to: string) =>
      lab.send({
        from: "bob@nemesis.test",
        to: [to],
        server: "kerio",
        raw: letter("bob@nemesis.test", to, to),
      });

    note("Two Anns: the same local part, two domains.");
    await send("ann@arch.test");
    await send("ann@mex.arch.test");
    const upper = await arrival(lab, "ann@arch.test");
    const lower = await arrival(lab, "ann@mex.arch.test");
    check(
      "mail for arch.test goes to presto",
      upper.trace?.path.join() === "kerio,presto",
      upper.trace?.path,
    );
    check("mail for mex.arch.test goes to mex", lower.trace?.path.join() === "kerio,mex", lower.trace?.path);
    const counts = await Promise.all(
      ["ann@arch.test", "ann@mex.arch.test"].map(async (one) => (await (await lab.inbox(one)).list()).length),
    );
    check("each Ann got her own message and no other", counts.join() === "1,1", counts);

    note("To a host name below arch.test that has no MX.");
    await send("ann@presto.arch.test");
    const report = await arrival(lab, "bob@nemesis.test", { dsn: { action: "failed" } });
    const failure = report.dsn?.recipients[0];
    check("presto was asked, at its own address", failure?.remoteMta === "presto.arch.test", failure);
    check(
      "and refused: the parent's domain is not this one",
      failure?.status === "5.7.1" && failure.diagnostic?.includes("550") === true,
      failure,
    );
    const route = await lab.why("ann@ghost.arch.test", { host: "kerio" });
    check(
      "a name below arch.test that does not exist is no mail domain either",
      route.target.kind === "fail" && route.target.status === "5.1.2",
      route,
    );
  },
};
