import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import * as imap from "./explain-imap-table.ts";
import * as imapWords from "./explain-imap-words.ts";
import * as pop3 from "./explain-pop3-table.ts";
import { explainTalk, type SaidItem } from "./explain-talk.ts";

/** `C: ` and `S: ` lines; `~` is TLS. */
function items(lines: readonly string[]): SaidItem[] {
  return lines.map((line) =>
    line === "~"
      ? { kind: "tls", by: "client", text: "TLS: TLSv1.3 X" }
      : { kind: "line", by: line.startsWith("C: ") ? "client" : "server", text: line.slice(3) },
  );
}

type Row = readonly [line: string, words: RegExp | undefined, rfc?: string, parts?: Record<string, string>];

const IMAP: readonly Row[] = [
  [
    "S: * OK [CAPABILITY IMAP4rev2 X STARTTLS AUTH=PLAIN] edge is ready",
    /ready/,
    "RFC 9051 §7.1.1",
    { IMAP4rev2: "RFC 9051 §1", STARTTLS: "RFC 9051 §6.2.1", "AUTH=PLAIN": "RFC 4616 §2" },
  ],
  ["C: a1 STARTTLS", /encrypt/, "RFC 9051 §6.2.1"],
  ["S: a1 OK begin", /handshake/, "RFC 9051 §6.2.1"],
  ["~", /encrypted from here on/, "RFC 9051 §6.2.1"],
  ["C: a2 login ***", /name and password/, "RFC 9051 §6.2.3"],
  ["S: a2 NO [AUTHENTICATIONFAILED] no", /cannot do that: name or password/, "RFC 9051 §7.1"],
  ["C: a3 AUTHENTICATE SCRAM-SHA-256", /proves/, "RFC 9051 §6.2.2", { "SCRAM-SHA-256": "RFC 7677 §3" }],
  ["S: + ", /go on/, "RFC 9051 §7.6"],
  ["C: ***", /secret is not shown/, "RFC 9051 §6.2.2"],
  // Cut off by the journal in the middle of the code.
  [
    "S: a3 OK [CAPABILITY IMAP4rev2 IDLE NAM… (649)",
    /believes/,
    "RFC 9051 §6.2.2",
    {
      CAPABILITY: "RFC 9051 §7.1",
      IMAP4rev2: "RFC 9051 §1",
      IDLE: "RFC 2177 §3",
    },
  ],
  ["C: a4 SELECT INBOX (QRESYNC (1 2))", /opens/, "RFC 9051 §6.3.2", { QRESYNC: "RFC 7162 §3.2.5" }],
  ["S: * 23 EXISTS", /how many messages/, "RFC 9051 §7.4.1"],
  ["S: * OK [UIDVALIDITY 7] ok", /done/, "RFC 9051 §7.1.1", { UIDVALIDITY: "RFC 9051 §7.1" }],
  ["S: a4 OK [READ-WRITE] SELECT completed", /is open/, "RFC 9051 §6.3.2", { "READ-WRITE": "RFC 9051 §7.1" }],
  // Two under way; the second ends first.
  [
    "C: a5 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (TO)])",
    /parts of messages/,
    "RFC 9051 §6.4.5",
    {
      UID: "RFC 9051 §6.4.9",
      FLAGS: "RFC 9051 §6.4.5",
      "BODY.PEEK[]": "RFC 9051 §6.4.5",
    },
  ],
  ['C: a6 STATUS "FLAGS (UID) \\" x" (MESSAGES)', /numbers/, "RFC 9051 §6.3.11"],
  ["S: a6 OK done", /^done$/, "RFC 9051 §7.1.1"],
  ["S: a5 OK done", /all that was asked for/, "RFC 9051 §6.4.5"],
  ["C: a7 UID EXPUNGE 4", /those of these/, "RFC 9051 §6.4.9", { UID: "RFC 9051 §6.4.9" }],
  [
    "C: a8 STORE 1 +FLAGS (\\Seen $x)",
    /flags/,
    "RFC 9051 §6.4.6",
    {
      "+FLAGS": "RFC 9051 §6.4.6",
      "\\Seen": "RFC 9051 §2.3.2",
    },
  ],
  ["C: a9 IDLE", /waits/, "RFC 9051 §6.3.13"],
  ["C: DONE", /long enough/, "RFC 9051 §6.3.13"],
  ["S: a9 OK done", /DONE/, "RFC 9051 §6.3.13"],
  ["C: b1 XYZZY", undefined],
  ["S: b1 BAD no", /does not understand/, "RFC 9051 §7.1.3"],
  ["S: * BYE [UNAVAILABLE] later", /hangs up: .*try again later/, "RFC 9051 §7.1"],
  ["S: nothing of the kind", undefined],
];

