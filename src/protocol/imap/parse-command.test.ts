import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { ImapCommandBody } from "./command.ts";
import { parseCommand } from "./parse-command.ts";
import { type ImapFragment, ImapSplitter } from "./splitter.ts";
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "./modified-utf7.ts";

const PLAIN = { utf8: false, uidOnly: false };

function fragments(input: string | Uint8Array, cuts: readonly number[] = []): ImapFragment[] {
  const splitter = new ImapSplitter({ appendBytesMax: 1_000 });
  const bytes = typeof input === "string" ? Buffer.from(input, "latin1") : input;
  const found: ImapFragment[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    splitter.push(Buffer.from(bytes.subarray(from, to)));
    from = to;
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) found.push(next);
  }
  return found;
}

/** The value of the only command in `input`, or why it is none. */
function read(input: string, options = PLAIN): ImapCommandBody | string {
  const found = fragments(`${input}\r\n`).filter(({ kind }) => kind !== "announced");
  const [only] = found;
  assert.equal(found.length, 1, JSON.stringify(found));
  if (only?.kind !== "command") return only?.kind === "refused" ? only.why : "nothing";
  const parsed = parseCommand(only.command, options);
  if (!parsed.ok) return parsed.error.why;
  const { tag: _, ...body } = parsed.value;
  return body;
}

const numbers = (...pairs: [number, number][]) => ({ kind: "numbers" as const, pairs });

const GOOD: readonly (readonly [string, object])[] = [
  ["a NOOP", { name: "noop" }],
  ["a login joe {6+}\r\nse\x00ret", { name: "login", user: "joe", password: "" }],
  ['a LOGIN "jo\\"e" p%', {}],
  [
    "a SELECT inbox (CONDSTORE)",
    { name: "select", mailbox: "INBOX", condstore: true, qresync: undefined, oldName: "inbox" },
  ],
  [
    "a SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))",
    {
      name: "select",
      mailbox: "INBOX",
      condstore: false,
      qresync: {
        uidValidity: 67890007,
        modseq: 90060115194045000,
        knownUids: numbers([41, 211], [214, 541]),
        matches: undefined,
      },
    },
  ],
  ["a CREATE Entw&APw-rfe (USE (\\Drafts))", { name: "create", mailbox: "Entwürfe", uses: ["\\Drafts"] }],
  [
    "a STORE 2:4 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Deleted $Junk)",
    {
      name: "store",
      uid: false,
      set: numbers([2, 4]),
      change: "add",
      silent: true,
      flags: ["\\Deleted", "$Junk"],
      unchangedSince: 12,
    },
  ],
  [
    "a UID STORE * FLAGS x y",
    {
      name: "store",
      uid: true,
      set: numbers([Infinity, Infinity]),
      change: "replace",
      silent: false,
      flags: ["x", "y"],
      unchangedSince: undefined,
    },
  ],
  ["a UID EXPUNGE 3:5,9", { name: "expunge", uids: numbers([3, 5], [9, 9]) }],
  ["a COPY $ Sent", { name: "copy", uid: false, set: { kind: "saved" }, mailbox: "Sent" }],
  [
    "a FETCH 1 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (From To)]<0.10> PREVIEW (LAZY))",
    {
      name: "fetch",
      uid: false,
      set: numbers([1, 1]),
      items: [
        { kind: "flags" },
        {
          kind: "section",
          peek: true,
          section: { part: [1, 2], text: "fields", names: ["From", "To"] },
          partial: { from: 0, count: 10 },
        },
        { kind: "preview", lazy: true },
      ],
      changedSince: undefined,
      vanished: false,
      partial: undefined,
    },
  ],
  [
    "a APPEND x (\\Seen) {3}\r\nabc {2+}\r\nde",
    {
      name: "append",
      mailbox: "x",
      messages: [
        {
          flags: ["\\Seen"],
          receivedAt: undefined,
          parts: [{ kind: "bytes", bytes: Buffer.from("abc"), binary: false }],
        },
        {
          flags: [],
          receivedAt: undefined,
          parts: [{ kind: "bytes", bytes: Buffer.from("de"), binary: false }],
        },
      ],
    },
  ],
  [
    'a LIST (SUBSCRIBED) "" (% x/*) RETURN (CHILDREN STATUS (MESSAGES SIZE))',
    {
      name: "list",
      reference: "",
      patterns: ["%", "x/*"],
      extended: true,
      select: ["subscribed"],
      return: {
        subscribed: false,
        children: true,
        specialUse: false,
        myRights: false,
        status: ["messages", "size"],
        metadata: undefined,
      },
    },
  ],
  [
    "a SEARCH RETURN () UNSEEN OR FROM joe NOT 1:3",
    {
      name: "search",
      uid: false,
      charset: undefined,
      return: {
        min: false,
        max: false,
        all: true,
        count: false,
        save: false,
        context: false,
        relevancy: false,
        update: false,
        updateItems: [],
        partial: undefined,
      },
      key: {
        kind: "and",
        keys: [
          { kind: "not", key: { kind: "flag", flag: "\\Seen" } },
          {
            kind: "or",
            keys: [
              { kind: "from", text: "joe" },
              { kind: "not", key: { kind: "sequence", uid: false, set: numbers([1, 3]) } },
            ],
          },
        ],
      },
    },
  ],
];

