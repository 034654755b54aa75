import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { mountRoutes, type WebEnv } from "./mount-routes.ts";
import { SHARED_STREAM_PREFIX, sharedStreamRoutes } from "./shared-stream.ts";
import { type EventSource, resumeAfter, streamEvents } from "./event-stream.ts";
import { ApiError } from "./api-error.ts";

const YOU = { clientAddress: "127.0.0.1" };
const never = () => ({ cancel: () => undefined });

/** Something that counts: each number is an event. */
function counter() {
  let last = 0;
  const wakes = new Set<() => void>();
  const source: EventSource = {
    read: (after) =>
      Array.from({ length: last - after }, (_, index) => {
        const number = after + index + 1;
        return { number, id: String(number), event: "n", data: `{"n":${number}}` };
      }),
    subscribe(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
  };
  const count = (): void => {
    last += 1;
    for (const wake of wakes) wake();
  };
  const stream = (request: Request) =>
    streamEvents(request, resumeAfter(request, undefined, last), source, never);
  return { count, stream, wakes, now: () => last };
}

function twoCounters() {
  const [a, b] = [counter(), counter()];
  const app = new Hono<WebEnv>();
  app.get("/api/a", ({ req }) => a.stream(req.raw));
  app.get("/api/b", ({ req }) => b.stream(req.raw));
  app.get("/api/secret", () => Response.json({}, { status: 401 }));
  app.get("/api/json", () => Response.json({}));
  app.get("/page", () => new Response("a page"));
  app.onError((error, context) =>
    context.json({ error: error.message }, error instanceof ApiError ? error.status : 500),
  );
  const place = {
    isApi: (path: string) => path.startsWith("/api") || path.startsWith("/live"),
    ask: async (request: Request) => app.fetch(request, YOU),
  };
  const live = new Hono<WebEnv>();
  mountRoutes(live, sharedStreamRoutes, () => place);
  app.route(SHARED_STREAM_PREFIX, live);
  const ask = async (paths: readonly string[]) => {
    const query = new URLSearchParams(paths.map((path): [string, string] => ["s", path]));
    return app.fetch(new Request(`http://here.test${SHARED_STREAM_PREFIX}/streams?${query}`), YOU);
  };
  return { a, b, ask };
}

function readerOf(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    /** All up to the first line with this. */
    async until(word: string): Promise<string> {
      while (!text.includes(word)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`ended before ${word}: ${text}`);
        text += decoder.decode(value);
      }
      return text;
    },
    async all(): Promise<string> {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        text += decoder.decode(read.value);
      return text;
    },
    close: () => reader.cancel(),
  };
}

test("two streams come over one connection, each event marked with its own", async () => {
  const { a, b, ask } = twoCounters();
  b.count();
  const reader = readerOf(await ask(["/api/a", "/api/b"]));
  await reader.until("data: 1 1\n");
  assert.ok((await reader.until("data: 0 0\n")).includes("data: 1 1\n"), "where each stands");
  b.count();
  await reader.until('data: 1 2 n {"n":2}\n\n');
  a.count();
  b.count();
  const text = await reader.until('data: 1 3 n {"n":3}\n\n').then(() => reader.until("data: 0 1 n"));
  assert.equal(text.match(/ n \{/g)?.length, 3, text);
  await reader.close();
  assert.deepEqual([a.wakes.size, b.wakes.size], [0, 0], "nothing is held for whoever is gone");
});

test("a stream goes on after the id that was asked for", async () => {
  const { a, ask } = twoCounters();
  for (let n = 0; n < 5; n++) a.count();
  const reader = readerOf(await ask(["3,/api/a"]));
  const text = await reader.until("data: 0 5 n");
  assert.match(text, /data: 0 3\n\ndata: 0 4 n \{"n":4\}\n\ndata: 0 5 n/);
  await reader.close();
});

test("a stream that is refused, or is none, says so and the others go on", async () => {
  const { a, ask } = twoCounters();
  const reader = readerOf(await ask(["/api/secret", "/api/a", "/api/json", "/api/nothing"]));
  await reader.until("event: ended\ndata: 0 401\n\n");
  await reader.until("event: ended\ndata: 2 400\n\n");
  await reader.until("event: ended\ndata: 3 404\n\n");
  a.count();
  await reader.until("data: 1 1 n");
  await reader.close();
});

test("when every stream has ended, so does the connection", async () => {
  const { ask } = twoCounters();
  assert.match(await readerOf(await ask(["/api/secret"])).all(), /ended\ndata: 0 401\n\n$/);
});

test("only streams of the APIs here can be asked for", async () => {
  const { ask } = twoCounters();
  const wrong = [
    "/page",
    `${SHARED_STREAM_PREFIX}/streams?s=/api/a`,
    "//elsewhere.test/api/a",
    "http://x/",
    "x,/api/a",
  ];
  for (const path of wrong) assert.equal((await ask([path])).status, 400, path);
  assert.equal((await ask(Array.from({ length: 13 }, () => "/api/a"))).status, 400, "too many");
});
