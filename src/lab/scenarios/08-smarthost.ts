/** Scenario 8: sending through somebody who wants to know who you are. */
import { arrival, letter, linesAt } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const smarthost: Scenario = {
  number: 8,
  name: "smarthost",
  title: "A smarthost with AUTH, and which connector chose it",
  rfcs: ["RFC 4954 §4", "RFC 4954 §6", "RFC 5321 §3.6.2"],
  narration: [
    "presto may not talk to the internet: everything leaves by smart, the smarthost. Connectors say so, in order, and the first that matches wins: mail for nemesis.test goes to its MX directly, everything else to smart. The trace prints which connector decided, because that is what everybody asks first.",
    "smart relays for those who log in and for nobody else; without a login it says 530 5.7.0, Authentication required (RFC 4954 §6). presto logs in with a name and a password of its own, over TLS, and the journal keeps neither.",
    "The application app does the same with one setting: via smart.",
  ],
  lab: `
lab: smarthost
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
  vega.test:    { mx: [lyra:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  smart:  { ip: 10.66.0.41, role: smarthost, auth: required }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
  lyra:   { ip: 10.66.0.32, role: mailbox, accept: [vega.test] }
  app:    { ip: 10.66.0.90, role: submit, as: noreply@arch.test, via: smart }
connectors:                                  # first match wins
  - { on: presto, to: nemesis.test, via: mx }
  - { on: presto, to: "*", via: smart }
  - { on: smart, to: "*", via: mx }
accounts:
  ann@arch.test:     { password: ann }
  noreply@arch.test: { password: noreply }
  bob@nemesis.test:  { password: bob }
  vera@vega.test:    { password: vera }
`,
  async play({ lab, check, note, dial }) {
    const send = (to: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw: letter("ann@arch.test", to, to) });

    note("Ann writes to vega.test and to nemesis.test.");
    await send("vera@vega.test");
    await send("bob@nemesis.test");
    const far = await arrival(lab, "vera@vega.test");
    const near = await arrival(lab, "bob@nemesis.test");
    check(
      "mail for vega.test goes by the smarthost",
      far.trace?.path.join() === "presto,smart,lyra",
      far.trace?.path,
    );
    check("mail for nemesis.test does not", near.trace?.path.join() === "presto,kerio", near.trace?.path);
    const [farSteps, nearSteps] = [far, near].map((mail) => mail.trace?.journey.hops[0]?.routing[0]?.steps);
    check(
      "the trace says that the connector for everything sent the first there, and why not the one before",
      hasStep(farSteps, /\(to \*, via smart\S*\) matches/) &&
        hasStep(farSteps, /\(to nemesis\.test, via mx\) does not match: the recipient is vera/),
      farSteps,
    );
    check(
      "and that the one for nemesis.test took the other",
      hasStep(nearSteps, /^connector 1 \(to nemesis\.test, via mx\) matches/),
      nearSteps,
    );

    const lines = linesAt(lab, "smart");
    const login = lines.findIndex((line) => line.startsWith("C: AUTH "));
    check(
      "presto logged in at smart before MAIL",
      login >= 0 && login < lines.findIndex((line) => line.startsWith("C: MAIL")),
      lines,
    );
    check(
      "the journal hides what it said",
      lines.slice(login).some((line) => line.includes("***")) &&
        lines.every((line) => !line.includes(encoded("presto"))),
      lines.slice(login, login + 4),
    );

    note("A stranger tries the smarthost without a login.");
    const stranger = await dial("smart", "10.66.0.66");
    await stranger.hear();
    await stranger.say("EHLO stranger.test");
    await stranger.say("MAIL FROM:<ann@arch.test>");
    const refusal = await stranger.say("RCPT TO:<vera@vega.test>");
    check(
      "the smarthost relays for nobody it does not know",
      /^5[35]0[ -]5\.7\.[01]/.test(refusal),
      stranger.heard,
    );
    await stranger.say("RSET");
    const wrong = await stranger.say(`AUTH PLAIN ${encoded("\0presto@smart.lab.test\0guess")}`);
    check("a wrong password is answered 535 5.7.8", wrong.startsWith("535 5.7.8"), wrong);
    stranger.close();

    note("The application sends too.");
    await lab.send({
      from: "noreply@arch.test",
      to: ["vera@vega.test"],
      server: "app",
      subject: "Your invoice",
    });
    const invoice = await arrival(lab, "vera@vega.test", { subject: "Your invoice" });
    check(
      "its mail goes app, smart, lyra",
      invoice.trace?.path.join() === "app,smart,lyra",
      invoice.trace?.path,
    );
  },
};

function hasStep(steps: readonly string[] | undefined, wanted: RegExp): boolean {
  return steps?.some((step) => wanted.test(step)) === true;
}

function encoded(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}
