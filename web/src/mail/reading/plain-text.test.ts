import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlainText, readRuns } from "./plain-text.ts";

test("text, quotes and the signature are told apart, and a long quote at the end folds", () => {
  const text = "Yes.\n\nAnn wrote:\n> a\n> b\n> c\n> d\n\n-- \nBob\n> not a quote here\n";
  const blocks = readPlainText(text);
  assert.deepEqual(
    blocks.map(({ kind, folds, lines }) => [kind, folds, lines.length]),
    [
      ["text", false, 3],
      ["quote", true, 4],
      ["text", false, 1],
      ["signature", false, 3],
    ],
  );
  const between = readPlainText("> a\n> b\n> c\n> d\nI agree.\n> e\nAlso.");
  assert.deepEqual(
    between.map(({ folds }) => folds),
    [false, false, false, false],
  );
});

test("links are found without what belongs to the sentence", () => {
  for (const [line, wanted] of [
    ["see https://a.test/x.", "https://a.test/x"],
    ["(https://a.test/x_(y))", "https://a.test/x_(y)"],
    ["<https://a.test/?a=b&c=d>", "https://a.test/?a=b&c=d"],
    ["www.a.test, or", "https://www.a.test"],
    ["write to ann.b+c@a.test!", "mailto:ann.b+c@a.test"],
    ["javascript:alert(1)", undefined],
    ["https://a.test/\u202Egpj.exe", "https://a.test/"],
    ['"https://a.test/"onclick="x"', "https://a.test/"],
  ] as const)
    assert.equal(readRuns(line).find(({ href }) => href !== undefined)?.href, wanted, line);
});

test("no character is lost", () => {
  for (const line of ["", "a https://a.test b www.b.test.", "x@y", "https://[", "@@@ http:// www."])
    assert.equal(
      readRuns(line)
        .map(({ text }) => text)
        .join(""),
      line,
    );
});
