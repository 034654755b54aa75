import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { isFault } from "../base/fault.ts";
import { createMemoryMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import { createIntake, type IntakeMailbox } from "../server/accounts/intake.ts";
import { planFolders } from "./folder-plan.ts";
import { importMail, ImportStopped } from "./import-mail.ts";
import { baseName, byDelivery, flagsOf, parseKeywords } from "./maildir-flags.ts";
import { mboxFlags } from "./mbox-flags.ts";
import { type MboxMessage, MboxSplitter } from "./mbox-splitter.ts";
import type { MailSource, SourceFolder, SourceItem } from "./source.ts";
import { usableFlags } from "./source.ts";

describe("a Maildir's file name", () => {
  const KEYWORDS = parseKeywords("0 $Forwarded\n1 work\n25 last\n26 none\nnot a line\n");
  const CASES: readonly (readonly [string, string, readonly string[]])[] = [
    ["1.M1.host:2,", "1.M1.host", []],
    ["1.M1.host,S=12,W=13:2,FRS", "1.M1.host,S=12,W=13", ["\\Flagged", "\\Answered", "\\Seen"]],
    ["1.M1.host:2,DPTabz", "1.M1.host", ["\\Draft", "$Forwarded", "\\Deleted", "$Forwarded", "work", "last"]],
    ["1.M1.host", "1.M1.host", []],
    ["1.M1.host;2,S", "1.M1.host", ["\\Seen"]],
    ["1.M1.host:1,S", "1.M1.host:1,S", []],
    ["1.M1.host:2,Sc?", "1.M1.host:2,Sc?", []],
    ["1.M1.host:2,XYc", "1.M1.host", []],
  ];
  for (const [name, base, flags] of CASES) {
    it(`is read: ${name}`, () => {
      assert.equal(baseName(name), base);
      assert.deepEqual(flagsOf(name, KEYWORDS), flags);
    });
  }

  it("says in which order mail came", () => {
    assert.deepEqual(["10.b", "9.z", "9.a", "x"].sort(byDelivery), ["9.a", "9.z", "10.b", "x"]);
  });
});

function split(text: string, cuts: readonly number[] = []): MboxMessage[] {
  const splitter = new MboxSplitter();
  const bytes = Buffer.from(text, "latin1");
  const found: MboxMessage[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    found.push(...splitter.push(bytes.subarray(from, to)));
    from = to;
  }
  return [...found, ...splitter.end()];
}

const texts = (found: readonly MboxMessage[]): string[] =>
  found.map(({ content }) => Buffer.from(content).toString("latin1"));

describe("an mbox", () => {
  const TWO =
    "From a@x.test Mon Nov 23 10:00:00 2026\nSubject: one\n\n>From me\n>>From you\nFrom the hills\n\nFrom here it goes on\n\n" +
    "From b@x.test Tue Nov 24 10:00:00 2026 +0200\nSubject: two\n\nbody\n";

  it("is cut at its From_ lines, and only there", () => {
    const found = split(TWO);
    assert.deepEqual(texts(found), [
      "Subject: one\r\n\r\nFrom me\r\n>From you\r\nFrom the hills\r\n\r\nFrom here it goes on\r\n",
      "Subject: two\r\n\r\nbody\r\n",
    ]);
    assert.deepEqual(
      found.map(({ receivedAt }) => new Date(receivedAt ?? 0).toISOString()),
      ["2026-11-23T10:00:00.000Z", "2026-11-24T08:00:00.000Z"],
    );
    assert.equal(
      found.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
      TWO.length,
      "every octet is somebody's",
    );
  });

  it("is the same however its bytes come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => assert.deepEqual(split(TWO, cuts), split(TWO))),
      { numRuns: 200 },
    );
  });

  const FROM_LINES: readonly (readonly [string, string | undefined])[] = [
    ["From x Fri Jan  1 00:00:00 2021", "2021-01-01T00:00:00.000Z"],
    ["From x Fri Jan 1 00:00 2021", "2021-01-01T00:00:00.000Z"],
    ["From - Fri Jan  1 00:00:00 2021", "2021-01-01T00:00:00.000Z"],
    ["From x Fri Jan  1 00:00:00 CET 2021", "2021-01-01T00:00:00.000Z"],
    ["From x Fri Jan  1 00:00:00 2021 -0130", "2021-01-01T01:30:00.000Z"],
    ["From me to you", undefined],
    ["From x Fri Foo  1 00:00:00 2021", undefined],
  ];
  for (const [line, at] of FROM_LINES) {
    it(`${at === undefined ? "does not begin a message at" : "begins one at"} "${line}"`, () => {
      const found = split(`From a Mon Nov 23 10:00:00 2026\n\nx\n\n${line}\nSubject: s\n\ny\n`);
      assert.equal(found.length, at === undefined ? 1 : 2);
      if (at !== undefined) assert.equal(new Date(found[1]?.receivedAt ?? 0).toISOString(), at);
    });
  }

  it("may have CRLF, an empty message, no newline at its end, and numbers of a server in front", () => {
    assert.deepEqual(texts(split("From a Mon Nov 23 10:00:00 2026\r\nA: b\r\n\r\nc\r\n")), [
      "A: b\r\n\r\nc\r\n",
    ]);
    assert.deepEqual(texts(split("From a Mon Nov 23 10:00:00 2026\n")), [""]);
    assert.deepEqual(texts(split("From a Mon Nov 23 10:00:00 2026\nA: b")), ["A: b"]);
    const internal =
      "From M Mon Nov 23 10:00:00 2026\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nx\n\n";
    assert.deepEqual(texts(split(`${internal}From a Mon Nov 23 10:00:00 2026\nA: b\n`)), ["A: b\r\n"]);
  });

  it("that is none is refused", () => {
    assert.throws(
      () => split("Subject: not an mbox\n\nx\n"),
      (error) => isFault(error, "io"),
    );
    assert.deepEqual(split(""), []);
  });

  it("keeps flags in its header", () => {
    const flags = (header: string): string[] =>
      usableFlags(mboxFlags(Buffer.from(`${header}\r\n\r\nStatus: O\r\n`)));
    assert.deepEqual(flags("Status: RO\r\nX-Status: AF"), ["\\Seen", "\\Answered", "\\Flagged"]);
    assert.deepEqual(flags("X-Keywords: work,\r\n $Forwarded  NonJunk"), ["work", "$Forwarded", "NonJunk"]);
    assert.deepEqual(flags("X-Mozilla-Status: 0005\r\nX-Mozilla-Keys: $label1"), [
      "\\Seen",
      "\\Flagged",
      "$label1",
    ]);
    assert.deepEqual(flags("X-Keywords: (bad) \\Recent good"), ["good"]);
    assert.deepEqual(flags("Subject: Status: R"), []);
  });
});

