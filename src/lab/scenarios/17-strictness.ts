/** Scenario 17: messages that break the rules, and the trick that lives on servers that do not mind. */
import type { Dialogue } from "./dialogue.ts";
import { eventsOf } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const HEADER = [
  "From: <eve@stranger.test>",
  "To: <bob@nemesis.test>",
  "Date: Mon, 5 Jan 2026 09:00:00 +0000",
  "Subject: Innocent",
  "",
  "Hello.",
].join("\r\n");

const HIDDEN = [
  "MAIL FROM:<boss@nemesis.test>",
  "RCPT TO:<bob@nemesis.test>",
  "DATA",
  "From: <boss@nemesis.test>",
  "Date: Mon, 5 Jan 2026 09:00:00 +0000",
  "Subject: Smuggled",
  "",
  "Pay this at once.",
  ".",
  "",
].join("\r\n");

/** What some server somewhere took for the end of a message (CVE-2023-51764 to 51766). */
const FALSE_ENDS: readonly (readonly [name: string, bytes: string])[] = [
  ["LF dot LF", "\n.\n"],
  ["LF dot CRLF", "\n.\r\n"],
  ["CRLF dot LF", "\r\n.\n"],
  ["CR dot CR", "\r.\r"],
  ["CR dot CRLF", "\r.\r\n"],
  ["CRLF dot CR", "\r\n.\r"],
];

export const strictness: Scenario = {
  number: 17,
  name: "strictness",
  title: "Strictness: a message without From, bare line feeds, and smuggling",
  rfcs: ["RFC 5322 §3.6", "RFC 5321 §2.3.8", "RFC 5321 §4.1.1.4", "RFC 5321 §4.2.1"],
  narration: [
    "A message needs a From and a Date, and From only once (RFC 5322 §3.6). kerio refuses what lacks them with a reply of several lines that names each thing that is missing and where that is written, so that whoever wrote the program can mend it. Every line begins with the code, and only the last one has a space behind it (RFC 5321 §4.2.1).",
    "Lines end with CR LF, and neither of the two may stand alone (RFC 5321 §2.3.8). A message ends with a dot alone on a line. A server that also takes LF dot LF for the end can be fed two messages in one: another server, which goes by the book, passes the whole as one message and vouches for it, and the second, hidden one arrives with any sender one likes. That is SMTP smuggling.",
    "kerio refuses all of it. mild is set to repair lone line ends instead: it takes the message, as one.",
  ],
  lab: `
lab: strict
domains:
  nemesis.test: { mx: [kerio:10] }
  mild.test:    { mx: [mild:10] }
hosts:
  kerio: { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
  mild:  { ip: 10.66.0.32, role: mailbox, accept: [mild.test], policies: { bareNewline: repair } }
accounts:
  bob@nemesis.test:  { password: bob }
  boss@nemesis.test: { password: boss }
  mia@mild.test:     { password: mia }
policies: { misbehaviour: { slowAfter: 50, banAfter: 100 } }
`,
  async play({ lab, check, note, dial }) {
    note("A message of five lines of nonsense, as in the article.");
    const stranger = await dial("kerio", "10.66.0.66");
    await stranger.hear();
    await stranger.say("EHLO stranger.test");
    const nonsense = await deliver(stranger, "bob@nemesis.test", "asoifiajo\r\nasdf\r\nsd\r\nf\r\n.\r\n");
    const lines = nonsense.split("\n");
    check(
      "refused with a 550 5.7.1 of several lines",
      lines.length >= 3 &&
        lines.slice(0, -1).every((line) => line.startsWith("550-5.7.1 ")) &&
        lines.at(-1)?.startsWith("550 5.7.1 ") === true,
      nonsense,
    );
    check(
      "it names From and Date, and the section",
      /From/.test(nonsense) && /Date/.test(nonsense) && /RFC 5322 section 3\.6/.test(nonsense),
      nonsense,
    );
    const twice = await deliver(stranger, "bob@nemesis.test", `From: <a@b.test>\r\n${HEADER}\r\n.\r\n`);
    check("two From fields are refused too", twice.startsWith("550-5.7.1") && /From/.test(twice), twice);
    const bare = await deliver(stranger, "bob@nemesis.test", `${HEADER}\r\none\ntwo\r\n.\r\n`);
    check("a bare LF is refused", /^5\d\d[ -]/.test(bare) && /bare|alone|LF|line/i.test(bare), bare);
    stranger.close();

    note("Six ways to hide a second message in the first.");
    for (const [name, bytes] of FALSE_ENDS) {
      const smuggler = await dial("kerio", "10.66.0.67");
      await smuggler.hear();
      await smuggler.say("EHLO stranger.test");
      const answer = await deliver(smuggler, "bob@nemesis.test", `${HEADER}${bytes}${HIDDEN}`);
      check(`${name}: one message, one answer, and that is no`, /^5\d\d[ -]/.test(answer), answer);
      const next = await smuggler.say("NOOP");
      check(
        `${name}: the next command is the next one typed`,
        smuggler.isClosed || next.startsWith("250"),
        next,
      );
      smuggler.close();
    }
    const got = await (await lab.inbox("bob@nemesis.test")).list();
    check(
      "Bob has got nothing at all",
      got.length === 0,
      got.map(({ subject }) => subject),
    );
    const begun = eventsOf(lab, "line", "kerio").filter(
      ({ by, text }) => by === "client" && text.includes("boss@"),
    );
    check("no hidden command was ever heard", begun.length === 0, begun);

    note("The same to mild, which repairs.");
    const mild = await dial("mild", "10.66.0.66");
    await mild.hear();
    await mild.say("EHLO stranger.test");
    const answer = await deliver(mild, "mia@mild.test", `${HEADER}\n.\n${HIDDEN}`);
    check("mild takes it", answer.startsWith("250"), answer);
    mild.close();
    await lab.idle();
    const mails = await (await lab.inbox("mia@mild.test")).list();
    check(
      "as one message, from its real sender",
      mails.length === 1 && mails[0]?.envelope.from === "eve@stranger.test",
      mails.map(({ subject, envelope }) => ({ subject, envelope })),
    );
    check(
      "with the hidden part as plain text in it",
      mails[0]?.text.includes("Pay this at once.") === true,
      mails[0]?.text,
    );
  },
};

/** One transaction: the content goes out as it is, with whatever end it has. Returns the first answer to it. */
async function deliver(dialogue: Dialogue, to: string, content: string): Promise<string> {
  await dialogue.say("MAIL FROM:<eve@stranger.test>");
  await dialogue.say(`RCPT TO:<${to}>`);
  await dialogue.say("DATA");
  dialogue.send(content);
  return dialogue.hear();
}
