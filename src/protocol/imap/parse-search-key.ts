/** One search key of RFC 9051 §6.4.4 and its extensions (RFC 5032, RFC 6203, RFC 7162, RFC 8474, RFC 8514). */
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import { parseDate } from "./date-time.ts";
import type { SearchKey } from "./search-command.ts";

/** Limit: brackets, NOT, OR and FUZZY inside each other. */
const DEPTH_MAX = 50;

const FLAGS: Readonly<Record<string, string>> = {
  ANSWERED: "\\Answered",
  DELETED: "\\Deleted",
  DRAFT: "\\Draft",
  FLAGGED: "\\Flagged",
  SEEN: "\\Seen",
};
const TEXTS = new Set(["from", "to", "cc", "bcc", "subject", "body", "text"] as const);
const DATES = new Set([
  "before",
  "on",
  "since",
  "sentbefore",
  "senton",
  "sentsince",
  "savedbefore",
  "savedon",
  "savedsince",
] as const);

export function parseSearchKey(scanner: CommandScanner, depth: number): SearchKey {
  if (depth > DEPTH_MAX) throw new SyntaxProblem(`search keys nest at most ${DEPTH_MAX} deep`);
  const next = scanner.peek();
  if (next === "(") {
    const keys = scanner.list(() => parseSearchKey(scanner, depth + 1));
    if (keys.length === 0) scanner.fail("a search key");
    return { kind: "and", keys };
  }
  if (/[\d*$]/.test(next)) return { kind: "sequence", uid: false, set: scanner.sequenceSet() };
  return parseWord(scanner, scanner.word("a search key"), depth);
}

function parseWord(scanner: CommandScanner, word: string, depth: number): SearchKey {
  const flag = FLAGS[word];
  if (flag !== undefined) return { kind: "flag", flag };
  const unflag = word.startsWith("UN") ? FLAGS[word.slice(2)] : undefined;
  if (unflag !== undefined) return { kind: "not", key: { kind: "flag", flag: unflag } };
  const kind = word.toLowerCase();
  if (isIn(TEXTS, kind)) return { kind, text: scanner.space().astring("what to search for") };
  if (isIn(DATES, kind)) return { kind, at: parseDay(scanner.space()) };
  switch (word) {
    case "ALL":
      return { kind: "all" };
    case "NEW":
    case "OLD":
    case "RECENT":
    case "SAVEDATESUPPORTED":
      return { kind: kind as "new" };
    case "NOT":
    case "FUZZY":
      return { kind: kind as "not", key: parseSearchKey(scanner.space(), depth + 1) };
    case "OR": {
      const first = parseSearchKey(scanner.space(), depth + 1);
      return { kind: "or", keys: [first, parseSearchKey(scanner.space(), depth + 1)] };
    }
    case "KEYWORD":
      return { kind: "flag", flag: scanner.space().flag() };
    case "UNKEYWORD":
      return { kind: "not", key: { kind: "flag", flag: scanner.space().flag() } };
    case "HEADER": {
      const field = scanner.space().astring("the name of a header field");
      return { kind: "header", field, text: scanner.space().astring("what to search for") };
    }
    case "LARGER":
    case "SMALLER":
      return { kind: kind as "larger", sizeBytes: scanner.space().number("a size") };
    case "OLDER":
    case "YOUNGER":
      return { kind: kind as "older", seconds: scanner.space().positive("a number of seconds") };
    case "UID":
      return { kind: "sequence", uid: true, set: scanner.space().sequenceSet("a set of UIDs") };
    case "MODSEQ":
      return parseModseq(scanner);
    case "EMAILID":
    case "THREADID":
      return { kind: kind as "emailid", id: scanner.space().atom("an object id") };
    default:
      throw new SyntaxProblem(`${word} is no search key`);
  }
}

/** RFC 7162 §3.1.5: an entry may stand before the value; flags have one mod-sequence here, so it changes nothing. */
function parseModseq(scanner: CommandScanner): SearchKey {
  scanner.space();
  if (scanner.peek() === '"') {
    scanner.string("an entry");
    scanner.space().word("priv, shared or all");
    scanner.space();
  }
  return { kind: "modseq", modseq: scanner.number("a mod-sequence") };
}

function parseDay(scanner: CommandScanner): number {
  const text = scanner.peek() === '"' ? scanner.string("a date") : scanner.atom("a date");
  const at = parseDate(text);
  if (at === undefined) throw new SyntaxProblem(`"${text}" is not a date such as 1-Feb-1994`);
  return at;
}

function isIn<Kind extends string>(kinds: ReadonlySet<Kind>, word: string): word is Kind {
  return (kinds as ReadonlySet<string>).has(word);
}
