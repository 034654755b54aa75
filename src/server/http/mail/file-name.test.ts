import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { contentDisposition, safeFileName } from "./file-name.ts";

const NAMES: readonly [string | undefined, string, string][] = [
  ["report.pdf", "application/pdf", "report.pdf"],
  ["../../etc/passwd", "text/plain", "passwd"],
  ["C:\\Windows\\system32\\calc.exe", "application/octet-stream", "calc.exe"],
  ["..", "text/plain", "attachment.txt"],
  [undefined, "image/png", "attachment.png"],
  ["", "application/x-unknown", "attachment"],
  ["", "message/delivery-status", "delivery-status.txt"],
  ["", "text/rfc822-headers", "headers.txt"],
  ["a\r\nSet-Cookie: x=y", "text/plain", "aSet-Cookie_ x=y"],
  ["photo\u202egnp.exe", "image/png", "photognp.exe"],
  ["na\u200bme.txt", "text/plain", "name.txt"],
  ["CON.txt", "text/plain", "_CON.txt"],
  ["nul", "text/plain", "_nul"],
  ["console.log", "text/plain", "console.log"],
  [".htaccess", "text/plain", "htaccess"],
  ['a?b*c|d<e>f"g', "text/plain", "a_b_c_d_e_f_g"],
  ["trailing. . ", "text/plain", "trailing"],
  ["Übersicht über\u00a0alles.txt", "text/plain", "Übersicht über alles.txt"],
  ["\ud800.txt", "text/plain", "_.txt"],
];

for (const [name, type, wanted] of NAMES)
  test(`the file name ${JSON.stringify(name)} becomes ${JSON.stringify(wanted)}`, () =>
    assert.equal(safeFileName(name, type), wanted));

test("a long name keeps its ending", () => {
  const name = safeFileName(`${"x".repeat(5_000)}.tar.gz`, "application/gzip");
  assert.equal(name.length, 120);
  assert.ok(name.endsWith("x.gz"));
});

test("any name gives one line of header that leads back to it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (given) => {
      const name = safeFileName(given, "text/plain");
      assert.ok(name.length > 0 && !/[/\\\0-\x1f]/.test(name));
      const header = contentDisposition("attachment", name);
      assert.match(header, /^[\x20-\x7e]+$/);
      assert.match(header, /^attachment; filename="[^"\\]*"(?:; filename\*=UTF-8''[\w.!~%-]+)?$/);
      const encoded = /UTF-8''(.*)$/.exec(header)?.[1];
      assert.equal(encoded === undefined ? /"(.*)"/.exec(header)?.[1] : decodeURIComponent(encoded), name);
    }),
  );
});
