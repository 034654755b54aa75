import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mailbox } from "../../../store/account-mail.ts";
import { queryIn } from "./search-tree.ts";
import { parseSearch } from "./search-words.ts";

const NOW = Date.UTC(2026, 2, 10, 12, 30);
const CONTEXT = { now: NOW, me: "ann@arch.test", zone: "UTC" };
const place = (name: string, role?: Mailbox["role"]): Mailbox =>
  ({ name, role, id: 1 }) as unknown as Mailbox;
const INBOX = place("INBOX");

const words = (text: string): unknown => ({ kind: "words", text });
const flag = (name: string): unknown => ({ kind: "flag", flag: name });
const not = (query: unknown): unknown => ({ kind: "not", query });
const and = (...queries: unknown[]): unknown => ({ kind: "and", queries });
const or = (...queries: unknown[]): unknown => ({ kind: "or", queries });
const from = (text: string): unknown => ({ kind: "address", field: "from", text });
const received = (range: object): unknown => ({ kind: "date", of: "received", ...range });
const DAY = 86_400_000;

const CASES: readonly [string, unknown][] = [
  ["", { kind: "all" }],
  ["  ", { kind: "all" }],
  ["hello", words("hello")],
  ['"two words"', words("two words")],
  ["http://a.test/", words("http://a.test/")],
  ["12:30", words("12:30")],
  ["from:ann", from("ann")],
  ["FROM:ann", from("ann")],
  ['from:"Ann Onym"', from("Ann Onym")],
  ["from:me", from("ann@arch.test")],
  ["from:ann subject:hi", and(from("ann"), { kind: "subject", text: "hi" })],
  ["from:ann OR from:bob", or(from("ann"), from("bob"))],
  ["is:unread from:ann OR from:bob", or(and(not(flag("\\Seen")), from("ann")), from("bob"))],
  ["is:flagged (from:ann OR from:bob)", and(flag("\\Flagged"), or(from("ann"), from("bob")))],
  ["-from:ann", not(from("ann"))],
  ["NOT (from:ann from:bob)", not(and(from("ann"), from("bob")))],
  ["- dash", and(words("-"), words("dash"))],
  ["ORchid", words("ORchid")],
  ["has:attachment", { kind: "attachment" }],
  ["keyword:work", flag("work")],
  ["larger:5M", { kind: "size", above: 5 * 1024 ** 2 }],
  ["smaller:10k", { kind: "size", below: 10 * 1024 }],
  ["before:2026-03-01", received({ before: Date.UTC(2026, 2, 1) })],
  ["after:2026/03/01", received({ from: Date.UTC(2026, 2, 1) })],
  ["on:2026-02", received({ from: Date.UTC(2026, 1, 1), before: Date.UTC(2026, 2, 1) })],
  ["on:2025", received({ from: Date.UTC(2025, 0, 1), before: Date.UTC(2026, 0, 1) })],
  ["newer:7d", received({ from: Date.UTC(2026, 2, 10, 13) - 7 * DAY })],
  ["older:2w", received({ before: Date.UTC(2026, 2, 10, 13) - 14 * DAY })],
  ["in:inbox from:ann", from("ann")],
  ["in:Archive from:ann", { kind: "none" }],
  ["in:Archive OR from:ann", from("ann")],
  ["-in:Archive from:ann", from("ann")],
  ["in:anywhere", { kind: "all" }],
];

for (const [text, wanted] of CASES)
  test(`the search ${JSON.stringify(text)} asks what it says`, () => {
    const parsed = parseSearch(text, CONTEXT);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    assert.deepEqual(queryIn(parsed.value, INBOX), wanted);
  });

const IN_BERLIN: readonly [string, object][] = [
  ["before:2026-03-01", { before: Date.UTC(2026, 1, 28, 23) }],
  ["after:2026-07", { from: Date.UTC(2026, 5, 30, 22) }],
  ["on:2026-03-29", { from: Date.UTC(2026, 2, 28, 23), before: Date.UTC(2026, 2, 29, 22) }],
  ["on:2026", { from: Date.UTC(2025, 11, 31, 23), before: Date.UTC(2026, 11, 31, 23) }],
];

for (const [text, range] of IN_BERLIN)
  test(`the search ${JSON.stringify(text)} means days as they are in Berlin there`, () => {
    const parsed = parseSearch(text, { ...CONTEXT, zone: "Europe/Berlin" });
    assert.ok(parsed.ok, JSON.stringify(parsed));
    assert.deepEqual(queryIn(parsed.value, INBOX), received(range));
  });

test("a mailbox is named by its role, its name or its last level, in any case", () => {
  const parsed = parseSearch("in:PRESTO", CONTEXT);
  assert.ok(parsed.ok);
  assert.equal(queryIn(parsed.value, place("Clients/Presto")).kind, "all");
  assert.equal(queryIn(parsed.value, place("Clients/Prestos")).kind, "none");
  const trash = parseSearch("in:trash", CONTEXT);
  assert.ok(trash.ok);
  assert.equal(queryIn(trash.value, place("Deleted Items", "trash")).kind, "all");
});

const WRONG: readonly [string, number, RegExp][] = [
  ['from:"ann', 5, /quote/],
  ["a (b", 2, /not closed/],
  ["a)", 1, /closes nothing/],
  ["is:green", 3, /unread/],
  ["a has:hope", 6, /attachment/],
  ["before:yesterday", 7, /date/],
  ["on:2026-02-30", 3, /date/],
  ["larger:huge", 7, /size/],
  ["newer:7", 6, /age/],
  ["a OR", 3, /missing/],
  ["OR a", 0, /missing/],
  ["a NOT", 4, /NOT/],
  ["()", 1, /missing/],
  ["keyword:a/b", 8, /keyword/],
];

for (const [text, at, why] of WRONG)
  test(`the search ${JSON.stringify(text)} is wrong at ${at}`, () => {
    const parsed = parseSearch(text, CONTEXT);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.at, at, parsed.error.message);
    assert.match(parsed.error.message, why);
  });

test("no text makes it throw, however deep or long", () => {
  for (const text of [
    "(".repeat(500),
    "a ".repeat(400),
    "-".repeat(900),
    '"'.repeat(301),
    "NOT ".repeat(200),
  ])
    assert.equal(typeof parseSearch(text, CONTEXT).ok, "boolean");
});
