/** SEARCH, SORT, THREAD and ESEARCH (RFC 9051 §6.4.4, RFC 4731, RFC 5256, RFC 5267, RFC 7377, RFC 9394). */
import type { ImapCommandBody } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import { parseInnerItems, parsePartialRange } from "./parse-fetch.ts";
import { parseMailboxNames, parseNotifyMailboxes } from "./parse-notify.ts";
import { parseSearchKey } from "./parse-search-key.ts";
import type { SearchKey, SearchReturn, SearchSource, SortKey } from "./search-command.ts";

/** Limit: keys of one search at one level. */
const KEYS_MAX = 1_000;
const SORT_KEYS = [
  "arrival",
  "cc",
  "date",
  "from",
  "size",
  "subject",
  "to",
  "displayfrom",
  "displayto",
  "relevancy",
] as const;

export function parseSearch(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  scanner.space();
  const wanted = parseReturn(scanner);
  if (wanted !== undefined) scanner.space();
  let charset: string | undefined;
  if (scanner.skipWord("CHARSET")) {
    charset = checkCharset(scanner.space().astring("a charset"));
    scanner.space();
  }
  return { name: "search", uid, charset, return: wanted, key: parseRanked(scanner, wanted) };
}

/** `SORT [RETURN (…)] (key …) charset search-key …` */
export function parseSort(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  scanner.space();
  const wanted = parseReturn(scanner);
  if (wanted !== undefined) scanner.space();
  const order = scanner.list((): SortKey => {
    const reverse = scanner.skipWord("REVERSE");
    if (reverse) scanner.space();
    const word = scanner.word("a sort key").toLowerCase();
    const by = SORT_KEYS.find((key) => key === word);
    if (by === undefined) throw new SyntaxProblem(`${word.toUpperCase()} is no sort key`);
    return { by, reverse };
  });
  if (order.length === 0) scanner.fail("a sort key");
  const charset = checkCharset(scanner.space().astring("a charset"));
  return {
    name: "sort",
    uid,
    charset,
    return: wanted,
    order,
    key: parseRanked(scanner.space(), wanted, order),
  };
}

export function parseThread(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  const algorithm = scanner.space().word("an algorithm");
  const charset = checkCharset(scanner.space().astring("a charset"));
  return { name: "thread", uid, charset, algorithm, key: parseKeys(scanner.space()) };
}

/** RFC 7377 §2.1: `ESEARCH [IN (source …)] [RETURN (…)] program`; without IN it is the selected mailbox. */
export function parseEsearch(scanner: CommandScanner): ImapCommandBody {
  let sources: SearchSource[] = [{ kind: "selected" }];
  scanner.space();
  if (scanner.skipWord("IN")) {
    sources = scanner.space().list(() => parseSource(scanner));
    scanner.space();
  }
  const wanted = parseReturn(scanner) ?? returning({ all: true });
  if (scanner.peek() === " ") scanner.space();
  let charset: string | undefined;
  if (scanner.skipWord("CHARSET")) {
    charset = checkCharset(scanner.space().astring("a charset"));
    scanner.space();
  }
  return {
    name: "esearch",
    uid: true,
    charset,
    in: sources,
    return: wanted,
    key: parseRanked(scanner, wanted),
  };
}

//  filter-mailboxes-other =/ ("subtree-one" SP one-or-more-mailbox)      ; RFC 7377 §5
function parseSource(scanner: CommandScanner): SearchSource {
  if (!scanner.skipWord("subtree-one")) return parseNotifyMailboxes(scanner);
  return { kind: "subtree-one", names: parseMailboxNames(scanner.space()) };
}

/** RFC 6203 §4, §6: no relevancy without a FUZZY key. */
function parseRanked(
  scanner: CommandScanner,
  wanted: SearchReturn | undefined,
  order: readonly SortKey[] = [],
): SearchKey {
  const key = parseKeys(scanner);
  const isRanked = wanted?.relevancy === true || order.some(({ by }) => by === "relevancy");
  if (isRanked && !holdsFuzzy(key)) throw new SyntaxProblem("RELEVANCY is for searches with a FUZZY key");
  return key;
}

function holdsFuzzy(key: SearchKey): boolean {
  switch (key.kind) {
    case "fuzzy":
      return true;
    case "not":
      return holdsFuzzy(key.key);
    case "and":
    case "or":
      return key.keys.some(holdsFuzzy);
    default:
      return false;
  }
}

function parseKeys(scanner: CommandScanner): SearchKey {
  const keys = [parseSearchKey(scanner, 0)];
  while (scanner.peek() === " " && keys.length < KEYS_MAX) keys.push(parseSearchKey(scanner.space(), 0));
  return keys.length === 1 ? (keys[0] as SearchKey) : { kind: "and", keys };
}

/** `RETURN ()` is the same as `RETURN (ALL)`. */
function parseReturn(scanner: CommandScanner): SearchReturn | undefined {
  if (!scanner.skipWord("RETURN")) return undefined;
  const wanted = returning({});
  let isEmpty = true;
  scanner.space().list(() => {
    const word = scanner.word("a return option");
    switch (word) {
      case "MIN":
      case "MAX":
      case "ALL":
      case "COUNT":
      case "SAVE":
      case "CONTEXT":
      case "RELEVANCY":
        wanted[word.toLowerCase() as "min"] = true;
        break;
      case "UPDATE":
        wanted.update = true;
        if (scanner.skip(" (")) wanted.updateItems = parseInnerItems(scanner);
        break;
      case "PARTIAL":
        wanted.partial = parsePartialRange(scanner.space());
        break;
      default:
        throw new SyntaxProblem(`${word} is no return option of SEARCH`);
    }
    if (!["SAVE", "CONTEXT", "UPDATE"].includes(word)) isEmpty = false;
  });
  // SAVE alone asks for no answer; nothing at all asks for ALL (RFC 9051 §6.4.4).
  if (isEmpty && !wanted.save) wanted.all = true;
  return wanted;
}

type Wanted = { -readonly [Key in keyof SearchReturn]: SearchReturn[Key] };

function returning(some: globalThis.Partial<SearchReturn>): Wanted {
  return {
    min: false,
    max: false,
    all: false,
    count: false,
    save: false,
    context: false,
    update: false,
    updateItems: [],
    partial: undefined,
    relevancy: false,
    ...some,
  };
}

function checkCharset(charset: string): string {
  if (!/^(?:us-ascii|utf-8)$/i.test(charset))
    throw new SyntaxProblem(`searches are read as US-ASCII or UTF-8`, "BADCHARSET (US-ASCII UTF-8)");
  return charset.toUpperCase();
}
