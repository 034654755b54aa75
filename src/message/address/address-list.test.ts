import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatHeaderAddress, parseAddressList } from "./address-list.ts";

test("address lists are read as people write them", () => {
  const table: [string, [string, string, string?][]][] = [
    ["ann@arch.test", [["", "ann@arch.test"]]],
    ["Ann Onym <ann@arch.test>", [["Ann Onym", "ann@arch.test"]]],
    [
      '"Onym, \\"A\\"" <ann@arch.test>, b@c.test',
      [
        ['Onym, "A"', "ann@arch.test"],
        ["", "b@c.test"],
      ],
    ],
    ["=?utf-8?q?J=C3=BCrgen?= <j@arch.test>", [["Jürgen", "j@arch.test"]]],
    ["j@arch.test (Jürgen (der (Erste)))", [["Jürgen (der (Erste))", "j@arch.test"]]],
    [
      "Friends: a@b.test, C <c@d.test>;, e@f.test",
      [
        ["", "a@b.test", "Friends"],
        ["C", "c@d.test", "Friends"],
        ["", "e@f.test"],
      ],
    ],
    ["undisclosed-recipients:;", []],
    ["<@r.test,@s.test:a@b.test>", [["", "a@b.test"]]],
    ["a . b @ c . test", [["", "a.b@c.test"]]],
    ['"odd one"@c.test', [["", '"odd one"@c.test']]],
    ["Ann Onym ann@arch.test", [["Ann Onym", "ann@arch.test"]]],
    [
      "p@[10.66.0.51], q@[IPv6:fd66::1]",
      [
        ["", "p@[10.66.0.51]"],
        ["", "q@[IPv6:fd66::1]"],
      ],
    ],
    [
      "a@b.test; c@d.test",
      [
        ["", "a@b.test"],
        ["", "c@d.test"],
      ],
    ],
    [", ,a@b.test,", [["", "a@b.test"]]],
    ["", []],
  ];
  for (const [text, expected] of table) {
    const { addresses, problems } = parseAddressList(text);
    assert.deepEqual(
      addresses.map(({ name, address, group }) =>
        group === undefined ? [name, address] : [name, address, group],
      ),
      expected,
      text,
    );
    assert.deepEqual(problems, [], text);
    for (const { mailbox } of addresses) assert.ok(mailbox !== undefined, text);
  }
});

test("what is no address is told, and does not hide the others", () => {
  for (const text of ["Ann, a@b.test", "<ann>, a@b.test", '"x@y" , a@b.test', "a@b.test, <c@d"]) {
    const { addresses, problems } = parseAddressList(text);
    assert.ok(problems.length > 0, text);
    assert.ok(
      addresses.some(({ address }) => address === "a@b.test"),
      text,
    );
  }
});

test("a name and its address survive being written and read", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const name = text.replaceAll(/[\0-\x1f\x7f\s]+/g, " ").trim();
      const { addresses } = parseAddressList(formatHeaderAddress(name, "ann@arch.test"));
      assert.deepEqual(
        addresses.map((one) => [one.name, one.address]),
        [[name, "ann@arch.test"]],
      );
    }),
  );
});

test("no text makes the list parser throw or run long", () => {
  const unit = fc.constantFrom(...'<>@.,:;[]()"\\ ab\t');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => void parseAddressList(text)),
    { numRuns: 2000 },
  );
  for (const hostile of [
    "(".repeat(200_000),
    "<".repeat(200_000),
    '"'.repeat(200_000),
    "a@b,".repeat(50_000),
  ]) {
    parseAddressList(hostile);
  }
  assert.ok(parseAddressList("a@b,".repeat(50_000)).problems.length > 0);
});
