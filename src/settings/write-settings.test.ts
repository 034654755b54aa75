import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readLabFile } from "../lab/file/read-lab-file.ts";
import { hostSettingsSchema } from "./check-settings.ts";
import { writeSettings } from "./write-settings.ts";
import { parseYamlSettings } from "./yaml-file.ts";

const RICH = `hostname: mail.test
listen: [{at: "*:2525", service: smtp}, {at: "[::1]", service: imaps}]
domains: {a.test: local, b.test: {kind: relay, via: "b.test:2525", recipients: [x@b.test]}}
accounts: {ann@a.test: {password: "two words", quota: 1500}}
administrators: [ann@a.test]
aliases: {info@a.test: ann@a.test, all@a.test: [ann@a.test, x@b.test]}
connectors: [{to: c.test, via: mx}, {to: "*", via: smart.test, user: u, password: p, tls: must}]
queue: {retry: [90s, 1h30m10s], expire: 2d, spaceMax: 3GB}
policies: {greylist: 61s, misbehaviour: {banFor: 1500ms}}
tls: {domains: {d.test: verify}}
`;

test("settings written out are read back as the same", () => {
  const read = parseYamlSettings(RICH, "a.yaml", hostSettingsSchema);
  assert.ok(read.ok);
  const again = parseYamlSettings(writeSettings(read.value), "a.yaml", hostSettingsSchema);
  assert.ok(again.ok);
  assert.deepEqual(again.value, read.value);
});

test("so are those of every host of the example labs", () => {
  let hosts = 0;
  for (const file of globSync("examples/**/*.yaml")) {
    const plan = readLabFile(readFileSync(file, "utf8"), file);
    if (!plan.ok) continue;
    for (const { settings } of plan.value.hosts) {
      if (settings === undefined) continue;
      const again = parseYamlSettings(writeSettings(settings), file, hostSettingsSchema);
      assert.ok(again.ok, writeSettings(settings));
      assert.deepEqual(again.value, settings);
      hosts++;
    }
  }
  assert.ok(hosts > 5);
});
