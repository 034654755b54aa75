import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { baseSubject, isReply } from "./base-subject.ts";
import { digestMessage } from "./digest-message.ts";
import { envelopeAddresses } from "./envelope-address.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const message = (...lines: string[]): Buffer => Buffer.from(lines.join("\r\n"), "latin1");

describe("an envelope", () => {
  it("is that of RFC 9051's example", () => {
    const { envelope } = digestMessage(
      message(
        "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
        "From: Terry Gray <gray@cac.washington.edu>",
        "Subject: IMAP4rev2 WG mtg summary and minutes",
        "To: imap@cac.washington.edu",
        "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>",
        "Message-Id: <B27397-0100000@cac.washington.ed>",
        "",
        "",
      ),
    );
    const terry = '(("Terry Gray" NIL "gray" "cac.washington.edu"))';
    assert.equal(
      text(envelope),
      `("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" ${terry} ${terry} ${terry} ` +
        '((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) ' +
        'NIL NIL "<B27397-0100000@cac.washington.ed>")',
    );
  });

  it("keeps the bytes of a subject that ends in a letter with A0", () => {
    const { envelope } = digestMessage(message("Subject:  voil\xc3\xa0 \t", "", ""));
    assert.match(text(envelope), /^\(NIL \{6\}\r\nvoil\xc3\xa0 NIL/);
  });

  for (const [value, want] of [
    ["a@b.test", '(NIL NIL "a" "b.test")'],
    ["Ann <a@b.test>", '("Ann" NIL "a" "b.test")'],
    ['"Onym, Ann" <a@b.test>', '("Onym, Ann" NIL "a" "b.test")'],
    ['"A \\"x\\" B" <a@b.test>', '("A \\"x\\" B" NIL "a" "b.test")'],
    ["a@b.test (Ann Onym)", '("Ann Onym" NIL "a" "b.test")'],
    ["=?utf-8?q?J=C3=B6rg?= <j@b.test>", '("=?utf-8?q?J=C3=B6rg?=" NIL "j" "b.test")'],
    ["<@x.test,@y.test:a@b.test>", '(NIL "@x.test,@y.test" "a" "b.test")'],
    ['"odd one"@b.test', '(NIL NIL "odd one" "b.test")'],
    [
      "team: a@b.test, Bob <c@d.test>;",
      '(NIL NIL "team" NIL)(NIL NIL "a" "b.test")("Bob" NIL "c" "d.test")(NIL NIL NIL NIL)',
    ],
    ["undisclosed-recipients:;", '(NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)'],
    ["root", '(NIL NIL "root" "")'],
    ["J. R. Doe <j@b.test>", '("J. R. Doe" NIL "j" "b.test")'],
    ["a@[192.168.1.1]", '(NIL NIL "a" "[192.168.1.1]")'],
    ["J\xf6rg <j@b.test>", '({4}\r\nJ\xf6rg NIL "j" "b.test")'],
    // "Voilà, là" in UTF-8, whose bytes C3 A0 hold what is a blank elsewhere.
    ["Voil\xc3\xa0 <v@b.test>", '({6}\r\nVoil\xc3\xa0 NIL "v" "b.test")'],
    ["L\xc3\xa0 \xc3\xa0 (x) <l@b.test>", '({6}\r\nL\xc3\xa0 \xc3\xa0 NIL "l" "b.test")'],
    ["", ""],
    [" , ,", ""],
  ] as const) {
    it(`reads ${JSON.stringify(value)}`, () => assert.equal(envelopeAddresses(value), want));
  }
});

describe("a body structure", () => {
  it("is that of RFC 9051's example of a text with an attachment", () => {
    const { structure } = digestMessage(
      message(
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        'Content-Type: TEXT/PLAIN; CHARSET="US-ASCII"',
        "",
        "one",
        "two",
        "--b",
        'Content-Type: TEXT/PLAIN; CHARSET="US-ASCII"; NAME="cc.diff"',
        "Content-ID: <960723163407.20117h@cac.washington.edu>",
        "Content-Description: Compiler diff",
        "Content-Transfer-Encoding: BASE64",
        "",
        "b25l",
        "--b--",
        "",
      ),
    );
    assert.equal(
      text(structure),
      '(("text" "plain" ("charset" "US-ASCII") NIL NIL "7bit" 8 1 NIL NIL NIL NIL)' +
        '("text" "plain" ("charset" "US-ASCII" "name" "cc.diff") "<960723163407.20117h@cac.washington.edu>" "Compiler diff" "base64" 4 0 NIL NIL NIL NIL)' +
        ' "mixed" ("boundary" "b") NIL NIL NIL)',
    );
  });

  it("shows a message in a message, dispositions, languages and continued names", () => {
    const { structure } = digestMessage(
      message(
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Language: en, de",
        "",
        "--b",
        "Content-Type: message/rfc822",
        "Content-Disposition: attachment; filename*0*=utf-8''%e2%82%ac; filename*1=\" a.eml\"",
        "",
        "Subject: in",
        "",
        "body",
        "",
        "--b--",
      ),
    );
    assert.equal(
      text(structure),
      '(("message" "rfc822" NIL NIL NIL "7bit" 21 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 1 NIL NIL NIL NIL) 3 NIL ' +
        '("attachment" ("filename*" "utf-8\'\'%e2%82%ac%20a.eml")) NIL NIL)' +
        ' "mixed" ("boundary" "b") NIL ("en" "de") NIL)',
    );
  });

  it("has a body even where a multipart has none", () => {
    const { structure } = digestMessage(message("Content-Type: multipart/mixed", "", "x"));
    assert.match(text(structure), /^\(\("text" "plain".*\) "mixed" NIL NIL NIL NIL\)$/);
  });
});

describe("a digest", () => {
  it("has the first words, ancestors and date", () => {
    const digest = digestMessage(
      message(
        "Date: Wed, 17 Jul 1996 02:23:25 -0700",
        "Message-ID: <3@a>",
        "References: <1@a>",
        "\t<2@a>",
        "In-Reply-To: <2@a>",
        "Subject: Re: [list] Re: Plans (fwd)",
        "",
        "> you said",
        "Hello",
        "  there.",
      ),
    );
    assert.equal(digest.preview, "Hello there.");
    assert.deepEqual(digest.references, ["<1@a>", "<2@a>", "<2@a>"]);
    assert.equal(digest.baseSubject, "PLANS");
    assert.equal(digest.sentAt, Date.UTC(1996, 6, 17, 9, 23, 25));
  });

  it("comes of any bytes, with balanced brackets", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          "From: ",
          "To: ",
          "Content-Type: multipart/mixed; boundary=b",
          "\r\n",
          "\r\n\r\n",
          "--b\r\n",
          "--b--",
          '"',
          "(",
          "<",
          ":",
          ";",
          "@",
          "\\",
          "message/rfc822",
          "\0",
          "\xff",
        ),
        fc.string({ maxLength: 5 }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const { envelope, structure } = digestMessage(Buffer.from(parts.join(""), "latin1"));
        for (const bytes of [envelope, structure]) assert.equal(depthAtEnd(text(bytes)), 0);
      }),
    );
  });
});

