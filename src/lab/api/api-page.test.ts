import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import type { HttpHandler } from "../../base/http.ts";
import type { JournalEvent } from "../../journal/events.ts";
import type { Trace } from "../../journal/trace.ts";
import { openApiDocument } from "../../server/http/openapi.ts";
import { startLab } from "../open-lab.ts";
import { createFileDesk } from "../runtime/file-desk.ts";
import { API_PAGE_FILE, apiPage } from "./api-page.ts";
import { curlsIn, type Curl } from "./curl-examples.ts";
import type { journalEventSchema } from "./event-schemas.ts";
import { createLabWeb, LAB_APIS } from "./lab-web.ts";
import type { traceSchema } from "./trace-schemas.ts";
import type { z } from "zod";

const EXAMPLE_FILE = fileURLToPath(new URL("../../../examples/nemesis.lab.yaml", import.meta.url));
const YOU = { address: "127.0.0.1" };
const NO_APP = { find: () => Promise.resolve(undefined) };

test("docs/api.md is what the routes say", () => {
  const told = "run `npm run api-docs` to write docs/api.md again";
  assert.equal(readFileSync(API_PAGE_FILE, "utf8"), apiPage(LAB_APIS), told);
});

test("every curl example of docs/api.md works, in the order of the page", async () => {
  const lab = await startLab(EXAMPLE_FILE, { mode: "simulated" });
  const file = createFileDesk(lab, EXAMPLE_FILE, readFileSync(EXAMPLE_FILE, "utf8"));
  const web = createLabWeb({ lab, stop: () => undefined, file }, NO_APP, { checkAnswers: true });
  const jar = { cookie: "" };
  try {
    const curls = curlsIn(readFileSync(API_PAGE_FILE, "utf8"));
    assert.ok(curls.length > 20, `only ${curls.length} examples were found`);
    const answers = new Map<string, string>();
    for (const curl of curls) answers.set(curl.line, await ask(web, curl, jar));
    const read = [...answers].find(([line]) => line.includes("subject=confirm"))?.[1] ?? "";
    const [mail] = JSON.parse(read) as {
      code: string;
      links: { href: string }[];
      trace: { path: string[] };
    }[];
    assert.equal(mail?.code, "493021");
    assert.deepEqual(
      mail?.links.map(({ href }) => href),
      ["http://shop.test/verify?t=8"],
    );
    assert.deepEqual(mail?.trace.path, ["presto", "smart", "edge", "kerio"]);
  } finally {
    await lab.down();
  }
});

async function ask(web: HttpHandler, curl: Curl, jar: { cookie: string }): Promise<string> {
  const { method, url, body, cookies } = curl;
  const headers = { host: "127.0.0.1:8066", ...(cookies === "send" ? { cookie: jar.cookie } : {}) };
  const answer = await web(
    new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }),
    YOU,
  );
  if (cookies === "keep") jar.cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const isStream = answer.headers.get("content-type") === "text/event-stream";
  const text = isStream ? "" : await answer.text();
  await answer.body?.cancel().catch(() => undefined);
  assert.ok(answer.ok, `${curl.line}\n${answer.status} ${text}`);
  return text;
}

test("the OpenAPI document names every operation once, every path parameter, and only types it has", () => {
  const document = openApiDocument(LAB_APIS);
  const ids: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const { operationId, parameters = [] } of Object.values(methods)) {
      ids.push(operationId);
      const named = parameters.flatMap(({ in: place, name }) => (place === "path" ? [String(name)] : []));
      assert.deepEqual(
        named,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path,
      );
    }
  }
  assert.equal(new Set(ids).size, ids.length);
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  assert.ok(refs.length > 10);
  for (const [, name = ""] of refs) assert.ok(name in document.components.schemas, name);
  assert.ok(!JSON.stringify(document).includes("$defs"));
});

test("the document is served", async () => {
  const lab = await startLab({}, { mode: "simulated" });
  try {
    const web = createLabWeb({ lab, stop: () => undefined }, NO_APP);
    const request = new Request("http://127.0.0.1:8066/api/openapi.json", {
      headers: { host: "127.0.0.1:8066" },
    });
    const document = (await (await web(request, YOU)).json()) as { openapi: string; paths: object };
    assert.equal(document.openapi, "3.1.0");
    assert.ok("/lab/v1/traces/{query}" in document.paths);
  } finally {
    await lab.down();
  }
});

test("the schemas of events and journeys take all that their types allow", () => {
  // Held by the compiler: a field that a type gains and a schema does not know by another type fails here.
  const event = (one: JournalEvent): DeepReadonly<z.infer<typeof journalEventSchema>> => one;
  const trace = (one: Trace): DeepReadonly<z.infer<typeof traceSchema>> => one;
  assert.equal(typeof event, typeof trace);
});

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
