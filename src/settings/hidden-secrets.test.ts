import assert from "node:assert/strict";
import { test } from "node:test";
import { hideSecrets, restoreSecrets, SECRET_KEYS } from "./hidden-secrets.ts";
import { settingsBelow, settingsJsonSchema } from "./reference.ts";

const TEXT = `# ours
hostname: mail.test
accounts:
  ann@a.test: {password: "hunter two", quota: 1GB} # Ann
  bob@a.test:
    password: 'it''s' # keep
connectors:
  - {to: "*", via: smart.test, user: me, password: plain}
  - to: b.test
    webhook: https://hook.test/
    secret: |
      of lines
`;

const VALUES = ["hunter two", "it''s", "plain", "of lines"];

test("no secret is shown, and all else stays where it is", () => {
  const shown = hideSecrets(TEXT) ?? "";
  for (const value of VALUES) assert.ok(!shown.includes(value), shown);
  assert.match(shown, /^ {2}ann@a\.test: \{password: "<secret 1>", quota: 1GB\} # Ann$/m);
  assert.match(shown, /^ {4}password: "<secret 2>" # keep$/m);
  assert.match(shown, /^ {4}secret: "<secret 4>"$/m);
});

test("a mark that comes back is the secret it stood for, also at another place; what was written anew stays", () => {
  const lines = (hideSecrets(TEXT) ?? "").split("\n");
  const moved = [...lines.slice(0, 6), lines[6], ...lines.slice(8, 11), lines[7], ""].join("\n");
  const written = moved.replace('"<secret 2>"', "fresh");
  const restored = restoreSecrets(written, TEXT);
  assert.ok(restored.ok);
  assert.match(restored.value, /ann@a\.test: \{password: "hunter two"/);
  assert.match(restored.value, /password: fresh # keep/);
  assert.match(restored.value, /via: smart\.test, user: me, password: plain\}/);
  assert.match(restored.value, /secret: "of lines\\n"/);
});

test("a mark of nothing is refused", () => {
  const refused = restoreSecrets("connectors: [{via: a.test, password: <secret 9>}]", TEXT);
  assert.ok(!refused.ok);
  assert.match(refused.error, /<secret 9>/);
});

test("a text that is not YAML is not shown", () => {
  assert.equal(hideSecrets("accounts: {a: {password: hunter2}\nb: ["), undefined);
});

test("whatever the schema calls a password or a secret is one here", () => {
  const named = settingsBelow("", settingsJsonSchema())
    .map(({ path }) => path.split(".").at(-1) ?? "")
    .filter((name) => /pass|secret|token|credential/i.test(name));
  assert.ok(named.length >= 3);
  for (const name of named) assert.ok(SECRET_KEYS.has(name), name);
});
