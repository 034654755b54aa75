import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ResponseReader } from "./client/response-reader.ts";
import { valueText } from "./client/response.ts";
import { ImapWriter } from "./writer.ts";

function written(write: (writer: ImapWriter) => void, utf8 = false): string {
  const writer = new ImapWriter();
  writer.utf8 = utf8;
  write(writer);
  return Buffer.from(writer.take()).toString("utf8");
}

describe("the writer", () => {
  it("quotes text where it can, and counts its octets where it cannot", () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["plain", '"plain"', '"plain"'],
      ['a"b\\c', '"a\\"b\\\\c"', '"a\\"b\\\\c"'],
      ["grün", "{5}\r\ngrün", '"grün"'],
      ["a\r\nb", "{4}\r\na\r\nb", "{4}\r\na\r\nb"],
      ["", '""', '""'],
      ["x".repeat(1_001), `{1001}\r\n${"x".repeat(1_001)}`, `{1001}\r\n${"x".repeat(1_001)}`],
    ];
    for (const [text, rev1, rev2] of cases) {
      assert.equal(
        written((writer) => writer.string(text)),
        rev1,
      );
      assert.equal(
        written((writer) => writer.string(text), true),
        rev2,
      );
    }
  });

  it("writes names of mailboxes as atoms, strings, or modified UTF-7", () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["INBOX", "INBOX", "INBOX"],
      ["a b", '"a b"', '"a b"'],
      ["a]b", "a]b", "a]b"],
      ["", '""', '""'],
      ["Entwürfe", "Entw&APw-rfe", '"Entwürfe"'],
      ["A & B", '"A &- B"', '"A & B"'],
      ["50%", '"50%"', '"50%"'],
    ];
    for (const [name, rev1, rev2] of cases) {
      assert.equal(
        written((writer) => writer.mailbox(name)),
        rev1,
      );
      assert.equal(
        written((writer) => writer.mailbox(name), true),
        rev2,
      );
    }
  });

  it("never writes NIL for a name that is called so", () => {
    const reader = new ResponseReader({ responseBytesMax: 1_000 });
    reader.push(Buffer.from(`* STATUS ${written((writer) => writer.mailbox("NIL"))} (MESSAGES 0)\r\n`));
    const said = reader.next();
    assert.equal(said?.kind === "mailboxStatus" && said.mailbox, "NIL");
  });

  it("writes every number in decimal", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        assert.equal(
          written((writer) => writer.number(number)),
          String(number),
        );
      }),
    );
    for (const number of [0, 9, 10, 99, 100, 4_294_967_295, 4_294_967_296, 999_999_999, 1_000_000_000])
      assert.equal(
        written((writer) => writer.number(number)),
        String(number),
      );
  });

  it("says strings that a client reads as they were", () => {
    const text = fc.string({ unit: "binary" }).filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(text, fc.boolean(), (one, utf8) => {
        const reader = new ResponseReader({ responseBytesMax: 100_000 });
        reader.push(Buffer.from(written((writer) => writer.raw("* X ").string(one).raw("\r\n"), utf8)));
        const said = reader.next();
        assert.equal(said?.kind === "other" && valueText(said.values[0]), one);
      }),
    );
  });

  it("holds no memory once all was taken", () => {
    const writer = new ImapWriter();
    writer.raw("x".repeat(100_000));
    assert.equal(writer.length, 100_000);
    assert.equal(writer.take().length, 100_000);
    assert.equal(writer.take().length, 0);
  });
});
