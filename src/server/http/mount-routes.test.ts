import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { z } from "zod";
import { mountRoutes, type WebEnv } from "./mount-routes.ts";
import { routeOf } from "./route.ts";

const route = routeOf<object>();
const answer = z.object({ count: z.number() });
const routes = [
  route({ method: "get", path: "/right", summary: "", answer }, () => ({ count: 1, more: true })),
  route({ method: "get", path: "/wrong", summary: "", answer }, () => ({ count: "1" })),
  route({ method: "get", path: "/own", summary: "", answer }, () => Response.json({ counts: 1 })),
  route(
    { method: "get", path: "/media", summary: "", answer: { media: "text/plain", about: "" } },
    () => new Response("<p>", { headers: { "content-type": "text/html" } }),
  ),
];

test("with answers checked, one that is not what its route says is a bug; without, it passes", async () => {
  for (const [checkAnswers, statuses] of [
    [true, [200, 500, 500, 500]],
    [false, [200, 200, 200, 200]],
  ] as const) {
    const app = new Hono<WebEnv>();
    mountRoutes(app, routes, () => ({}), { checkAnswers });
    app.onError((error, context) => context.text(error.message, 500));
    const found = await Promise.all(
      ["/right", "/wrong", "/own", "/media"].map(async (path) => (await app.request(path)).status),
    );
    assert.deepEqual(found, statuses);
  }
});
