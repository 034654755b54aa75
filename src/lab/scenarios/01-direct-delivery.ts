/** Scenario 1: one message, two servers, one MX record. */
import { arrival, receivedBy, written } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const directDelivery: Scenario = {
  number: 1,
  name: "direct-delivery",
  title: "Direct delivery: one server asks DNS for the other",
  rfcs: ["RFC 5321 §5.1", "RFC 5321 §4.4", "RFC 5321 §7.2"],
  narration: [
    "Ann's server presto has a message for bob@nemesis.test. It takes the part behind the @ and asks the DNS for the MX records of nemesis.test; the answer names kerio, whose address it asks for next (RFC 5321 §5.1).",
    "Then it connects to port 25 and says who it is (EHLO), who the mail is from (MAIL FROM), who it is for (RCPT TO) and what it is (DATA). The envelope decides where mail goes; the From and To that Bob will read are content, and nobody checks that they agree.",
    "The 250 after the final dot is the moment responsibility passes from one server to the next. Kerio writes one line on top of the message, Received, and keeps the reverse path as Return-Path (RFC 5321 §4.4).",
  ],
  lab: `
lab: direct
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
    note("Ann hands her message to presto; the To field names somebody else than the envelope does.");
    const sent = await lab.send({
      from: "ann@arch.test",
      to: ["bob@nemesis.test"],
      server: "presto",
      raw: written(
        "From: Ann <ann@arch.test>",
        "To: Everybody <all@elsewhere.test>",
        "Subject: Lunch?",
        "Date: Mon, 5 Jan 2026 09:00:00 +0000",
        "Message-ID: <lunch@arch.test>",
        "",
        "At noon?",
      ),
    });
    check(
      "presto takes the message with 250 and names its queue id",
      sent.ok && sent.queueId !== undefined,
      sent.results,
    );

    const mail = await arrival(lab, "bob@nemesis.test", { subject: "Lunch?" });
    check(
      "it passes presto and kerio, and nobody else",
      mail.trace?.path.join() === "presto,kerio",
      mail.trace?.path,
    );
    check("one attempt is enough at each", mail.trace?.attempts === 2, mail.trace?.attempts);
    check(
      "the envelope decided, not the To field",
      mail.envelope.to === "bob@nemesis.test" && mail.to.includes("all@elsewhere.test"),
      { envelope: mail.envelope, to: mail.to },
    );
    check(
      "the reverse path became Return-Path",
      mail.headers["return-path"] === "<ann@arch.test>",
      mail.headers["return-path"],
    );
    check(
      "two servers, two Received lines, the last one on top",
      receivedBy(mail.raw).join(" ") === "kerio presto",
      receivedBy(mail.raw),
    );

    const lookups = mail.trace?.journey.hops[0]?.lookups.map(
      ({ name, answers }) => `${name} ${answers.join()}`,
    );
    check(
      "presto asked for the MX of nemesis.test, then for the address of kerio",
      lookups?.[0] === "nemesis.test MX 10 kerio.nemesis.test." &&
        lookups.includes("kerio.nemesis.test A 10.66.0.31"),
      lookups,
    );
    const result = mail.trace?.journey.results[0];
    check("the trace says delivered", result?.result === "delivered" && result.host === "kerio", result);
  },
};
