import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { createMemoryMailStore } from "../../engine/sqlite/sqlite-mail-store.ts";
import type { AccountMail } from "../account-mail.ts";
import { search, type SearchParts, snapshotOf } from "./evaluate.ts";
import { fuzzy, type SearchQuery } from "./query.ts";
import { sortRows, type SortOrder } from "./sort.ts";
import { orderedSubject, references, type ThreadNode } from "./thread.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24, 12);

type Mail = readonly [header: string, body: string, flags?: readonly string[]];

async function partsOf(mails: readonly Mail[]): Promise<SearchParts> {
  const store = createMemoryMailStore(() => NOW);
  await store.open();
  await store.putAccount("ann@arch.test");
  const mail = store.mail("ann@arch.test") as AccountMail;
  const inbox = mail.find("INBOX")?.id as number;
  const items = mails.map(([header, body, flags = []], n) => {
    const content = Buffer.from(`${header.replaceAll("\n", "\r\n")}\r\n\r\n${body}\r\n`);
    return { content, flags, receivedAt: NOW - (mails.length - n) * DAY };
  });
  await mail.append(inbox, items);
  const table = await mail.open(inbox);
  assert.ok(table !== undefined);
  return { mail, table: snapshotOf(table), pause: () => Promise.resolve() };
}

function rows(mask: Uint8Array): number[] {
  return [...mask].flatMap((bit, row) => (bit === 1 ? [row] : []));
}

describe("a search", () => {
  let parts: SearchParts;
  before(async () => {
    parts = await partsOf([
      [
        "From: Ann <ann@arch.test>\nTo: bob@nemesis.test\nSubject: Plans\nDate: Mon, 2 Nov 2026 23:30:00 -0800",
        "the quick brown fox",
        ["\\Seen"],
      ],
      [
        "From: =?utf-8?q?J=C3=B6rg?= <j@b.test>\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
        "caf=C3=A9 au lait",
        ["x"],
      ],
      [
        'From: "Onym, Ann" <ann@arch.test>\nX-Tool: mailer 5\nSubject: re: plans\nContent-Type: multipart/mixed; boundary=b',
        "--b\r\nContent-Type: text/html\r\n\r\n<p>Hidden <b>treasure</b></p>\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\ncXVpY2sgcmVwbHk=\r\n--b--",
        ["\\Seen", "\\Flagged"],
      ],
    ]);
  });

  const cases: readonly (readonly [SearchQuery, readonly number[]])[] = [
    [{ kind: "all" }, [0, 1, 2]],
    [{ kind: "not", query: { kind: "flag", flag: "\\seen" } }, [1]],
    [
      {
        kind: "and",
        queries: [
          { kind: "body", text: "QUICK" },
          { kind: "flag", flag: "\\Flagged" },
        ],
      },
      [2],
    ],
    [
      {
        kind: "or",
        queries: [
          { kind: "flag", flag: "X" },
          { kind: "subject", text: "PLANS" },
        ],
      },
      [0, 1, 2],
    ],
    [{ kind: "uids", uids: [2, 9] }, [1, 2]],
    [{ kind: "address", field: "from", text: "ann@ARCH" }, [0, 2]],
    [{ kind: "address", field: "from", text: "jörg" }, [1]],
    [{ kind: "address", field: "from", text: "jo\u0308rg" }, [1]],
    [{ kind: "address", field: "to", text: "" }, [0]],
    [{ kind: "subject", text: "grüße" }, [1]],
    [{ kind: "body", text: "CAFÉ AU" }, [1]],
    [{ kind: "body", text: "hidden treasure" }, [2]],
    [{ kind: "body", text: "plans" }, []],
    [{ kind: "text", text: "plans" }, [0, 2]],
    [{ kind: "text", text: "boundary=b" }, [2]],
    [{ kind: "words", text: "PLANS" }, [0, 2]],
    [{ kind: "words", text: "jörg" }, [1]],
    [{ kind: "words", text: "café au" }, [1]],
    [{ kind: "words", text: "boundary=b" }, []],
    [{ kind: "attachment" }, []],
    [{ kind: "header", field: "X-Tool", text: "MAILER" }, [2]],
    [{ kind: "header", field: "x-tool", text: "" }, [2]],
    [{ kind: "header", field: "subject", text: "re: p" }, [2]],
    [{ kind: "date", of: "sent", from: Date.UTC(2026, 10, 2), before: Date.UTC(2026, 10, 3) }, [0]],
    [{ kind: "date", of: "received", from: NOW - 2 * DAY }, [1, 2]],
    [{ kind: "date", of: "saved", before: NOW }, []],
    [{ kind: "size", above: 200 }, [2]],
    [{ kind: "modseq", least: 9_999 }, []],
    [fuzzy({ kind: "body", text: "fox quick" }), [0]],
  ];
  for (const [query, want] of cases) {
    it(`finds ${JSON.stringify(query)}`, async () => {
      assert.deepEqual(rows(await search(query, parts)), want);
    });
  }
});

