import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, withControls } from "./wire-text.ts";

test("line ends and control characters are shown, everything else is left", () => {
  assert.equal(withControls("EHLO\tä\u0007\u007f"), "EHLO␉ä␇␡␍␊");
});

test("bytes are UTF-8 and end in CR LF", () => {
  assert.equal(toHex("Aé"), "41 c3 a9 0d 0a");
});
