import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { createMemoryMailStore } from "../../engine/sqlite/sqlite-mail-store.ts";
import type { AccountMail } from "../account-mail.ts";
import { search, snapshotOf } from "./evaluate.ts";
import { COLUMNS_A_PART, IndexPageBuilder, OCTETS_A_COLUMN } from "./index-page.ts";
import { lookIntoPage } from "./look-into-page.ts";
import type { SearchQuery } from "./query.ts";
import { SPAN_EMAILS, type SearchIndex } from "./search-index.ts";

/** Few letters, so that texts meet; some have other forms, other cases, other lengths in other charsets. */
const LETTER = fc.constantFrom(...'aabbcA EéÉßﬁＡKİ日本ж€=?-_:<>@,.;"()', "\u0301", "😀");
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(LETTER, { minLength: 0, maxLength }).map((letters) => letters.join(""));
const CHARSETS = ["utf-8", "us-ascii", "iso-8859-1", "utf-16", "utf-16le", "utf-7", "shift_jis", "nonsense"];

const header = fc.oneof(
  text(30).map((value) => `Subject: ${value}`),
  text(30).map((value) => `Subject: =?utf-8?b?${Buffer.from(value).toString("base64")}?=`),
  text(30).map((value) => `Subject: =?iso-8859-1?q?${value.replaceAll(" ", "_")}?=`),
  fc
    .tuple(fc.constantFrom("From", "To", "Cc", "Bcc", "X-Any", "From"), text(20), text(8))
    .map(([name, phrase, local]) => `${name}: "${phrase}" <${local}@Arch.test>,\r\n\t${local}`),
  text(20),
);
const part = fc
  .tuple(
    fc.constantFrom("text/plain", "text/html", "TEXT/Plain", "image/png", "message/rfc822", "multipart/x"),
    fc.constantFrom(...CHARSETS),
    fc.constantFrom("7bit", "8bit", "base64", "quoted-printable", "nonsense"),
    fc.oneof(
      text(60),
      text(30).map((inner) => `<p>${inner}</p><b>${inner}&eacute;</b>`),
    ),
    fc.boolean(),
  )
  .map(([type, charset, encoding, value, honest]) => {
    const bytes = charset === "utf-16le" ? Buffer.from(value, "utf16le") : Buffer.from(value);
    const coded = encoding === "base64" && honest ? Buffer.from(bytes.toString("base64")) : bytes;
    const head = `Content-Type: ${type}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
    return { head, body: coded };
  });
const message = fc
  .tuple(
    fc.array(header, { maxLength: 4 }),
    fc.array(part, { maxLength: 3 }),
    fc.constantFrom("\r\n", "\n"),
    fc.nat(3),
  )
  .map(([headers, parts, eol, shape]) => {
    const top = headers.map((line) => `${line}${eol}`).join("");
    const [first] = parts;
    if (first === undefined) return Buffer.from(`${top}${eol}aabb c`);
    if (shape === 0 || parts.length === 1)
      return Buffer.concat([Buffer.from(`${top}${first.head}${eol}`), first.body]);
    const inside = parts.flatMap(({ head, body }) => [
      Buffer.from(`--b${eol}${head}${eol}`),
      body,
      Buffer.from(eol),
    ]);
    const end = shape === 1 ? "" : `--b--${eol}aab`;
    return Buffer.concat([
      Buffer.from(`${top}Content-Type: multipart/mixed; boundary=b${eol}${eol}bba${eol}`),
      ...inside,
      Buffer.from(end),
    ]);
  });

/** From what is in a message, as it stands or in other letters, or anything. */
const query = fc.record({
  kind: fc.constantFrom("body", "text", "subject", "address", "header", "exists"),
  field: fc.constantFrom("from", "to", "cc", "bcc"),
  name: fc.constantFrom("subject", "from", "X-Any", "content-type", "X-None"),
  free: text(6),
  from: fc.nat(7),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 9 }),
  how: fc.nat(3),
});
type Ask = typeof query extends fc.Arbitrary<infer T> ? T : never;

function toQuery(ask: Ask, messages: readonly Buffer[]): SearchQuery {
  const source = (messages[ask.from % messages.length] as Buffer).toString();
  const at = Math.floor(ask.at * source.length);
  const piece = source.slice(at, at + ask.length).replaceAll(/[\r\n]/g, "");
  const found = [ask.free, piece, piece.toUpperCase(), piece.normalize("NFKD")][ask.how] as string;
  if (ask.kind === "exists") return { kind: "header", field: ask.name, text: "" };
  if (ask.kind === "header") return { kind: "header", field: ask.name, text: found };
  if (ask.kind === "address") return { kind: "address", field: ask.field, text: found };
  return { kind: ask.kind as "body" | "text" | "subject", text: found };
}

/** All but one of three e-mails indexed, in columns few or many. */
function indexOf(
  mail: AccountMail,
  emailIds: readonly number[],
  columnBits: number | undefined,
): SearchIndex {
  const builder = new IndexPageBuilder();
  for (const id of emailIds) {
    const digest = mail.digest(id);
    const content = mail.content(id);
    if (digest !== undefined && content !== undefined && id % 3 !== 0)
      builder.add(id % SPAN_EMAILS, digest.envelope, content);
  }
  const { fields, columns, ...page } = builder.finish(columnBits);
  const size = COLUMNS_A_PART * OCTETS_A_COLUMN;
  const reader = {
    ...page,
    field: (index: number) => fields[index],
    part: (index: number) => columns.subarray(index * size, (index + 1) * size),
  };
  return { look: (span, field, folded) => (span === 0 ? lookIntoPage(reader, field, folded) : undefined) };
}

describe("the index", () => {
  it("finds in any messages what looking at each of them finds", async () => {
    let hits = 0;
    let ruledOut = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 8 }),
        fc.array(query, { minLength: 8, maxLength: 30 }),
        fc.constantFrom(undefined, 9, 15),
        async (messages, asks, columnBits) => {
          const store = createMemoryMailStore(() => 0);
          await store.open();
          await store.putAccount("ann@arch.test");
          const mail = store.mail("ann@arch.test") as AccountMail;
          const inbox = mail.find("INBOX")?.id as number;
          await mail.append(
            inbox,
            messages.map((content) => ({ content, flags: [] })),
          );
          const open = await mail.open(inbox);
          assert.ok(open !== undefined);
          const table = snapshotOf(open);
          const pause = () => Promise.resolve();
          const index = indexOf(mail, [...table.emailIds].slice(0, table.length), columnBits);
          for (const ask of asks) {
            const asked = toQuery(ask, messages);
            const looked = await search(asked, { mail, table, pause });
            assert.deepEqual(
              await search(asked, { mail, table, pause, index }),
              looked,
              JSON.stringify(asked),
            );
            for (const bit of looked) hits += bit;
            const answer =
              asked.kind === "body" ? index.look(0, "text", asked.text.toLowerCase()) : undefined;
            if (answer !== undefined && answer.maybe.every((octet) => octet === 0)) ruledOut++;
          }
          mail.close(inbox);
          await store.close();
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(hits > 500 && ruledOut > 20, `${hits} hits, ${ruledOut} ruled out: the test looks at nothing`);
  });
});
