/**
 * What a Maildir's file name says: `1234567890.M1P2.host,S=1024:2,FS` has the flags behind `:2,`. Small letters are
 * keywords, which Dovecot lists in the folder's `dovecot-keywords`, a number and a word each line. Pure.
 */

const LETTERS: Readonly<Record<string, string>> = {
  D: "\\Draft",
  F: "\\Flagged",
  P: "$Forwarded",
  R: "\\Answered",
  S: "\\Seen",
  T: "\\Deleted",
};
const FIRST_KEYWORD = "a".charCodeAt(0);

/** What stays the same when flags change, and the order in which messages came. */
export function baseName(fileName: string): string {
  const info = /[:;!]2,[A-Za-z]*$/.exec(fileName);
  return info === null ? fileName : fileName.slice(0, info.index);
}

export function flagsOf(fileName: string, keywords: readonly (string | undefined)[]): string[] {
  const letters = /[:;!]2,([A-Za-z]*)$/.exec(fileName)?.[1] ?? "";
  return [...letters].flatMap((letter) => {
    return LETTERS[letter] ?? keywords[letter.charCodeAt(0) - FIRST_KEYWORD] ?? [];
  });
}

export function parseKeywords(text: string): (string | undefined)[] {
  const keywords: (string | undefined)[] = [];
  for (const [, number = "", word = ""] of text.matchAll(/^(\d{1,2}) (\S+)\s*$/gm)) {
    if (Number(number) < 26) keywords[Number(number)] = word;
  }
  return keywords;
}

/** By the moment it was delivered, which a Maildir's names begin with. */
export function byDelivery(a: string, b: string): number {
  const [x, y] = [Number.parseInt(a, 10), Number.parseInt(b, 10)];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