describe("a plan of folders", () => {
  const mailboxes: IntakeMailbox[] = [
    { name: "INBOX", role: null },
    { name: "Sent", role: "sent" },
    { name: "Trash", role: "trash" },
  ];
  const folder = (name: string, role?: SourceFolder["role"]): SourceFolder => ({ name, role, total: 1 });
  const plan = (
    names: readonly SourceFolder[],
    wishes: Parameters<typeof planFolders>[2] = {},
  ): (string | undefined)[] => planFolders(names, mailboxes, wishes).map(({ mailbox }) => mailbox);

  it("knows special uses by what the source says and by name", () => {
    assert.deepEqual(
      plan([
        folder("INBOX"),
        folder("Sent Items"),
        folder("Papierkorb", "trash"),
        folder("Drafts"),
        folder("Lists/node"),
      ]),
      ["INBOX", "Sent", "Trash", "Drafts", "Lists/node"],
    );
  });

  it("leaves out what only shows messages of others, unless it is named", () => {
    const all = folder("[Gmail]/All Mail", "all");
    assert.deepEqual(plan([folder("INBOX"), all]), ["INBOX", undefined]);
    assert.deepEqual(plan([folder("INBOX"), all], { only: ["[Gmail]/*"] }), [undefined, "[Gmail]/All Mail"]);
  });

  it("takes a naming that puts all below INBOX for what it is", () => {
    assert.deepEqual(plan([folder("INBOX"), folder("INBOX/Sent"), folder("INBOX/a")]), [
      "INBOX",
      "Sent",
      "a",
    ]);
    assert.deepEqual(plan([folder("INBOX"), folder("INBOX/a"), folder("b")]), ["INBOX", "INBOX/a", "b"]);
  });

  it("does as it is told", () => {
    const both = [folder("INBOX"), folder("Sent"), folder("x*y\u0001/..")];
    assert.deepEqual(plan(both, { into: "Old" }), ["Old/INBOX", "Old/Sent", "Old/x_y_/_"]);
    assert.deepEqual(plan(both, { exclude: ["s*"], map: new Map([["INBOX", "Archive"]]) }), [
      "Archive",
      undefined,
      "x_y_/_",
    ]);
  });
});

