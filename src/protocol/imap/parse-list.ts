/** LIST, LSUB and STATUS (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 8440, RFC 9590). */
import type { ImapCommandBody } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import type { ListCommand, StatusItem } from "./list-command.ts";

/** Limit: patterns of one LIST. */
const PATTERNS_MAX = 100;

const STATUS_ITEMS: ReadonlySet<string> = new Set<StatusItem>([
  "messages",
  "recent",
  "uidnext",
  "uidvalidity",
  "unseen",
  "deleted",
  "size",
  "highestmodseq",
  "appendlimit",
  "mailboxid",
  "deleted-storage",
]);

/**
 *     list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
 */
export function parseList(scanner: CommandScanner): ImapCommandBody {
  scanner.space();
  const hasSelection = scanner.peek() === "(";
  const select = hasSelection ? parseSelection(scanner) : [];
  if (hasSelection) scanner.space();
  const reference = scanner.mailbox();
  scanner.space();
  const hasPatterns = scanner.peek() === "(";
  const patterns = hasPatterns ? scanner.list(() => scanner.listMailbox()) : [scanner.listMailbox()];
  if (patterns.length > PATTERNS_MAX) throw new SyntaxProblem(`LIST takes at most ${PATTERNS_MAX} patterns`);
  const wanted = {
    subscribed: false,
    children: false,
    specialUse: false,
    myRights: false,
    status: undefined as readonly StatusItem[] | undefined,
    metadata: undefined as readonly string[] | undefined,
  };
  const hasReturn = !scanner.atEnd && scanner.skip(" RETURN ") === true;
  if (hasReturn || (!scanner.atEnd && scanner.space().skipWord("RETURN")))
    parseReturn(hasReturn ? scanner : scanner.space(), wanted);
  if (select.includes("recursivematch") && !select.includes("subscribed"))
    throw new SyntaxProblem("RECURSIVEMATCH needs another selection option");
  const extended = hasSelection || hasPatterns || hasReturn;
  return { name: "list", reference, patterns, extended, select, return: wanted };
}

function parseSelection(scanner: CommandScanner): ListCommand["select"] {
  return scanner.list(() => {
    const word = scanner.word("a selection option");
    switch (word) {
      case "SUBSCRIBED":
        return "subscribed";
      case "REMOTE":
        return "remote";
      case "RECURSIVEMATCH":
        return "recursivematch";
      case "SPECIAL-USE":
        return "special-use";
      default:
        throw new SyntaxProblem(`${word} is no selection option of LIST`);
    }
  });
}

type Wanted = { -readonly [Key in keyof ListCommand["return"]]: ListCommand["return"][Key] };

function parseReturn(scanner: CommandScanner, wanted: Wanted): void {
  scanner.list(() => {
    const word = scanner.word("a return option");
    switch (word) {
      case "SUBSCRIBED":
        return void (wanted.subscribed = true);
      case "CHILDREN":
        return void (wanted.children = true);
      case "SPECIAL-USE":
        return void (wanted.specialUse = true);
      case "MYRIGHTS":
        return void (wanted.myRights = true);
      case "STATUS":
        return void (wanted.status = parseStatusItems(scanner.space()));
      case "METADATA":
        return void (wanted.metadata = scanner.space().list(() => scanner.astring("an entry")));
      default:
        throw new SyntaxProblem(`${word} is no return option of LIST`);
    }
  });
}

export function parseLsub(scanner: CommandScanner): ImapCommandBody {
  const reference = scanner.space().mailbox();
  return { name: "lsub", reference, pattern: scanner.space().listMailbox() };
}

export function parseStatus(scanner: CommandScanner): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  return { name: "status", mailbox, items: parseStatusItems(scanner.space()) };
}

function parseStatusItems(scanner: CommandScanner): StatusItem[] {
  const items = scanner.list(() => {
    const word = scanner.word("an item of STATUS").toLowerCase();
    if (!STATUS_ITEMS.has(word)) throw new SyntaxProblem(`${word.toUpperCase()} is no item of STATUS`);
    return word as StatusItem;
  });
  if (items.length === 0) throw new SyntaxProblem("STATUS needs an item");
  return items;
}