const WRONG: readonly (readonly [string, string | RegExp])[] = [
  ["a FOO", "there is no command FOO"],
  ["a SELECT", "expected a space at octet 9, found the end"],
  ["a FETCH 0 FLAGS", "0 is no number of a message"],
  ["a FETCH 1 (FLAGS", /expected a space .* found the end/],
  ["a NOOP x", /expected the end of the command/],
  ["a SELECT &Jj", "the name is not well-formed modified UTF-7"],
  ["a UID FETCH 1 FLAGS (VANISHED)", "VANISHED is for UID FETCH with CHANGEDSINCE"],
  [`a SEARCH ${"(".repeat(10_000)}`, "search keys nest at most 50 deep"],
  ["a LOGIN a {70000+}\r\n" + "x".repeat(70_000), "a literal here has at most 65536 octets"],
  [`a LIST "" ${"x".repeat(70_000)}`, "a line has at most 65536 octets"],
  ["a NO\0OP", "NUL is not allowed outside of literals"],
  ["a LOGIN a {2+}\r\n\xff\xfe", "a string is not UTF-8"],
];

describe("commands", () => {
  it("are read as they were written", () => {
    for (const [text, value] of GOOD) {
      const body = read(text);
      if (text.includes("\x00")) assert.equal(body, "a string holds NUL");
      else if (text.includes("p%")) assert.equal(typeof body, "string");
      else assert.deepEqual(body, value, text);
    }
  });

  it("that cannot be read say what was expected", () => {
    for (const [text, why] of WRONG) {
      const said = read(text);
      if (typeof why === "string") assert.equal(said, why, text.slice(0, 80));
      else assert.match(String(said), why);
    }
  });

  it("refuse a literal that is too large before it is sent, and go on", () => {
    const found = fragments(
      "a APPEND x {2000}\r\nb NOOP\r\nc APPEND x {2000+}\r\n" + "x".repeat(2_000) + "\r\nd NOOP\r\n",
    );
    assert.deepEqual(
      found.map((one) => (one.kind === "refused" ? `${one.tag} ${one.status} ${one.code}` : one.kind)),
      ["a NO TOOBIG", "command", "c NO TOOBIG", "command"],
    );
  });

  it("are the same however the stream is cut", () => {
    const stream = "a LOGIN {3}\r\njoe {2+}\r\nxy\r\nb NOOP\nc APPEND x {9}\r\n123456789\r\n";
    const whole = fragments(stream);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        assert.deepEqual(fragments(stream, cuts), whole);
      }),
    );
  });

  it("never throw, whatever the bytes", () => {
    const word = fc.constantFrom(
      "a ",
      "FETCH ",
      "SEARCH ",
      "(",
      ")",
      '"',
      "\\",
      "{3}\r\n",
      "1:*",
      "BODY[",
      "\r\n",
      "UID ",
      "LIST ",
      "*",
    );
    const text = fc.array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 20 });
    fc.assert(
      fc.property(text, (words) => {
        for (const one of fragments(Buffer.from(`${words.join("")}\r\n`, "latin1"))) {
          if (one.kind === "command") parseCommand(one.command, PLAIN);
        }
      }),
    );
  });
});

describe("modified utf-7", () => {
  it("comes back as it went", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        if (/[\0-\x1f\x7f]/.test(text) || !text.isWellFormed()) return;
        assert.equal(decodeModifiedUtf7(encodeModifiedUtf7(text)), text);
      }),
    );
    assert.equal(encodeModifiedUtf7("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  });

  it("refuses what no encoder writes", () => {
    for (const text of ["&", "&Jjo", "&Jjo!-", "&AGE-", "&=-", "a\x80"])
      assert.equal(decodeModifiedUtf7(text), undefined, text);
  });
});