describe("sorting", () => {
  const orders: readonly (readonly [readonly SortOrder[], readonly number[]])[] = [
    [[{ by: "arrival", reverse: true }], [2, 1, 0]],
    [
      [
        { by: "subject", reverse: false },
        { by: "date", reverse: false },
      ],
      [2, 1, 0],
    ],
    [[{ by: "from", reverse: false }], [1, 0, 2]],
    [[{ by: "displayfrom", reverse: false }], [1, 2, 0]],
    [[{ by: "size", reverse: false }], [1, 0, 2]],
    [[{ by: "date", reverse: false }], [2, 1, 0]],
  ];
  for (const [order, want] of orders) {
    it(`goes by ${order.map(({ by, reverse }) => (reverse ? `reverse ${by}` : by)).join(", ")}`, async () => {
      const parts = await partsOf([
        ["From: Zoe <m@x.test>\nSubject: b\nDate: Wed, 4 Nov 2026 00:00:00 +0000", "long long text"],
        ["From: a@x.test\nSubject: Re: A\nDate: Tue, 3 Nov 2026 00:00:00 +0000", "longer"],
        ["From: =?us-ascii?q?A=6E?= <z@x.test>\nSubject: a\nDate: Mon, 2 Nov 2026 00:00:00 +0000", ""],
      ]);
      assert.deepEqual(await sortRows([0, 1, 2], order, parts), want);
    });
  }
});

function show({ row, children }: ThreadNode): string {
  return `${row ?? "-"}${children.length === 0 ? "" : `[${children.map(show).join(" ")}]`}`;
}

describe("threads", () => {
  const mail = (n: number, subject: string, refs: string, day = n): Mail => [
    `Message-ID: <${n}@a>\nSubject: ${subject}\nDate: ${day + 1} Nov 2026 00:00:00 +0000${refs === "" ? "" : `\nReferences: ${refs}`}`,
    "",
  ];

  it("by subject put the later below the first", async () => {
    const parts = await partsOf([mail(0, "b", ""), mail(1, "a", ""), mail(2, "Re: b", "")]);
    assert.equal((await orderedSubject([0, 1, 2], parts)).map(show).join(" "), "0[2] 1");
  });

  it("by references put answers below what they answer, and find what is missing", async () => {
    const parts = await partsOf([
      mail(0, "one", ""),
      mail(1, "Re: one", "<0@a>"),
      mail(2, "Re: one", "<0@a> <1@a>"),
      mail(3, "Re: lost", "<99@a>"),
      mail(4, "Re: lost", "<99@a>"),
      mail(5, "alone", "<5@a>"),
      mail(6, "Re: alone", ""),
    ]);
    const threads = await references([0, 1, 2, 3, 4, 5, 6], parts);
    assert.equal(threads.map(show).join(" "), "0[1[2]] -[3 4] 5[6]");
  });

  it("by references survive a loop", async () => {
    const parts = await partsOf([mail(0, "a", "<1@a>"), mail(1, "b", "<0@a>")]);
    assert.equal((await references([0, 1], parts)).map(show).join(" "), "1[0]");
  });
});
