/** Scenario 9: a stranger tries the fifteen classic ways to have mail relayed. */
import { arrival, eventsOf, letter, queued } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const TARGET = "victim.test";
const NAME = "kerio.nemesis.test";
const ADDRESS = "10.66.0.31";

/** Sender and recipient as a prober types them. */
const FORMS: readonly (readonly [from: string, to: string])[] = [
  ["<spam@stranger.test>", `<bob@${TARGET}>`],
  ["<>", `<bob@${TARGET}>`],
  ["<bob@nemesis.test>", `<bob@${TARGET}>`],
  [`<spam@${NAME}>`, `<bob@${TARGET}>`],
  [`<spam@[${ADDRESS}]>`, `<bob%${TARGET}@[${ADDRESS}]>`],
  [`<spam@${NAME}>`, `<bob%${TARGET}@${NAME}>`],
  [`<spam@${NAME}>`, `<bob%${TARGET}@nemesis.test>`],
  ["<spam@stranger.test>", `<"bob@${TARGET}">`],
  ["<spam@stranger.test>", `<"bob%${TARGET}"@nemesis.test>`],
  ["<spam@stranger.test>", `<"bob@${TARGET}"@${NAME}>`],
  ["<spam@stranger.test>", `<bob@${TARGET}@${NAME}>`],
  ["<spam@stranger.test>", `<@${NAME}:bob@${TARGET}>`],
  ["<spam@stranger.test>", `<@[${ADDRESS}]:bob@${TARGET}>`],
  ["<spam@stranger.test>", `<${TARGET}!bob@${NAME}>`],
  ["<spam@stranger.test>", `<${TARGET}!bob@[${ADDRESS}]>`],
];

export const openRelayProbe: Scenario = {
  number: 9,
  name: "open-relay-probe",
  title: "Open-relay probe: fifteen classic forms, all refused",
  rfcs: ["RFC 5321 §3.6.2", "RFC 5321 §3.6.1", "RFC 2505 §2.1", "RFC 5321 §7.1"],
  narration: [
    "An open relay carries mail from anybody to anybody, and ends on every block list within a day. A server must know whose mail it carries: mail for its own domains from everybody, mail for elsewhere only from its users and its own network (RFC 5321 §3.6.2, RFC 2505 §2.1).",
    "Probers have tried to talk servers into it for decades: with a local sender, with the null sender, with the old percent hack (bob%victim.test@relay), UUCP bangs (victim.test!bob), source routes (@relay:bob@victim.test), quotes around a second @, the server's own name or address. Each of these once worked somewhere.",
    "A stranger types all fifteen. Every one is refused at RCPT, before any content is sent. The recipient that is really local is taken, to show that the server is not just deaf.",
  ],
  lab: `
lab: probe
domains:
  nemesis.test: { mx: [kerio:10] }
  victim.test:  { mx: [victim:10] }
hosts:
  kerio:  { ip: 10.66.0.31, role: mailbox, name: kerio.nemesis.test, accept: [nemesis.test], allow: [desk] }
  desk:   { ip: 10.66.0.70, role: submit, as: bob@nemesis.test, via: kerio }
  victim: { ip: 10.66.0.32, role: mailbox, accept: [victim.test] }
accounts:
  bob@nemesis.test: { password: bob }
  bob@victim.test:  { password: bob }
policies: { misbehaviour: { slowAfter: 50, banAfter: 100 } }   # else it would answer ever more slowly
`,
  async play({ lab, check, note, dial }) {
    note("A stranger at 10.66.0.66 connects to kerio and types.");
    const stranger = await dial("kerio", "10.66.0.66");
    await stranger.hear();
    await stranger.say("EHLO stranger.test");
    for (const [from, to] of FORMS) {
      const mail = await stranger.say(`MAIL FROM:${from}`);
      const answer = await stranger.say(`RCPT TO:${to}`);
      check(`MAIL FROM:${from} RCPT TO:${to} is refused`, mail.startsWith("250") && /^5\d\d /.test(answer), [
        mail,
        answer,
      ]);
      await stranger.say("RSET");
    }
    await stranger.say("MAIL FROM:<spam@stranger.test>");
    const local = await stranger.say("RCPT TO:<bob@nemesis.test>");
    check("the local recipient is taken, from the same stranger", local.startsWith("250 "), local);
    await stranger.say("RSET");
    stranger.close();

    await lab.clock.advance("1h");
    check("nothing was queued", queued(lab) === 0, queued(lab));
    const visits = eventsOf(lab, "connection.opened", "victim");
    check("nobody ever connected to victim.test", visits.length === 0, visits);
    const denied = eventsOf(lab, "policy", "kerio").filter(({ verdict }) => verdict === "reject");
    check(
      "the journal has a reason for each form the relay policy judged",
      denied.length > 0 && denied.every(({ reason }) => reason.rule !== "" && reason.rfc !== undefined),
      denied.filter(({ reason }) => reason.rfc === undefined),
    );

    note("The same recipient, from a host that kerio knows.");
    const raw = letter("bob@nemesis.test", "bob@victim.test", "From inside");
    await lab.send({ from: "bob@nemesis.test", to: ["bob@victim.test"], server: "desk", raw });
    const mail = await arrival(lab, "bob@victim.test");
    check("is carried", mail.trace?.path.join() === "desk,kerio,victim", mail.trace?.path);
  },
};