/** Walks over strings and literals as a client would. */
function depthAtEnd(value: string): number {
  let depth = 0;
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "{") {
      const found = /^\{(\d+)\}\r\n/.exec(value.slice(at));
      assert.ok(found !== null);
      at += found[0].length + Number(found[1]) - 1;
    } else if (character === '"') {
      for (at++; value.charAt(at) !== '"'; at++) {
        assert.ok(at < value.length, "an open quote");
        if (value.charAt(at) === "\\") at++;
      }
    }
  }
  return depth;
}

describe("the base subject of RFC 5256", () => {
  for (const [subject, want] of [
    ["Re: Fwd: [x] hello", "HELLO"],
    ["[fwd: Re: a ]", "A"],
    ["[only]", "[ONLY]"],
    ["re[2]: a", "A"],
    ["=?utf-8?q?Re=3A_a?=", "A"],
    ["a (fwd) (fwd) ", "A"],
    ["Re:", ""],
    ["", ""],
    ["Regarding: x", "REGARDING: X"],
  ] as const) {
    it(`of ${JSON.stringify(subject)} is ${JSON.stringify(want)}`, () =>
      assert.equal(baseSubject(subject), want));
  }
  it("tells a reply", () => assert.deepEqual([isReply("Re: a"), isReply("a")], [true, false]));
});
