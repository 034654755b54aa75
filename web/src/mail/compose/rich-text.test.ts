import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, type RichNode } from "./rich-text.ts";

const text = (words: string, href?: string): RichNode => ({
  type: "text",
  text: words,
  marks: href === undefined ? [] : [{ type: "link", attrs: { href } }],
});
const node = (type: string, ...content: RichNode[]): RichNode => ({ type, content });
const p = (...content: RichNode[]): RichNode => node("paragraph", ...content);

test("paragraphs, breaks, lists, quotes and links read well without their looks", () => {
  const document = node(
    "doc",
    p(text("Hello"), { type: "hardBreak" }, text("again")),
    node(
      "bulletList",
      node("listItem", p(text("one"))),
      node("listItem", p(text("two")), node("orderedList", node("listItem", p(text("deep"))))),
    ),
    node("blockquote", p(text("said")), node("blockquote", p(text("before")))),
    p(
      text("see "),
      text("here", "https://a.test/"),
      text(" or "),
      text("https://b.test/", "https://b.test/"),
    ),
    p(),
  );
  assert.equal(
    plainText(document),
    [
      "Hello\nagain",
      "- one\n- two\n  1. deep",
      "> said\n> \n>> before",
      "see here <https://a.test/> or https://b.test/",
    ].join("\n\n"),
  );
});

test("however deep, it comes to an end", () => {
  let deep = p(text("x"));
  for (let depth = 0; depth < 200; depth++) deep = node("blockquote", deep);
  assert.match(plainText(node("doc", deep)), /^>+/);
});
