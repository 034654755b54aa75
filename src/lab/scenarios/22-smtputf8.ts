/** Scenario 22: an address that is not ASCII meets a server that knows only ASCII. */
import { arrival, eventsOf, linesAt, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const smtputf8: Scenario = {
  number: 22,
  name: "smtputf8",
  title: "SMTPUTF8: an international address, and a server that cannot take it",
  rfcs: ["RFC 6531 §3.2", "RFC 6531 §3.5", "RFC 6533 §3", "RFC 3463 §3.7"],
  narration: [
    "An address such as дом@nemesis.test can only be sent to a server that offers SMTPUTF8 in its answer to EHLO (RFC 6531 §3.2). The sender then says SMTPUTF8 in MAIL, and address and header travel as UTF-8.",
    "old.test's server is from another time. There is no way to write дом in ASCII, and guessing one would be delivery to somebody else. So the message is not sent at all: it comes back to Ann, with status 5.6.7, and her report is one that can itself show the address (RFC 6533).",
    "Domains are another matter: they have an ASCII form. Mail from an ASCII address to an ASCII address never needs any of this.",
  ],
  lab: `
lab: utf8
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [kerio:10] }
  old.test:     { mx: [old:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
  old:    { ip: 10.66.0.32, role: mailbox, accept: [old.test] }
accounts:
  ann@arch.test:    { password: ann }
  дом@nemesis.test: { password: dom }
  bob@old.test:     { password: bob }
  дом@old.test:     { password: dom }
faults:
  - { id: age, at: old.smtp.EHLO, do: { hide: [SMTPUTF8] } }
`,
  async play({ lab, check, note }) {
    const send = (to: string, subject: string) =>
      lab.send({ from: "ann@arch.test", to: [to], server: "presto", subject, text: "Добрый день.\r\n" });

    note("To a server that offers SMTPUTF8.");
    await send("дом@nemesis.test", "Привет");
    const mail = await arrival(lab, "дом@nemesis.test");
    check(
      "the message arrives",
      mail.subject === "Привет" && mail.text.includes("Добрый день"),
      mail.subject,
    );
    const command = linesAt(lab, "kerio").find((line) => line.startsWith("C: MAIL"));
    check("presto said SMTPUTF8 in MAIL", command?.includes("SMTPUTF8") === true, command);
    const rcpt = linesAt(lab, "kerio").find((line) => line.startsWith("C: RCPT"));
    check("and gave the address as UTF-8", rcpt?.includes("<дом@nemesis.test>") === true, rcpt);
    check(
      "the Received line says so: UTF8SMTP",
      /\bUTF8(?:SMTP|SMTPS|SMTPSA)\b/.test(mail.headers["received"] ?? ""),
      mail.headers["received"],
    );

    note("To one that does not.");
    await send("дом@old.test", "Привет");
    const report = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failure = report.dsn?.recipients[0];
    check("the message comes back, 5.6.7", failure?.status === "5.6.7", failure);
    check("the report can show the address", report.text.includes("дом@old.test"), report.text);
    const heard = linesAt(lab, "old").filter((line) => /^C: (?:MAIL|RCPT|DATA)/.test(line));
    check(
      "old never heard an address it cannot read",
      heard.every((line) => !/[^\x00-\x7f]/.test(line)),
      heard,
    );
    check(
      "nothing was delivered to a guess",
      eventsOf(lab, "store", "old").length === 0,
      eventsOf(lab, "store", "old"),
    );

    note("Plain addresses still reach it.");
    await lab.send({
      from: "ann@arch.test",
      to: ["bob@old.test"],
      server: "presto",
      subject: "Hello",
      text: "Plain.\r\n",
    });
    const plain = await arrival(lab, "bob@old.test");
    check("an ASCII message goes through", plain.subject === "Hello", plain.subject);
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));
  },
};
