/** Scenario 20: who must not be seen is not seen, in any copy and in any report. */
import { arrival, linesAt, queued, textOf } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const bcc: Scenario = {
  number: 20,
  name: "bcc",
  title: "Bcc never leaks: not in the copies, not in Received, not in a bounce",
  rfcs: ["RFC 5322 §3.6.3", "RFC 5321 §7.2", "RFC 5321 §4.4", "RFC 3464 §2.3"],
  narration: [
    "Bcc is not a feature of the message but of the envelope: a recipient who is given in RCPT TO and stands in no header field. Whoever sends the message must leave the field out (RFC 5322 §3.6.3).",
    "Servers can still give it away. A Received line may say for whom a message was (for <carol@…>); with several recipients in one transaction that would show each of them to the others, so it must be left out then (RFC 5321 §7.2). A report goes to the sender alone, and must not show up anywhere else.",
    "Here Bob is the visible recipient, carol the hidden one, and ghost a hidden one who does not exist.",
  ],
  lab: `
lab: bcc
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [edge:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  edge:   { ip: 10.66.0.21, role: relay, relay: { nemesis.test: kerio } }
  kerio:  { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:      { password: ann }
  bob@nemesis.test:   { password: bob }
  carol@nemesis.test: { password: carol }
`,
  async play({ lab, check, note }) {
    note("Ann writes to Bob, with blind copies to carol and to ghost.");
    await lab.send({
      from: "ann@arch.test",
      to: ["bob@nemesis.test"],
      bcc: ["carol@nemesis.test", "ghost@nemesis.test"],
      server: "presto",
      subject: "Our plan",
      text: "As discussed.\r\n",
    });
    const seenByBob = await arrival(lab, "bob@nemesis.test");
    const seenByCarol = await arrival(lab, "carol@nemesis.test");
    const bobs = textOf(seenByBob.raw);
    const carols = textOf(seenByCarol.raw);
    check("Bob's copy does not name carol or ghost", !/carol|ghost/i.test(bobs), bobs);
    check(
      "carol's copy names her in no field but her own mailbox's Delivered-To",
      !/carol|ghost/i.test(withoutOwn(carols)),
      withoutOwn(carols),
    );
    check("neither has a Bcc field", !/^bcc:/im.test(bobs) && !/^bcc:/im.test(carols));
    check(
      "both know that it was written to Bob",
      seenByBob.to.includes("bob@") && seenByCarol.to.includes("bob@"),
      seenByCarol.to,
    );

    const rcpts = linesAt(lab, "edge").filter((line) => line.startsWith("C: RCPT")).length;
    check(
      "although all three travelled in one transaction",
      rcpts === 3 && linesAt(lab, "edge").filter((line) => line.startsWith("C: MAIL")).length === 1,
      rcpts,
    );

    const report = await arrival(lab, "ann@arch.test", { dsn: { action: "failed" } });
    const failed = report.dsn?.recipients.map(({ finalRecipient }) => finalRecipient.address);
    check("Ann, and only Ann, is told about ghost", failed?.join() === "ghost@nemesis.test", failed);
    check(
      "and her report does not mention the others' addresses as recipients",
      !textOf(report.raw).includes("carol"),
      report.text,
    );
    const all = await lab.messages();
    check(
      "three mails in all: two copies and the report",
      all.length === 3,
      all.map(({ id, subject }) => `${id} ${subject}`),
    );
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));

    note("One blind copy to carol alone: then Received may name her, for she is the only one to read it.");
    await lab.send({
      from: "ann@arch.test",
      to: ["bob@nemesis.test"],
      server: "presto",
      subject: "Only Bob",
    });
    const alone = await arrival(lab, "bob@nemesis.test", { subject: "Only Bob" });
    check(
      "with one recipient Received names him",
      /\bfor <bob@nemesis\.test>/.test(textOf(alone.raw)),
      textOf(alone.raw).slice(0, 600),
    );
  },
};

/** Without the fields by which a mailbox notes its own name. */
function withoutOwn(text: string): string {
  return text.replace(/^(?:Delivered-To|X-Original-To):.*\r\n/gim, "");
}
