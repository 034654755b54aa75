/** Any bytes at all: no parser of messages throws, and offsets stay inside what they point into. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromLatin1 } from "../../src/base/bytes.ts";
import { scanHeader } from "../../src/message/compliance.ts";
import { parseDsn } from "../../src/message/dsn/parse-dsn.ts";
import { parseMime } from "../../src/message/mime/parse-mime.ts";
import { walkParts } from "../../src/message/mime/part.ts";
import { decodeQuotedPrintable, encodeQuotedPrintable } from "../../src/message/mime/transfer-encoding.ts";
import { readMessage } from "../../src/message/read-message.ts";

const pieces = [
  "Content-Type: multipart/mixed; boundary=b\r\n",
  'Content-Type: multipart/digest; boundary="b"\r\n',
  "Content-Type: message/rfc822\r\n",
  "Content-Type: message/delivery-status\r\n",
  "Content-Type: text/html; charset=",
  "Content-Transfer-Encoding: base64\r\n",
  "Content-Transfer-Encoding: quoted-printable\r\n",
  "Content-Disposition: attachment; filename*0*=",
  "Final-Recipient: rfc822; x@y.test\r\n",
  "From: ",
  "--b\r\n",
  "--b--\r\n",
  "\r\n",
  "\n",
  "\r",
  "=?utf-8?q?",
  "?=",
  "=3D",
  "=\r\n",
  "<a href=",
  "&#x1;",
  "\0",
  "\xff",
  "utf-16",
  "code 1234",
] as const;
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => fromLatin1(parts.join(""))),
);

test("any bytes can be read as a message", () => {
  fc.assert(
    fc.property(bytes, (message) => {
      readMessage(message);
      scanHeader(message);
      parseDsn(message);
    }),
    { numRuns: 2_000 },
  );
});

test("every part lies inside its parent", () => {
  fc.assert(
    fc.property(bytes, (message) => {
      for (const part of walkParts(parseMime(message))) {
        assert.ok(part.headerStart <= part.bodyStart && part.bodyStart <= part.bodyEnd);
        assert.ok(part.bodyEnd <= message.length);
        for (const child of part.children) {
          assert.ok(child.headerStart >= part.bodyStart && child.bodyEnd <= part.bodyEnd);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("any bytes survive quoted-printable in lines of at most 76 characters", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), bytes), (content) => {
      const text = encodeQuotedPrintable(content);
      for (const line of text.split("\r\n")) assert.ok(line.length <= 76, line);
      assert.deepEqual([...decodeQuotedPrintable(fromLatin1(text))], [...content]);
    }),
    { numRuns: 1_000 },
  );
});
