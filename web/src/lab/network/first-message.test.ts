import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostView } from "../../../../src/lab/api/views.ts";
import { firstMessage } from "./first-message.ts";

const host = (name: string, domains: string[], users: string[], relaysForYou = false) =>
  ({ name, domains, relaysForYou, users: users.map((user) => ({ name: user, password: "" })) }) as HostView;

const HOSTS = [
  host("presto", ["arch.test", "presto"], ["ann@arch.test"], true),
  host("mex", ["mex.arch.test"], ["eve@mex.arch.test"]),
  host("kerio", ["nemesis.test"], ["bob@nemesis.test"]),
  host("smart", [], ["presto@smart.lab.test"]),
];
const RELAY = { from: "edge", to: "kerio", label: "", kind: "relay" } as const;

test("the first message goes from an account one may send as to one behind a relay", () => {
  assert.deepEqual(firstMessage(HOSTS, { edges: [RELAY] }), {
    from: "ann@arch.test",
    to: "bob@nemesis.test",
    server: "presto",
  });
  assert.equal(firstMessage(HOSTS, { edges: [] })?.to, "eve@mex.arch.test");
});

test("one server with two accounts will do, one account will not", () => {
  const one = host("solo", ["solo.test"], ["a@solo.test", "b@solo.test"]);
  assert.deepEqual(firstMessage([one], { edges: [] }), {
    from: "a@solo.test",
    to: "b@solo.test",
    server: undefined,
  });
  assert.equal(firstMessage([host("solo", ["solo.test"], ["a@solo.test"])], { edges: [] }), undefined);
  assert.equal(firstMessage([], { edges: [] }), undefined);
});
