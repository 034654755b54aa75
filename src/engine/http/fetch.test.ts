import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { isFault } from "../../base/fault.ts";
import type { HttpFetchRequest } from "../../base/http.ts";
import { createHttpFetch, type LookUpAll } from "./fetch.ts";

let server: Server;
let port = 0;
const seen: { host: string | undefined; headers: string[] }[] = [];

before(async () => {
  server = createServer((request, response) => {
    seen.push({ host: request.headers.host, headers: Object.keys(request.headers) });
    if (request.url === "/away")
      response.writeHead(302, { location: "http://127.0.0.1/secret" }).end("moved");
    else if (request.url === "/slow") response.write("a");
    else if (request.url === "/endless") {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) continue;
      };
      response.on("drain", write);
      write();
    } else response.end("picture");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  ({ port } = server.address() as AddressInfo);
});

after(() => {
  server.closeAllConnections();
  server.close();
});

const asked = (url: string, more: Partial<HttpFetchRequest> = {}): HttpFetchRequest => ({
  url,
  headers: { accept: "image/*" },
  timeoutMs: 10_000,
  bytesMax: 1_000,
  mayConnect: (address) => address === "127.0.0.1",
  ...more,
});
const answering =
  (...addresses: string[]): LookUpAll =>
  (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

test("a name is looked up once, and the address that was checked is the one connected to", async () => {
  const checked: string[] = [];
  const lookedUp: string[] = [];
  const fetch = createHttpFetch((hostname, done) => {
    lookedUp.push(hostname);
    answering(lookedUp.length === 1 ? "127.0.0.1" : "10.0.0.1")(hostname, done);
  });
  const answer = await fetch(
    asked(`http://pictures.test:${port}/a.png`, {
      mayConnect: (address) => checked.push(address) > 0 && address === "127.0.0.1",
    }),
  );
  assert.equal(Buffer.from(answer.body).toString(), "picture");
  assert.deepEqual([lookedUp, checked], [["pictures.test"], ["127.0.0.1"]]);
  assert.equal(seen.at(-1)?.host, `pictures.test:${port}`);
  for (const header of ["cookie", "referer", "authorization"])
    assert.ok(!seen.at(-1)?.headers.includes(header));
});

test("of a name's addresses only those that may be are connected to", async () => {
  const fetch = createHttpFetch(answering("10.0.0.1", "127.0.0.1", "fd66::1"));
  assert.equal((await fetch(asked(`http://pictures.test:${port}/`))).status, 200);
});

const BLOCKED: readonly [string, LookUpAll][] = [
  ["http://pictures.test/", answering("10.0.0.1")],
  ["http://pictures.test/", answering("::ffff:10.0.0.1", "fe80::1")],
  ["http://10.0.0.1/", answering()],
  ["http://[::1]/", answering()],
  ["http://[::ffff:10.0.0.1]/", answering()],
  ["http://0x0a.0.0.1/", answering()],
  ["http://167772161/", answering()],
  ["http://012.1/", answering()],
];
for (const [url, lookUpAll] of BLOCKED)
  test(`${url} is blocked before anything is sent`, async () => {
    await assert.rejects(createHttpFetch(lookUpAll)(asked(url)), (error) => isFault(error, "blocked"));
  });

test("a redirect is an answer", async () => {
  const answer = await createHttpFetch()(asked(`http://127.0.0.1:${port}/away`));
  assert.deepEqual([answer.status, answer.location], [302, "http://127.0.0.1/secret"]);
});

test("a body without end is cut off, and a server that hangs is not waited for", async () => {
  const fetch = createHttpFetch();
  await assert.rejects(fetch(asked(`http://127.0.0.1:${port}/endless`)), (error) =>
    isFault(error, "overload"),
  );
  await assert.rejects(fetch(asked(`http://127.0.0.1:${port}/slow`, { timeoutMs: 50 })), (error) =>
    isFault(error, "timeout"),
  );
});