describe("an import", () => {
  const NAME = "ann@arch.test";

  function source(items: readonly SourceItem[], failAfter = Infinity): MailSource {
    return {
      identity: "test",
      unit: "messages",
      folders: async () => [{ name: "INBOX", role: undefined, total: items.length }],
      async *messages(_, unknown) {
        let given = 0;
        for (const item of items) {
          if (++given > failAfter) throw new Error("the source broke");
          if (item.kind !== "message" || (await unknown([item.id])).has(item.id)) yield item;
          else yield { kind: "known", messages: 1, weight: 1 };
        }
      },
      close: () => Promise.resolve(),
    };
  }

  const message = (n: number): SourceItem => {
    const content = Buffer.from(`Subject: ${n}\r\n\r\n${"x".repeat(n % 50)}\r\n`);
    return {
      kind: "message",
      id: `m${n}`,
      content,
      flags: n % 2 === 0 ? ["\\Seen"] : [],
      receivedAt: n * 1_000,
      weight: 1,
    };
  };

  // oxlint-disable-next-line typescript/explicit-function-return-type -- a world of its own shape
  async function house(quotaMessages?: number) {
    const store = createMemoryMailStore(() => 0);
    await store.open();
    await store.putAccount(NAME, { quotaMessages });
    const intake = createIntake(store);
    const bring = async (from: MailSource) => {
      const folders = await from.folders();
      const plan = planFolders(folders, [], {});
      const outcomes = [];
      const parts = { account: NAME, source: from, intake, plan, now: () => 77_000, onProgress() {} };
      for await (const outcome of importMail(parts)) outcomes.push(outcome);
      return outcomes.map(({ stored, again, unreadable, why }) => ({ stored, again, unreadable, why }));
    };
    return { store, bring };
  }

  it("brings each message once and in order, with its flags and date, whatever broke before", async () => {
    const { store, bring } = await house();
    const items = Array.from({ length: 950 }, (_, n) => message(n));
    await assert.rejects(bring(source(items, 420)), /the source broke/);
    const before = (await store.list(NAME, "INBOX")).length;
    assert.ok(before >= 200 && before <= 420, `${before} whole batches arrived`);
    assert.deepEqual(await bring(source(items)), [
      { stored: 950 - before, again: before, unreadable: 0, why: [] },
    ]);
    const listed = await store.list(NAME, "INBOX");
    assert.deepEqual(
      listed.map(({ receivedAt }) => receivedAt),
      items.map((_, n) => n * 1_000),
    );
    const mail = store.mail(NAME);
    const table = await mail?.open(mail.find("INBOX")?.id ?? 0);
    assert.deepEqual(table?.flagSets.flags(table.flags[948] as number), ["\\Seen"]);
    assert.deepEqual(await bring(source(items)), [{ stored: 0, again: 950, unreadable: 0, why: [] }]);
  });

  it("does not bring back what was deleted since", async () => {
    const { store, bring } = await house();
    await bring(source([message(1), message(2)]));
    const mail = store.mail(NAME);
    await mail?.expunge(mail.find("INBOX")?.id ?? 0, [1, 1], false);
    assert.deepEqual(await bring(source([message(1), message(2)])), [
      { stored: 0, again: 2, unreadable: 0, why: [] },
    ]);
  });

  it("goes on past what cannot be read, and says so", async () => {
    const { bring } = await house();
    const bad: SourceItem = { kind: "unreadable", id: "b", why: "permission", weight: 1 };
    assert.deepEqual(await bring(source([message(1), bad, message(2)])), [
      { stored: 2, again: 0, unreadable: 1, why: ["permission"] },
    ]);
  });

  it("stops when the account is full, and goes on when it is not", async () => {
    const { store, bring } = await house(300);
    const items = Array.from({ length: 500 }, (_, n) => message(n));
    await assert.rejects(
      bring(source(items)),
      (error) => error instanceof ImportStopped && /over quota: \d+ of 300 messages/.test(error.message),
    );
    assert.equal((await store.list(NAME, "INBOX")).length, 300);
    await store.putAccount(NAME, { quotaMessages: null });
    const [outcome] = await bring(source(items));
    assert.equal(outcome?.stored, 200);
  });

  it("into an account that is not there says how to make it", async () => {
    const { store, bring } = await house();
    await store.removeAccount(NAME);
    await assert.rejects(bring(source([message(1)])), /posthorn account add ann@arch.test/);
  });
});
