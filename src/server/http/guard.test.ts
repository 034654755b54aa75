import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { guard, LOOPBACK_NAMES } from "./guard.ts";

const app = new Hono()
  .use(guard({ names: () => LOOPBACK_NAMES, secure: false, isApi: (path) => path.startsWith("/lab/v1") }))
  .get("*", (context) => context.text("in"));

const CASES: readonly (readonly [host: string, origin: string | undefined, status: number])[] = [
  ["127.0.0.1:8066", undefined, 200],
  ["localhost:8066", undefined, 200],
  ["[::1]:8066", undefined, 200],
  ["localhost:8066", "http://localhost:8066", 200],
  ["localhost:8066", "http://evil.test", 403],
  ["localhost:8066", "http://localhost:9", 403],
  ["localhost:8066", "null", 403],
  ["evil.test:8066", undefined, 403],
  ["localhost.evil.test", undefined, 403],
  ["", undefined, 403],
];

test("only loopback names and the lab's own pages get in", async () => {
  for (const [host, origin, status] of CASES) {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    assert.equal((await app.request("/", { headers })).status, status, `${host} ${origin}`);
  }
});

const SITES: readonly (readonly [path: string, site: string | undefined, status: number])[] = [
  ["/lab/v1/hosts", undefined, 200],
  ["/lab/v1/hosts", "same-origin", 200],
  ["/lab/v1/hosts", "none", 200],
  ["/lab/v1/hosts", "same-site", 403],
  ["/lab/v1/hosts", "cross-site", 403],
  ["/lab", "cross-site", 200],
];

test("a page elsewhere may link to the app, and may not ask an API, not even for a picture", async () => {
  for (const [path, site, status] of SITES) {
    const headers = { host: "localhost:8066", ...(site === undefined ? {} : { "sec-fetch-site": site }) };
    assert.equal((await app.request(path, { headers })).status, status, `${path} ${site}`);
  }
});
