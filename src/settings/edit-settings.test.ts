import assert from "node:assert/strict";
import { test } from "node:test";
import { editSettings, type SettingsEdit } from "./edit-settings.ts";

const TEXT = `# The mail server of example.org
hostname: mail.example.org # as in the DNS

domains:
  example.org: local # the first
connectors:
  # newsletters
  - { to: "*@list.test", via: smart.test, user: me, password: plain }
  - { to: "*", via: mx }
administrators: [ann@example.org,   'bob@example.org']   # us
`;

const CASES: readonly (readonly [name: string, edit: SettingsEdit, before: string, after: string])[] = [
  [
    "a domain is added at the end of its mapping",
    { op: "set", path: ["domains", "b.test"], value: "local" },
    "  example.org: local # the first\n",
    "  example.org: local # the first\n  b.test: local\n",
  ],
  [
    "a value is changed and its comment stays",
    { op: "set", path: ["domains", "example.org"], value: "relay" },
    "example.org: local #",
    "example.org: relay #",
  ],
  [
    "a setting that was not there gets its place",
    { op: "set", path: ["policies", "helo"], value: "refuse" },
    "# us\n",
    "# us\npolicies:\n  helo: refuse\n",
  ],
  [
    "keys of a mapping change one by one",
    {
      op: "set",
      path: ["connectors", 0],
      value: { to: "*@list.test", via: "other.test", user: "me", password: "plain" },
    },
    "via: smart.test",
    "via: other.test",
  ],
  [
    "a connector moves before another",
    { op: "move", path: ["connectors"], from: 1, to: 0 },
    '  # newsletters\n  - { to: "*@list.test", via: smart.test, user: me, password: plain }\n  - { to: "*", via: mx }\n',
    '  - { to: "*", via: mx }\n  # newsletters\n  - { to: "*@list.test", via: smart.test, user: me, password: plain }\n',
  ],
  [
    "the last domain takes its mapping with it",
    { op: "remove", path: ["domains", "example.org"] },
    "\ndomains:\n  example.org: local # the first\n",
    "",
  ],
];

for (const [name, edit, before, after] of CASES) {
  test(name, () => {
    const edited = editSettings(TEXT, [edit]);
    assert.ok(edited.ok);
    assert.equal(edited.value, TEXT.replace(before, after));
  });
}

test("what is not there cannot be taken out or moved", () => {
  for (const edit of [
    { op: "remove", path: ["domains", "none.test"] },
    { op: "move", path: ["connectors"], from: 0, to: 2 },
  ] as const) {
    const refused = editSettings(TEXT, [edit]);
    assert.ok(!refused.ok);
    assert.match(refused.error, /none\.test|place 3/);
  }
});

test("dashes stay below their key where they were", () => {
  const text = "hostname: a.test\nconnectors:\n- {to: b.test, via: mx}\nrelayFrom: [10.0.0.0/8]\n";
  const edited = editSettings(text, [{ op: "insert", path: ["connectors"], value: { to: "*", via: "mx" } }]);
  assert.ok(edited.ok);
  assert.equal(edited.value, text.replace("via: mx}\n", 'via: mx}\n- to: "*"\n  via: mx\n'));
});
