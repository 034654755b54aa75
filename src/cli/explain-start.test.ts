import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../base/fault.ts";
import { explainStart } from "./explain-start.ts";

const CASES: readonly (readonly [error: unknown, why: string | undefined])[] = [
  [
    new Fault("addressInUse", "cannot listen on 127.0.0.1:25"),
    'cannot listen on 127.0.0.1:25 (see "listen")',
  ],
  [new Fault("unreachable", "cannot listen on 192.0.2.9:25"), 'cannot listen on 192.0.2.9:25 (see "listen")'],
  [
    new Fault("folderInUse", "./data/mail is in use by another process"),
    './data/mail is in use by another process (see "data")',
  ],
  [new Fault("readOnly", "cannot write ./data"), "cannot write ./data"],
  [new Error("a bug"), undefined],
];

test("why a server did not start names the setting to look at", () => {
  for (const [error, why] of CASES) assert.equal(explainStart(error), why);
});
