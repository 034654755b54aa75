import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { addAppPages } from "./app-pages.ts";
import type { WebEnv } from "./mount-routes.ts";

const page = { bytes: Buffer.from("<page>"), contentType: "text/html", immutable: false };
const app = new Hono<WebEnv>();
addAppPages(
  app,
  { find: async (path) => (path === "index.html" ? page : undefined) },
  { start: "/mail", places: ["mail"] },
);

const CASES: readonly (readonly [path: string, status: number])[] = [
  ["/mail", 200],
  ["/server/mail.example.org", 200],
  ["/server/mail.example.org/accounts", 200],
  ["/mail/contacts/ann@arch.test", 200],
  ["/assets/old-hash.js", 404],
  ["/favicon.ico", 404],
];

test("an address that is a view is the page, also when it ends like a host name; a file that is gone is none", async () => {
  for (const [path, status] of CASES) assert.equal((await app.request(path)).status, status, path);
});
