import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, depthOf, mailboxOfSegment, mailboxSegment, shortName } from "./mail-address.ts";

const MAILBOXES = ["INBOX", "Work/Lab", "search", "~3", "ünï & ?"].map((name, index) => ({
  id: index + 1,
  name,
}));

test("each mailbox has a segment that leads back to it, also when its name is that of a page", () => {
  for (const mailbox of MAILBOXES)
    assert.equal(mailboxOfSegment(MAILBOXES, mailboxSegment(mailbox)), mailbox, mailbox.name);
  assert.equal(mailboxSegment({ id: 3, name: "search" }), "~3");
  assert.equal(mailboxOfSegment(MAILBOXES, "inbox")?.name, "INBOX");
  assert.equal(mailboxOfSegment(MAILBOXES, "work/lab"), undefined, "other names are exact");
});

test("an address says which list, which message and what stays open", () => {
  const cases: readonly [string, string][] = [
    [addressOf({ kind: "mailbox", segment: "INBOX" }), "/mail/INBOX"],
    [addressOf({ kind: "mailbox", segment: "Work/Lab" }, "3-7"), "/mail/Work%2FLab/3-7"],
    [addressOf({ kind: "search", q: "from:ann a&b" }), "/mail/search?q=from%3Aann+a%26b"],
    [
      addressOf({ kind: "search", q: "x" }, "3-7", { compose: "new", view: undefined }),
      "/mail/search/3-7?q=x&compose=new",
    ],
  ];
  for (const [made, wanted] of cases) assert.equal(made, wanted);
});

test("a name is shown by its last level, and knows its depth", () => {
  assert.deepEqual([shortName("INBOX"), shortName("Work/Lab"), shortName("Work")], ["Inbox", "Lab", "Work"]);
  assert.deepEqual([depthOf("Work"), depthOf("Work/Lab/2")], [0, 2]);
});
