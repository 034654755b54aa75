import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceOf } from "./mail-images.ts";

const partOf = (cid: string): string | undefined =>
  cid === "a@x" ? "/mail/v1/messages/1-1/images/2" : undefined;
const DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

test("an image is shown from the mail itself, from elsewhere only when asked, and through the proxy alone", () => {
  for (const [src, remote, wanted] of [
    ["cid:a@x", false, "/mail/v1/messages/1-1/images/2"],
    ["CID:a%40x", false, "/mail/v1/messages/1-1/images/2"],
    ["cid:b@x", true, "none"],
    [DOT, false, DOT],
    ["data:image/svg+xml;base64,AAAA", true, "none"],
    ["data:text/html;base64,AAAA", true, "none"],
    ["https://evil.test/a?b=c&d", false, "blocked"],
    ["//evil.test/a", false, "blocked"],
    ["https://evil.test/a?b=c&d", true, "/mail/v1/image?url=https%3A%2F%2Fevil.test%2Fa%3Fb%3Dc%26d"],
    ["//evil.test/a", true, "/mail/v1/image?url=https%3A%2F%2Fevil.test%2Fa"],
    ["/mail/v1/image?url=https%3A%2F%2Fevil.test", false, "none"],
    ["mail/v1/session", true, "none"],
    ["javascript:alert(1)", true, "none"],
    ["blob:https://x/y", true, "none"],
    ["", true, "none"],
  ] as const) {
    const source = sourceOf(src, { partOf, remote });
    assert.equal(source.kind === "shown" ? source.url : source.kind, wanted, src);
  }
});
