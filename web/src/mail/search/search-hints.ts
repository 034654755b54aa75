/** What the search box suggests while one types: the operators, and what each takes. Pure. */

export type Hint = { readonly insert: string; readonly means: string };

const OPERATORS: readonly Hint[] = [
  { insert: "from:", means: "who wrote it" },
  { insert: "to:", means: "who got it; to:me is you" },
  { insert: "subject:", means: "a word of the subject" },
  { insert: "body:", means: "a word of the text" },
  { insert: "has:attachment", means: "with a file" },
  { insert: "is:unread", means: "not read yet" },
  { insert: "is:read", means: "read" },
  { insert: "is:flagged", means: "with a star" },
  { insert: "is:answered", means: "answered" },
  { insert: "is:draft", means: "not sent yet" },
  { insert: "in:", means: "a mailbox; in:anywhere also Trash and Junk" },
  { insert: "keyword:", means: "a keyword you gave" },
  { insert: "newer:7d", means: "of the last 7 days; h d w m y" },
  { insert: "older:1y", means: "older than a year" },
  { insert: "before:2026-03-01", means: "before a day" },
  { insert: "after:2026-02", means: "since a day, a month or a year" },
  { insert: "on:2026-02-28", means: "of one day" },
  { insert: "larger:5M", means: "larger than 5 MB" },
  { insert: "smaller:10k", means: "smaller than 10 kB" },
  { insert: "cc:", means: "who got a copy" },
  { insert: "bcc:", means: "who got a blind copy" },
];

/** Shown when nothing is typed yet. */
const FIRST = new Set([
  "from:",
  "to:",
  "subject:",
  "has:attachment",
  "is:unread",
  "in:",
  "newer:7d",
  "larger:5M",
]);
/** Limit: more than this is no help but a manual. */
const HINTS_MAX = 8;

/** Hints for the word in which the cursor stands. */
export function hintsFor(text: string, cursor: number, mailboxes: readonly string[]): readonly Hint[] {
  const { word } = wordAt(text, cursor);
  const bare = word.replace(/^[-(]+/, "").toLowerCase();
  if (bare === "") return OPERATORS.filter(({ insert }) => FIRST.has(insert));
  if (bare.startsWith("in:")) {
    const wanted = bare.slice(3).replace(/^"/, "");
    return ["anywhere", ...mailboxes]
      .filter((name) => name.toLowerCase().startsWith(wanted))
      .slice(0, HINTS_MAX)
      .map((name) => ({
        insert: `in:${quoted(name)}`,
        means: name === "anywhere" ? "all, Trash and Junk too" : "mailbox",
      }));
  }
  return OPERATORS.filter(({ insert }) => insert.startsWith(bare) && insert !== bare).slice(0, HINTS_MAX);
}

/** The text with the hint in place of the word at the cursor, and where the cursor goes. */
export function takeHint(text: string, cursor: number, { insert }: Hint): { text: string; cursor: number } {
  const { start, end, word } = wordAt(text, cursor);
  const before = /^[-(]*/.exec(word)?.[0] ?? "";
  const after = insert.endsWith(":") ? "" : text.slice(end).startsWith(" ") ? "" : " ";
  const made = text.slice(0, start) + before + insert + after;
  return { text: made + text.slice(end), cursor: made.length };
}

/** Where a problem of the API stands: its path is `q:12`. */
export function problemPlace(path: string): number | undefined {
  const match = /^q:(\d+)$/.exec(path);
  return match === null ? undefined : Number(match[1]);
}

function wordAt(text: string, cursor: number): { start: number; end: number; word: string } {
  const start = text.slice(0, cursor).search(/\S*$/);
  const length = text.slice(cursor).search(/\s|$/);
  const end = cursor + length;
  return { start, end, word: text.slice(start, end) };
}

function quoted(name: string): string {
  return /[\s()"]/.test(name) ? `"${name}"` : name;
}
