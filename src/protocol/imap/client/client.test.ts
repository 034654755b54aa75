import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ImapClientSession } from "./client-session.ts";
import { commandBytes, type CommandPart } from "./command-bytes.ts";
import { ResponseReader } from "./response-reader.ts";
import type { ImapResponse } from "./response.ts";

/** Octets become text, so that tables stay readable. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("utf8")}"`;
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [name, plain(one)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function read(stream: string, cuts: readonly number[] = [], responseBytesMax = 10_000): unknown[] {
  const reader = new ResponseReader({ responseBytesMax });
  const bytes = Buffer.from(stream, "latin1");
  const found: ImapResponse[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    reader.push(Buffer.from(bytes.subarray(from, to)));
    from = to;
    for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next);
  }
  return found.map(plain);
}

const RESPONSES: readonly (readonly [string, object])[] = [
  [
    "* OK [CAPABILITY IMAP4rev2 AUTH=PLAIN] ready",
    {
      kind: "status",
      status: "OK",
      code: { name: "CAPABILITY", values: ["IMAP4rev2", "AUTH=PLAIN"] },
      text: "ready",
    },
  ],
  [
    "* OK [PERMANENTFLAGS (\\Seen \\*)] limited",
    {
      kind: "status",
      status: "OK",
      code: { name: "PERMANENTFLAGS", values: [["\\Seen", "\\*"]] },
      text: "limited",
    },
  ],
  ["* BYE [not a code", { kind: "status", status: "BYE", code: undefined, text: "[not a code" }],
  [
    "a3 NO [copyuid 1 2:3 4:5] x",
    {
      kind: "tagged",
      tag: "a3",
      status: "NO",
      code: { name: "COPYUID", values: ["1", "2:3", "4:5"] },
      text: "x",
    },
  ],
  ["+ idling", { kind: "continue", text: "idling" }],
  [
    '* LIST (\\HasNoChildren \\Sent) "/" "Entw&APw-rfe" ("CHILDINFO" ("SUBSCRIBED"))',
    {
      kind: "list",
      attributes: ["\\HasNoChildren", "\\Sent"],
      delimiter: "/",
      mailbox: "Entwürfe",
      extended: ['"CHILDINFO"', ['"SUBSCRIBED"']],
    },
  ],
  [
    "* LSUB () NIL inbox",
    { kind: "lsub", attributes: [], delimiter: undefined, mailbox: "INBOX", extended: [] },
  ],
  ["* FLAGS (\\Seen $Junk)", { kind: "flags", flags: ["\\Seen", "$Junk"] }],
  ["* 18 EXISTS", { kind: "exists", number: 18 }],
  [
    '* 2 FETCH (UID 7 FLAGS () BODY[HEADER.FIELDS ("From" To)]<0> {3}\r\na\r\n X-GM "q\\"" ENVELOPE (NIL ((NIL NIL "a" "b")("x" NIL "c" "d")) NIL))',
    {
      kind: "fetch",
      number: 2,
      items: {
        UID: "7",
        FLAGS: [],
        'BODY[HEADER.FIELDS ("FROM" TO)]<0>': '"a\r\n"',
        "X-GM": '"q""',
        ENVELOPE: [
          undefined,
          [
            [undefined, undefined, '"a"', '"b"'],
            ['"x"', undefined, '"c"', '"d"'],
          ],
          undefined,
        ],
      },
    },
  ],
  ["* 25000 UIDFETCH (FLAGS (\\Seen))", { kind: "fetch", number: 25000, items: { FLAGS: ["\\Seen"] } }],
  ["* VANISHED (EARLIER) 300:310,405", { kind: "vanished", earlier: true, uids: [300, 310, 405, 405] }],
  ["* VANISHED 5:3", { kind: "vanished", earlier: false, uids: [3, 5] }],
  ["* SEARCH 2 5 6 (MODSEQ 917162500)", { kind: "search", numbers: [2, 5, 6], modseq: 917162500 }],
  ["* SEARCH", { kind: "search", numbers: [], modseq: undefined }],
  [
    '* ESEARCH (TAG "A283") UID MIN 2 PARTIAL (1:2 5,9)',
    {
      kind: "esearch",
      tag: '"A283"'.slice(1, -1),
      uid: true,
      mailbox: undefined,
      items: { MIN: "2", PARTIAL: ["1:2", "5,9"] },
    },
  ],
  [
    '* STATUS "blurdy bloop" (MESSAGES 231 UIDNEXT 44292)',
    { kind: "mailboxStatus", mailbox: "blurdy bloop", items: { MESSAGES: "231", UIDNEXT: "44292" } },
  ],
  ['* QUOTA "" (STORAGE 10 512)', { kind: "other", name: "QUOTA", values: ['""', ["STORAGE", "10", "512"]] }],
  ["* 3 FETCH (UID", { kind: "malformed", why: "expected a space at octet 15", line: "* 3 FETCH (UID" }],
  ["* VANISHED 1:*", { kind: "malformed", why: "1:* is no set of numbers", line: "* VANISHED 1:*" }],
];

describe("responses", () => {
  for (const [line, value] of RESPONSES) {
    it(`are read: ${line.slice(0, 50)}`, () => assert.deepEqual(read(`${line}\r\n`), [value]));
  }

  it("are the same however the stream is cut", () => {
    const stream = RESPONSES.map(([line]) => `${line}\r\n`).join("");
    const whole = read(stream);
    assert.equal(whole.length, RESPONSES.length);
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    fc.assert(fc.property(cuts, (some) => assert.deepEqual(read(stream, some), whole)));
    const each = [...stream].map((_, at) => at);
    assert.deepEqual(read(stream, each), whole);
  });

  it("never throw, whatever the octets", () => {
    const word = fc.constantFrom("* ", "1 FETCH (", ")", '"', "[", "]", "{3}\r\n", "\r\n", "+", "NIL", "(");
    const text = fc.array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 20 });
    fc.assert(fc.property(text, (words) => void read(`${words.join("")}\r\n`)));
  });

  it("larger than the limit break the stream, announced or not", () => {
    const broken = [{ kind: "broken", why: "a response has more than 100 octets" }];
    assert.deepEqual(read("* 1 FETCH (BODY[] {101}\r\n", [], 100), broken);
    assert.deepEqual(read(`* OK ${"x".repeat(200)}`, [], 100), broken);
  });

  it("of ten thousand brackets are malformed", () => {
    const [only] = read(`* X ${"(".repeat(9_000)}\r\n`) as [{ kind: string }];
    assert.equal(only.kind, "malformed");
  });

  it("of a long literal are gathered once", () => {
    const reader = new ResponseReader({ responseBytesMax: 1e8 });
    reader.push(Buffer.from("* 1 FETCH (BODY[] {20000000}\r\n"));
    const piece = Buffer.alloc(10_000, 120);
    const started = process.hrtime.bigint();
    for (let i = 0; i < 2_000; i++) {
      assert.equal(reader.next(), undefined);
      reader.push(piece);
    }
    reader.push(Buffer.from(")\r\n"));
    const found = reader.next();
    assert.equal(found?.kind === "fetch" && (found.items.get("BODY[]") as Uint8Array).length, 20_000_000);
    // 2,000 copies of up to 20 MB would take seconds.
    assert.ok(Number(process.hrtime.bigint() - started) / 1e6 < 1_500);
  });
});

describe("a client's command", () => {
  const said = (
    parts: readonly CommandPart[],
    literals: "synchronizing" | "LITERAL-" | "LITERAL+",
    utf8 = false,
  ) => commandBytes("a1", parts, { literals, utf8 }).map((piece) => Buffer.from(piece).toString("utf8"));

  it("quotes what it can, and sends the rest as literals", () => {
    const parts = [
      "X ",
      { string: 'a"b' },
      " ",
      { string: "ü" },
      " ",
      { mailbox: "ü" },
      " (",
      { uids: [1, 3] },
      ")",
    ] as const;
    assert.deepEqual(said(parts, "synchronizing"), ['a1 X "a\\"b" {2}\r\n', 'ü "&APw-" (1:3)\r\n']);
    assert.deepEqual(said(parts, "LITERAL+"), ['a1 X "a\\"b" {2+}\r\nü "&APw-" (1:3)\r\n']);
    assert.deepEqual(said(parts, "LITERAL-", true), ['a1 X "a\\"b" "ü" "ü" (1:3)\r\n']);
  });

  it("waits with a long literal also where LITERAL- is offered", () => {
    const long = { literal: Buffer.alloc(4_097, 120) };
    assert.equal(said(["APPEND x ", long], "LITERAL-").length, 2);
    assert.equal(said(["APPEND x ", long], "LITERAL+").length, 1);
  });

  it("with a literal holds back those behind it until the server says go on", () => {
    const session = new ImapClientSession({ responseBytesMax: 1_000 });
    const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();
    assert.equal(
      text(session.command(["LOGIN ", { literal: Buffer.from("ann") }, " pw"]).send),
      "a1 LOGIN {3}\r\n",
    );
    assert.equal(text(session.command(["NOOP"]).send), "");
    const { send, responses } = session.push(Buffer.from("+ go\r\n* CAPABILITY IMAP4rev1 LITERAL+\r\n"));
    assert.equal(text(send), "ann pw\r\na2 NOOP\r\n");
    assert.equal(responses.length, 1);
    assert.equal(text(session.command([{ literal: Buffer.from("x") }]).send), "a3 {1+}\r\nx\r\n");
  });

  it("that is refused lets the next one go", () => {
    const session = new ImapClientSession({ responseBytesMax: 1_000 });
    session.command([{ literal: Buffer.from("x") }]);
    session.command(["NOOP"]);
    const { send } = session.push(Buffer.from("a1 NO too large\r\n"));
    assert.equal(Buffer.concat(send).toString(), "a2 NOOP\r\n");
  });
});
