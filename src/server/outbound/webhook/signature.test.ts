import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromUtf8 } from "../../../base/bytes.ts";
import { isFault } from "../../../base/fault.ts";
import { postOverFetch } from "../../../engine/http/post.ts";
import { signBody } from "./signature.ts";

const guide = readFileSync(new URL("../../../../docs/webhooks.md", import.meta.url), "utf8");
const BODY = fromUtf8('{"version":1,"text":"grüße"}');
const NOW = 1_767_603_600;
const header = signBody("s3cret", NOW, BODY);

const CALLS: readonly (readonly [secret: string, body: Uint8Array, now: number, holds: boolean])[] = [
  ["s3cret", BODY, NOW, true],
  ["s3cret", BODY, NOW + 299, true],
  ["s3cret", BODY, NOW + 301, false],
  ["other", BODY, NOW, false],
  ["s3cret", fromUtf8("{}"), NOW, false],
];

test("the receiver shown in the guide for Node tells our calls from others", async () => {
  const code = /```js\n([^]*?)```/.exec(guide)?.[1] ?? "";
  const receiver = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    verify(secret: string, header: string, body: Uint8Array, now: number): boolean;
  };
  for (const [secret, body, now, holds] of CALLS) {
    assert.equal(receiver.verify(secret, header, body, now), holds);
  }
  assert.equal(receiver.verify("s3cret", "nonsense", BODY, NOW), false);
});

test("the receiver shown in the guide for Python agrees, where there is a Python", (context) => {
  const code = /```python\n([^]*?)```/.exec(guide)?.[1] ?? "";
  const calls = CALLS.map(([secret, body, now]) => [secret, Buffer.from(body).toString("hex"), now]);
  const asking = `import json, sys\nheader, calls = json.loads(sys.argv[1])\nprint(json.dumps([verify(s, header, bytes.fromhex(b), n) for s, b, n in calls]))`;
  const argument = JSON.stringify([header, calls]);
  const python = spawnSync("python3", ["-c", `${code}\n${asking}`, argument], { encoding: "utf8" });
  if (python.error !== undefined) {
    context.diagnostic("no python3 here: only the text of the example was checked");
    assert.match(code, /hmac\.compare_digest/);
    return;
  }
  assert.deepEqual(
    JSON.parse(python.stdout),
    CALLS.map(([, , , holds]) => holds),
    python.stderr,
  );
});

test("a call reaches a real server, follows no redirect, and reads little of a long answer", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers["x-test"]}`);
    if (request.url === "/long") response.end("x".repeat(1_000_000));
    else if (request.url === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
    else if (request.url === "/busy") response.writeHead(429, { "retry-after": "60" }).end("busy");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (path: string, timeoutMs = 5_000) =>
    postOverFetch({ url: base + path, headers: { "X-Test": "1" }, body: BODY, timeoutMs });
  try {
    assert.equal((await call("/long")).body.length, 4096);
    assert.equal((await call("/moved")).status, 302);
    assert.deepEqual(await call("/busy"), { status: 429, body: "busy", retryAfter: "60" });
    await assert.rejects(call("/silent", 100), (error) => isFault(error, "timeout"));
    assert.deepEqual(seen, ["POST /long 1", "POST /moved 1", "POST /busy 1", "POST /silent 1"]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await assert.rejects(call("/gone"), (error) => isFault(error, "refused"));
});
