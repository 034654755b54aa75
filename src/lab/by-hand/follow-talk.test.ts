import assert from "node:assert/strict";
import { test } from "node:test";
import { FollowTalk, type Said } from "./follow-talk.ts";

/** Lines with C: and S:; gives the talk and what was written down of the client's. */
function follow(script: string): { talk: FollowTalk; said: Said[] } {
  const talk = new FollowTalk();
  const said: Said[] = [];
  for (const line of script.trim().split("\n")) {
    const [, who, text = ""] = /^\s*([CS]): ?(.*)$/.exec(line) ?? [];
    said.push(...(who === "C" ? talk.said(text) : talk.heard(text)));
  }
  return { talk, said };
}

const GREETED = `S: 220 edge ESMTP
C: EHLO me.test
S: 250-edge
S: 250-STARTTLS
S: 250 SIZE 1000
`;

test("the answer to ehlo tells what is offered, and opens the way to a message", () => {
  const { talk } = follow(GREETED);
  assert.equal(talk.phase, "ready");
  assert.deepEqual(talk.extensions, ["STARTTLS", "SIZE 1000"]);
  assert.equal(talk.isWaiting, false);
});

test("content is told once, as its size, and never as lines", () => {
  const { talk, said } = follow(`${GREETED}C: MAIL FROM:<a@b.test>
S: 250 OK
C: RCPT TO:<c@d.test>
S: 250 OK
C: DATA
S: 354 go on
C: Subject: x
C:
C: MAIL FROM:<not@a.command>
C: .`);
  assert.deepEqual(said.slice(-2), [
    { kind: "line", text: "DATA" },
    { kind: "content", sizeBytes: 41, lineCount: 3 },
  ]);
  assert.equal(talk.isWaiting, true);
  talk.heard("250 2.0.0 taken");
  assert.deepEqual([talk.phase, talk.isWaiting], ["ready", false]);
});

test("what is said behind data counts as commands when data is refused", () => {
  const { talk, said } = follow(`${GREETED}C: DATA
C: QUIT
S: 503 not now`);
  assert.deepEqual(said.at(-1), { kind: "line", text: "QUIT" });
  assert.equal(talk.isWaiting, true);
});

test("passwords are not written down, however they are said", () => {
  const plain = follow(`${GREETED}C: AUTH PLAIN AGFubgBhbm4=\nS: 235 welcome`);
  assert.deepEqual(plain.said.at(-1), { kind: "line", text: "AUTH PLAIN ***" });
  assert.deepEqual([plain.talk.isLoggedIn, plain.talk.phase], [true, "ready"]);
  const asked = follow(
    `${GREETED}C: AUTH LOGIN\nS: 334 VXNlcg==\nC: YW5u\nS: 334 UGFzcw==\nC: YW5u\nS: 535 no`,
  );
  assert.deepEqual(
    asked.said.slice(-2).map((one) => one.kind === "line" && one.text),
    ["***", "***"],
  );
  assert.deepEqual([asked.talk.isLoggedIn, asked.talk.phase], [false, "ready"]);
  const pipelined = follow(`${GREETED}C: AUTH LOGIN\nC: YW5u\nC: secret`);
  assert.ok(!JSON.stringify(pipelined.said).includes("secret"));
});

test("after starttls everything learned in the clear is forgotten", () => {
  const { talk } = follow(`${GREETED}C: STARTTLS\nS: 220 go ahead`);
  assert.deepEqual([talk.wantsTls, talk.isWaiting], [true, true]);
  talk.encrypted();
  assert.deepEqual([talk.phase, talk.extensions.length, talk.isWaiting], ["hello", 0, false]);
});

test("a chunk of bdat is as long as it says", () => {
  const { said, talk } = follow(`${GREETED}C: BDAT 6 LAST\nC: abcd\nC: NOOP`);
  assert.deepEqual(said.slice(-2), [
    { kind: "content", sizeBytes: 6, lineCount: 1 },
    { kind: "line", text: "NOOP" },
  ]);
  assert.equal(talk.isContent, false);
});
