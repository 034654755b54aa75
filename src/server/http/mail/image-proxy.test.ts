import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../../base/fault.ts";
import type { HttpFetch, HttpFetched, HttpFetchRequest } from "../../../base/http.ts";
import { withMail } from "../../../lab/testing/mail-bench.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");
const SVG = Buffer.from("<svg onload='alert(1)'/>");

/** A small Internet: names and addresses to answers. What may not be connected to is blocked, as the engine does. */
function internet(pages: Readonly<Record<string, Partial<HttpFetched> & { at?: string }>>) {
  const asked: HttpFetchRequest[] = [];
  const fetch: HttpFetch = async (request) => {
    asked.push(request);
    const { hostname } = new URL(request.url);
    const page = pages[request.url];
    const address = page?.at ?? hostname.replaceAll(/^\[|\]$/g, "");
    if (!request.mayConnect(address)) throw new Fault("blocked", "no");
    if (page === undefined) throw new Fault("refused", "nobody there");
    if ((page.body?.length ?? 0) > request.bytesMax) throw new Fault("overload", "too large");
    return { status: 200, location: undefined, body: PNG, ...page };
  };
  return { fetch, asked };
}

const path = (url: string): string => `/image?url=${encodeURIComponent(url)}`;

test("a picture comes through with its own type and nothing of the reader, and is asked for once", async () => {
  const { fetch, asked } = internet({
    "http://pictures.test/a": { at: "93.184.216.34", status: 302, location: "https://cdn.test/b.png" },
    "https://cdn.test/b.png": { at: "93.184.216.35" },
  });
  await withMail(
    async ({ ann, bob }) => {
      const response = await ann.fetch(path("http://pictures.test/a#here"));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "image/png");
      assert.match(response.headers.get("content-security-policy") ?? "", /^sandbox/);
      assert.deepEqual(
        asked.map(({ url }) => url),
        ["http://pictures.test/a", "https://cdn.test/b.png"],
      );
      for (const { headers } of asked)
        assert.deepEqual(Object.keys(headers).sort(), ["accept", "user-agent"]);
      assert.equal((await ann.fetch(path("http://pictures.test/a"))).status, 200);
      await bob.fetch(path("http://pictures.test/a"));
      assert.equal(asked.length, 4, "kept for Ann, and nobody else can tell");
    },
    { fetchImage: fetch },
  );
});

const REFUSED: readonly [string, string, number][] = [
  ["a private address", "http://10.0.0.1/a.png", 502],
  ["loopback", "http://127.0.0.1/a.png", 502],
  ["loopback in hex", "http://0x7f000001/a.png", 502],
  ["loopback as a number", "http://2130706433/a.png", 502],
  ["loopback in octal", "http://0177.0.0.01/a.png", 502],
  ["a short loopback", "http://127.1/a.png", 502],
  ["clouds' metadata", "http://169.254.169.254/latest/meta-data", 502],
  ["IPv6 loopback", "http://[::1]/a.png", 502],
  ["mapped IPv4", "http://[::ffff:127.0.0.1]/a.png", 502],
  ["6to4", "http://[2002:7f00:1::]/a.png", 502],
  ["NAT64", "http://[64:ff9b::7f00:1]/a.png", 502],
  ["a name that leads within", "http://inside.test/a.png", 502],
  ["a redirect that leads within", "http://away.test/a.png", 502],
  ["a redirect to a file", "http://file.test/a.png", 400],
  ["redirects without end", "http://loop.test/", 502],
  ["another port", "http://pictures.test:25/a.png", 400],
  ["a port of the lab's own", "http://pictures.test:8066/a.png", 400],
  ["a password", "http://a:b@pictures.test/a.png", 400],
  ["a file", "file:///etc/passwd", 400],
  ["a script", "javascript:alert(1)", 400],
  ["data", "data:image/png;base64,iVBORw0KGgo=", 400],
  ["no address", "pictures.test/a.png", 400],
  ["an SVG", "http://svg.test/a.png", 415],
  ["a page", "http://page.test/a.png", 415],
  ["too large", "http://large.test/a.png", 413],
  ["an error", "http://error.test/a.png", 502],
  ["nobody", "http://1.1.1.1/a.png", 502],
];

test("whatever is not a picture on the public Internet is refused", async () => {
  const at = "93.184.216.34";
  const { fetch } = internet({
    "http://inside.test/a.png": { at: "fd66::1" },
    "http://away.test/a.png": { at, status: 301, location: "http://192.168.0.1/admin" },
    "http://file.test/a.png": { at, status: 301, location: "file:///etc/passwd" },
    "http://loop.test/": { at, status: 301, location: "/" },
    "http://svg.test/a.png": { at, body: SVG },
    "http://page.test/a.png": { at, body: Buffer.from("<html>") },
    "http://large.test/a.png": { at, body: Buffer.alloc(11 * 1024 * 1024) },
    "http://error.test/a.png": { at, status: 404 },
  });
  await withMail(
    async ({ ann }) => {
      for (const [name, url, status] of REFUSED) {
        const response = await ann.fetch(path(url));
        assert.equal(response.status, status, name);
        assert.match(response.headers.get("content-type") ?? "", /json/, name);
      }
    },
    { fetchImage: fetch },
  );
});

test("only who is signed in is given pictures, and only so many are fetched at once", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fetchImage: HttpFetch = async () => {
    await held;
    return { status: 200, location: undefined, body: PNG };
  };
  await withMail(
    async ({ ann, bob }) => {
      const all = Array.from({ length: 17 }, (_, index) => ann.fetch(path(`http://p.test/${index}`)));
      assert.equal((await (all[16] as Promise<Response>)).status, 429);
      const his = bob.fetch(path("http://p.test/0"));
      release();
      assert.equal((await his).status, 200, "others are not kept waiting");
      assert.equal((await (all[0] as Promise<Response>)).status, 200);
      await bob.ask("DELETE", "/session");
      assert.equal((await bob.fetch(path("http://p.test/0"))).status, 401);
    },
    { fetchImage },
  );
});
