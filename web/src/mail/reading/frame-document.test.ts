import assert from "node:assert/strict";
import { test } from "node:test";
import { frameDocument, policyOf } from "./frame-document.ts";

const origin = "http://127.0.0.1:8066";

test("the frame's policy lets nothing run, and images elsewhere only through the proxy when asked", () => {
  const closed = policyOf({ remote: false, origin });
  assert.match(closed, /^default-src 'none'; /);
  assert.doesNotMatch(closed, /script-src|'self'|\/image[ ;]|https:|\*/);
  assert.match(policyOf({ remote: true, origin }), / http:\/\/127\.0\.0\.1:8066\/mail\/v1\/image /);
});

test("the policy stands before anything the mail brought", () => {
  const text = frameDocument("<p>hello</p>", { plain: false, dark: false, remote: false, origin });
  assert.ok(text.indexOf("Content-Security-Policy") < text.indexOf("<p>hello"));
});
