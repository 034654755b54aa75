import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { contentText } from "./content.ts";
import { hasBareNewline, stuffDots } from "./dot-stuffing.ts";
import { type SmtpFragment, SmtpSplitter } from "./splitter.ts";

const LIMITS = { lineBytesMax: 1000, sizeBytesMax: 10_000, bareNewline: "refuse" } as const;

type Seen = { kind: string; text: string; flags: string };

function show(fragment: SmtpFragment): Seen {
  if (fragment.kind === "line") return { kind: "line", text: fragment.text, flags: fragment.defect ?? "" };
  const { content } = fragment;
  const flags = [content?.bareNewline === true ? "bare" : "", content?.tooBig === true ? "big" : ""].join("");
  return { kind: fragment.kind, text: contentText(content?.pieces ?? []), flags };
}

/** Feeds `chunks` and reads as a session would: "DATA" opens content, "BDAT n" a chunk. */
function read(chunks: readonly string[], bareNewline: "refuse" | "repair" = "refuse"): Seen[] {
  const splitter = new SmtpSplitter({ ...LIMITS, bareNewline });
  const seen: Seen[] = [];
  for (const chunk of chunks) {
    splitter.push(Buffer.from(chunk, "latin1"));
    for (let fragment = splitter.next(); fragment !== undefined; fragment = splitter.next()) {
      seen.push(show(fragment));
      if (fragment.kind !== "line") continue;
      const bdat = /^BDAT (\d+)( LAST)?$/.exec(fragment.text);
      if (fragment.text === "DATA") splitter.expectData();
      else if (bdat !== null) splitter.expectChunk(Number(bdat[1]), bdat[2] !== undefined, false);
    }
  }
  return seen;
}

const contents = (text: string, bareNewline?: "refuse" | "repair"): Seen[] =>
  read([`DATA\r\n${text}`], bareNewline).slice(1);

test("content ends at CRLF dot CRLF, and stuffed dots go", () => {
  const cases: readonly (readonly [wire: string, content: string])[] = [
    ["hello\r\n.\r\n", "hello\r\n"],
    [".\r\n", ""],
    ["\r\n.\r\n", "\r\n"],
    ["..\r\n.\r\n", ".\r\n"],
    ["..a\r\n...b\r\n.\r\n", ".a\r\n..b\r\n"],
    ["a.b\r\n.c\r\n.\r\n", "a.b\r\nc\r\n"],
  ];
  for (const [wire, text] of cases) {
    assert.deepEqual(contents(wire), [{ kind: "content", text, flags: "" }], JSON.stringify(wire));
  }
});

const SMUGGLED = "MAIL FROM:<evil@x>\r\n";

test("nothing but CRLF dot CRLF ends content: no smuggling", () => {
  for (const end of [
    "\n.\n",
    "\n.\r\n",
    "\r.\r\n",
    "\r\n.\n",
    "\r\n.\r",
    "\r.\r",
    "\n\n.\r\n",
    "\r\n.\0\r\n",
  ]) {
    const seen = contents(`a${end}${SMUGGLED}\r\n.\r\n`);
    assert.equal(seen.length, 1, JSON.stringify(end));
    assert.equal(seen[0]?.flags, end.includes("\0") ? "" : "bare", JSON.stringify(end));
    const repaired = contents(`a${end}${SMUGGLED}\r\n.\r\n`, "repair");
    assert.equal(repaired.length, 1, JSON.stringify(end));
    const text = repaired[0]?.text ?? "";
    assert.ok(text.includes("MAIL FROM:<evil@x>"), text);
    assert.equal(hasBareNewline(text), false, JSON.stringify(text));
    // What is sent on ends once, at its end.
    const onward = contentText(stuffDots(Buffer.from(text, "latin1")));
    assert.equal(onward.indexOf("\r\n.\r\n"), onward.length - 5);
  }
});

test("a chunk is counted, and its dots and ends are plain", () => {
  const seen = read(["BDAT 6\r\na\r\n.\r\nBDAT 4 LAST\r\nb.\r\nNOOP\r\n"]);
  assert.deepEqual(
    seen.map((one) => one.kind),
    ["line", "chunk", "line", "chunk", "line"],
  );
  assert.equal(seen[3]?.text, "a\r\n.\r\nb.\r\n");
});

test("a line past its limit is dropped whole, and the next one is read", () => {
  const seen = read(["NOOP ", "x".repeat(5000), "x\r\nQUIT\r\n"]);
  assert.deepEqual(seen, [
    { kind: "line", text: "", flags: "tooLong" },
    { kind: "line", text: "QUIT", flags: "" },
  ]);
});

test("a command with a bare newline is flagged under refuse and read under repair", () => {
  assert.deepEqual(
    read(["NOOP\nRSET\r\n"]).map((one) => one.flags),
    ["bareNewline", ""],
  );
  assert.deepEqual(
    read(["NOOP\nRSET\r\n"], "repair").map((one) => one.text),
    ["NOOP", "RSET"],
  );
});

test("content past the limit is read to its end and not kept", () => {
  const seen = contents(`${"x".repeat(98)}\r\n`.repeat(200) + ".\r\n");
  assert.deepEqual(seen, [{ kind: "content", text: "", flags: "big" }]);
});

const WIRE = fc
  .array(
    fc.constantFrom(
      "a",
      ".",
      "\r",
      "\n",
      "\r\n",
      "\r\n.",
      "\r\n.\r\n",
      "\r\n..",
      "DATA\r\n",
      "BDAT 3\r\n",
      "BDAT 2 LAST\r\n",
      "x".repeat(1500),
    ),
  )
  .map((parts) => parts.join(""));

test("any cutting gives the same fragments", () => {
  fc.assert(
    fc.property(
      WIRE,
      fc.array(fc.nat(40), { maxLength: 60 }),
      fc.constantFrom("refuse" as const, "repair" as const),
      (wire, cuts, bare) => {
        const chunks: string[] = [];
        let rest = wire;
        for (const cut of cuts) {
          chunks.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        chunks.push(rest);
        assert.deepEqual(read(chunks, bare), read([wire], bare));
      },
    ),
    { numRuns: 1000 },
  );
});

test("what is stuffed comes back the same", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", ".", "..", "\r\n", ".\r\n", "\r\n.")), (parts) => {
      const text = parts.join("");
      const whole = text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`;
      assert.deepEqual(contents(contentText(stuffDots(Buffer.from(text)))), [
        { kind: "content", text: whole, flags: "" },
      ]);
    }),
    { numRuns: 500 },
  );
});