const POP3: readonly Row[] = [
  ["S: +OK edge is ready", /ready/, "RFC 1939 §4"],
  ["C: CAPA", /can do/, "RFC 2449 §5"],
  ["S: +OK this", /up to a dot/, "RFC 2449 §5"],
  ["C: STLS", /encrypt/, "RFC 2595 §4"],
  ["S: +OK begin", /handshake/, "RFC 2595 §4"],
  ["~", /encrypted from here on/, "RFC 2595 §4"],
  // Pipelined.
  ["C: user ann@arch.test", /whose mailbox/, "RFC 1939 §7"],
  ["C: PASS ***", /password/, "RFC 1939 §7"],
  ["S: +OK and the password?", /go on/, "RFC 1939 §7"],
  ["S: -ERR [AUTH] no", /no; the words/, "RFC 1939 §3", { AUTH: "RFC 3206 §4" }],
  ["C: AUTH SCRAM-SHA-256", /proves/, "RFC 5034 §4", { "SCRAM-SHA-256": "RFC 7677 §3" }],
  ["S: + cj0", /go on/, "RFC 5034 §4"],
  ["C: ***", /secret is not shown/, "RFC 5034 §4"],
  ["S: +OK 1 message here", /alone/, "RFC 1939 §4"],
  ["C: LIST", /each message/, "RFC 1939 §5"],
  ["S: +OK 1 message", /up to a dot/, "RFC 1939 §5"],
  ["C: UIDL 1", /this message's/, "RFC 1939 §7"],
  ["S: +OK 1 x", /id/, "RFC 1939 §7"],
  ["C: RETR 99", /whole message/, "RFC 1939 §5"],
  ["S: -ERR there is no message 99", /no/, "RFC 1939 §3"],
  ["C: XYZZY", undefined],
  ["S: -ERR what", /no/, "RFC 1939 §3"],
  ["C: QUIT", /deleted now/, "RFC 1939 §6"],
  ["S: +OK bye", /goodbye/, "RFC 1939 §6"],
];

for (const [protocol, talk] of [
  ["imaps", IMAP],
  ["pop3", POP3],
] as const)
  test(`each line of ${protocol} is explained by what it answers, and its parts by themselves`, () => {
    const explained = explainTalk(items(talk.map(([line]) => line)), protocol);
    for (const [index, [line, words, rfc, parts = {}]] of talk.entries()) {
      const found = explained[index];
      assert.equal(found?.rfc, rfc, line);
      if (words !== undefined) assert.match(found?.text ?? "", words, line);
      const told = Object.fromEntries((found?.parts ?? []).map((part) => [part.token, part.rfc]));
      assert.deepEqual(told, parts, line);
    }
  });

test("any lines are explained or not, never a throw, one for each; of an unknown protocol none", () => {
  const item = fc.record({
    kind: fc.constantFrom("line", "content", "tls", "closed"),
    by: fc.constantFrom("client", "server"),
    text: fc.oneof(fc.string(), fc.constantFrom("* OK [", "a1 OK [X", "+", "+OK [A/B]", "a UID", "-ERR [")),
  }) as fc.Arbitrary<SaidItem>;
  for (const protocol of ["imap", "pop3s"])
    fc.assert(fc.property(fc.array(item), (some) => explainTalk(some, protocol).length === some.length));
  assert.deepEqual(explainTalk(items(["C: NOOP"]), "gopher"), [undefined]);
});

test("each explanation is a plain sentence with the section where it is written", () => {
  for (const tables of [imap, imapWords, pop3])
    for (const table of Object.values(tables))
      for (const [key, { text, rfc }] of table) {
        assert.match(rfc, /^RFC \d{3,5} §\d+(?:\.\d+)*$/, key);
        assert.match(text, /^[A-Za-z].*[^.\s]$/, key);
      }
});
