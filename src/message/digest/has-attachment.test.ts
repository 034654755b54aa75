import assert from "node:assert/strict";
import { test } from "node:test";
import { digestMessage } from "./digest-message.ts";
import { hasAttachment } from "./has-attachment.ts";

const mixed = (...headers: string[]): string =>
  [
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "words",
    "--b",
    ...headers,
    "",
    "eA==",
    "--b--",
    "",
  ].join("\r\n");

const CASES: readonly [string, string, boolean][] = [
  ["plain words", "Subject: x\r\n\r\nwords", false],
  ["a picture within", mixed("Content-Type: image/png", "Content-Disposition: inline"), false],
  ["a picture attached", mixed("Content-Type: image/png", "Content-Disposition: ATTACHMENT"), true],
  ["a named text", mixed("Content-Type: text/csv", "Content-Disposition: attachment; filename=a.csv"), true],
  ["a PDF that says nothing", mixed("Content-Type: application/pdf"), true],
  ["a message", mixed("Content-Type: message/rfc822", "", "Subject: in"), true],
  ["a signature", mixed("Content-Type: application/pkcs7-signature"), false],
  ["an OpenPGP signature", mixed("Content-Type: application/pgp-signature"), false],
  ["a word in a subject", 'Subject: ("attachment" ("x"))\r\n\r\nwords', false],
];

for (const [name, message, wanted] of CASES)
  test(`${name} is ${wanted ? "an" : "no"} attachment`, () =>
    assert.equal(hasAttachment(digestMessage(Buffer.from(message)).structure), wanted));
