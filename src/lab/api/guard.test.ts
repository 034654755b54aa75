import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { guard } from "./guard.ts";

const app = new Hono().use(guard).get("/", (context) => context.text("in"));

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
