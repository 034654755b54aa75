import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { bodyPartsOf } from "./body-parts.ts";

const part = (type: string, more = ""): string => `Content-Type: ${type}\r\n${more}\r\nx\r\n`;
function multipart(subtype: string, boundary: string, ...parts: string[]): string {
  const body = parts.map((one) => `--${boundary}\r\n${one}`).join("");
  return `Content-Type: multipart/${subtype}; boundary=${boundary}\r\n\r\n${body}--${boundary}--\r\n`;
}
const PDF = part("application/pdf", "Content-Disposition: attachment\r\n");

const SHAPES: readonly [string, string, { text: string[]; html: string[]; attachments: string[] }][] = [
  ["one text", part("text/plain"), { text: ["1"], html: ["1"], attachments: [] }],
  ["one HTML", part("text/html"), { text: ["1"], html: ["1"], attachments: [] }],
  ["one PDF", part("application/pdf"), { text: [], html: [], attachments: ["1"] }],
  [
    "an alternative at the top",
    multipart("alternative", "a", part("text/plain"), part("text/html")),
    { text: ["1"], html: ["2"], attachments: [] },
  ],
  [
    "an alternative with pictures for its HTML",
    multipart(
      "alternative",
      "a",
      part("text/plain"),
      multipart("related", "b", part("text/html"), part("image/png")),
    ),
    { text: ["1"], html: ["2.1"], attachments: ["2.2"] },
  ],
  [
    "related at the top: a text beside the HTML hangs on it",
    multipart("related", "a", part("text/html"), part("text/plain")),
    { text: ["1"], html: ["1"], attachments: ["2"] },
  ],
  [
    "an alternative and a file",
    multipart("mixed", "a", multipart("alternative", "b", part("text/plain"), part("text/html")), PDF),
    { text: ["1.1"], html: ["1.2"], attachments: ["2"] },
  ],
];

test("words and files are told apart by what the parts stand in, also at the top", () => {
  for (const [name, source, wanted] of SHAPES) {
    const { text, html, attachments } = bodyPartsOf(parseMime(Buffer.from(source)));
    const numbers = (parts: typeof text): string[] => parts.map(({ number }) => number);
    assert.deepEqual(
      { text: numbers(text), html: numbers(html), attachments: numbers(attachments) },
      wanted,
      name,
    );
  }
});
