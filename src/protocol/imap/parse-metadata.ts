/** GETMETADATA and SETMETADATA (RFC 5464 §5). */
import { EMPTY_BYTES } from "../../base/bytes.ts";
import type { ImapCommandBody } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";

/** Limit: entries of one command. */
const ENTRIES_MAX = 100;

/** Lenient: the options stand before the mailbox, as the RFC's grammar has it, or behind, as its examples do. */
export function parseGetMetadata(scanner: CommandScanner): ImapCommandBody {
  const options: Options = { sizeBytesMax: undefined, depth: 0 };
  scanner.space();
  if (scanner.peek() === "(") {
    parseOptions(scanner, options);
    scanner.space();
  }
  const mailbox = scanner.mailbox();
  scanner.space();
  if (scanner.peek() !== "(") {
    return { name: "getmetadata", mailbox, entries: [parseEntry(scanner)], ...options };
  }
  let entries = scanner.list(() => scanner.astring("an entry"));
  if (!scanner.atEnd && /^(?:MAXSIZE|DEPTH)$/i.test(entries[0] ?? "")) {
    applyOptions(entries, options);
    scanner.space();
    entries = scanner.peek() === "(" ? scanner.list(() => parseEntry(scanner)) : [parseEntry(scanner)];
  }
  if (entries.length > ENTRIES_MAX) throw new SyntaxProblem(`at most ${ENTRIES_MAX} entries`);
  return { name: "getmetadata", mailbox, entries: entries.map(checkEntry), ...options };
}

type Options = { sizeBytesMax: number | undefined; depth: 0 | 1 | "infinity" };

function parseOptions(scanner: CommandScanner, options: Options): void {
  applyOptions(
    scanner.list(() => scanner.astring("MAXSIZE or DEPTH")),
    options,
  );
}

function applyOptions(words: readonly string[], options: Options): void {
  for (let i = 0; i < words.length; i += 2) {
    const option = words[i]?.toUpperCase();
    const value = words[i + 1]?.toLowerCase() ?? "";
    if (option === "MAXSIZE" && /^\d{1,10}$/.test(value)) options.sizeBytesMax = Number(value);
    else if (option === "DEPTH" && value === "infinity") options.depth = "infinity";
    else if (option === "DEPTH" && (value === "0" || value === "1")) options.depth = value === "0" ? 0 : 1;
    else throw new SyntaxProblem("the options of GETMETADATA are MAXSIZE n and DEPTH 0, 1 or infinity");
  }
}

export function parseSetMetadata(scanner: CommandScanner): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  const entries = scanner.space().list(() => {
    const entry = parseEntry(scanner);
    scanner.space();
    if (scanner.skipWord("NIL")) return { entry, value: undefined };
    const next = scanner.peek();
    const value = next === '"' ? Buffer.from(scanner.string("a value")) : scanner.literal("a value").bytes;
    return { entry, value: value.length === 0 ? EMPTY_BYTES : value };
  });
  if (entries.length === 0 || entries.length > ENTRIES_MAX)
    throw new SyntaxProblem(`between 1 and ${ENTRIES_MAX} entries`);
  return { name: "setmetadata", mailbox, entries };
}

export function parseEntry(scanner: CommandScanner): string {
  return checkEntry(scanner.astring("an entry"));
}

/** RFC 5464 §3.1: a path without empty parts, `*`, `%` or control characters. */
function checkEntry(entry: string): string {
  if (!/^(?:\/[^/*%\0-\x1f\x7f]+)+$/.test(entry))
    throw new SyntaxProblem(`"${entry}" is not an entry's name`);
  return entry.toLowerCase();
}
