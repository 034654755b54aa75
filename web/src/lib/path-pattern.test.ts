import assert from "node:assert/strict";
import { test } from "node:test";
import { findPath, matchPath, pathFor, withQuery } from "./path-pattern.ts";

test("a pattern matches whole paths, and decodes what its parameters stand for", () => {
  const rows: readonly [string, string, Record<string, string> | undefined][] = [
    ["/lab", "/lab", {}],
    ["/lab", "/lab/", {}],
    ["/lab", "/laboratory", undefined],
    ["/lab", "/lab/traces", undefined],
    ["/lab/traces/:id", "/lab/traces/4kf2", { id: "4kf2" }],
    ["/lab/traces/:id", "/lab/traces", undefined],
    ["/mail/:account/:folder", "/mail/ann%40arch.test/a%2Fb", { account: "ann@arch.test", folder: "a/b" }],
    ["/lab/traces/:id", "/lab/traces/%E0%A4%A", undefined],
  ];
  for (const [pattern, path, params] of rows) assert.deepEqual(matchPath(pattern, path), params, path);
});

test("of two patterns the more literal one wins, whatever their order", () => {
  const entries = [{ path: "/lab/traces/:id" }, { path: "/lab/traces/compare" }];
  for (const table of [entries, entries.toReversed()]) {
    assert.equal(findPath(table, "/lab/traces/compare")?.entry.path, "/lab/traces/compare");
    assert.deepEqual(findPath(table, "/lab/traces/4kf2")?.params, { id: "4kf2" });
  }
  assert.equal(findPath(entries, "/nowhere"), undefined);
});

test("a filled pattern is read back as it was given", () => {
  const params = { account: "ann@arch.test", folder: "a/b?c#d é" };
  assert.deepEqual(matchPath("/mail/:account/:folder", pathFor("/mail/:account/:folder", params)), params);
  assert.throws(() => pathFor("/lab/traces/:id", {}), /needs "id"/);
});

test("query keys are set and removed, and the others stay in their order", () => {
  assert.equal(withQuery("?a=1&b=2", { a: "9" }), "?a=9&b=2");
  assert.equal(withQuery("?a=1&b=2", { a: undefined }), "?b=2");
  assert.equal(withQuery("?a=1", { a: "" }), "");
  assert.equal(withQuery("", { q: "from:ann & bob" }), "?q=from%3Aann+%26+bob");
});
