import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addressList, headerFields, sendBody, type Letter } from "./letter.ts";
import { asCurl, asPosthorn, asSwaks, quoted } from "./same-as.ts";

const LETTER: Letter = {
  server: "presto",
  port: "",
  from: "ann@arch.test",
  to: "bob@nemesis.test",
  bcc: "",
  notify: [],
  user: "",
  password: "",
  linked: true,
  headerFrom: "ann@arch.test",
  headerTo: "bob@nemesis.test",
  cc: "",
  subject: "It's $HOME `now`",
  fields: "",
  text: 'Hello,\n"Bob" \\ !',
  html: "",
  attachments: [],
};

/** What a shell makes of a command line: its words. */
function wordsOf(line: string): string[] {
  const script = `for word in ${line}; do printf '%s\\0' "$word"; done`;
  return execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("any text comes through a shell as it is", () => {
  for (const word of ["plain", "it's", '$HOME `x` "y" \\', "a\nb", "", "*", "~", "&& false", "ü 文"])
    assert.deepEqual(wordsOf(quoted(word)), [word], word);
});

test("lists are cut at commas, semicolons and lines, not inside quotes or brackets", () => {
  const text = 'a@b.test, "Doe, Jane" <c@d.test>;\ne@[IPv6:::1],,';
  assert.deepEqual(addressList(text), ["a@b.test", '"Doe, Jane" <c@d.test>', "e@[IPv6:::1]"]);
  assert.deepEqual(addressList(" "), []);
});

test("header fields are read, and the first line that is none is told", () => {
  assert.deepEqual(headerFields("X-Case: 7\n\nnonsense\nReply-To: a@b.test"), {
    fields: [
      ["X-Case", "7"],
      ["Reply-To", "a@b.test"],
    ],
    wrong: 3,
  });
});

test("with the header like the envelope nothing is said of it; apart, all of it", () => {
  assert.equal(sendBody(LETTER).header, undefined);
  assert.deepEqual(sendBody({ ...LETTER, cc: "c@d.test" }).cc, ["c@d.test"]);
  const apart = { ...LETTER, linked: false, headerFrom: "", headerTo: "all@far.test", cc: "c@d.test" };
  assert.deepEqual(sendBody(apart).header, { from: null, to: ["all@far.test"], cc: ["c@d.test"] });
  assert.equal(sendBody(apart).cc, undefined);
});

test("the curl line carries what the form sends", () => {
  const line = wordsOf(asCurl(LETTER, "http://127.0.0.1:8066"));
  assert.deepEqual(line.slice(0, 3), ["curl", "-s", "http://127.0.0.1:8066/lab/v1/send"]);
  assert.deepEqual(JSON.parse(line.at(-1) ?? ""), sendBody(LETTER));
});

test("the posthorn line names envelope, letter and login", () => {
  const apart = { linked: false, headerFrom: "The boss <ceo@far.test>", fields: "X-Case: 7" };
  const login = { user: "ann", password: "it's" };
  const line = wordsOf(
    asPosthorn({ ...LETTER, ...apart, ...login, bcc: "c@d.test", notify: ["SUCCESS", "DELAY"] }),
  );
  const options = [
    ["--from", "ann@arch.test", "--to", "bob@nemesis.test", "--bcc", "c@d.test", "--server", "presto"],
    ["--subject", LETTER.subject, "--body", LETTER.text],
    [
      "--header",
      "From: The boss <ceo@far.test>",
      "--header",
      "To: bob@nemesis.test",
      "--header",
      "X-Case: 7",
    ],
    ["--user", "ann", "--password", "it's", "--notify", "SUCCESS,DELAY"],
  ];
  assert.deepEqual(line, ["posthorn", "lab", "send", ...options.flat()]);
});

test("the swaks line goes to the real door, and there is none in a simulation", () => {
  const real = { address: "127.66.0.11", port: "2525" };
  const line = wordsOf(asSwaks({ ...LETTER, bcc: "c@d.test" }, real) ?? "");
  const begins = ["swaks", "--server", "127.66.0.11", "--port", "2525", "--from", "ann@arch.test"];
  assert.deepEqual(line.slice(0, 9), [...begins, "--to", "bob@nemesis.test,c@d.test"]);
  assert.ok(!line.includes("--auth"));
  assert.equal(asSwaks(LETTER, undefined), undefined);
});
