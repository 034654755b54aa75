/** FETCH, its items and modifiers (RFC 9051 §6.4.5, RFC 3516, RFC 7162, RFC 8970, RFC 9394). */
import type { ImapCommandBody } from "./command.ts";
import { type CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import type { FetchItem, Partial, Section, SimpleFetchKind } from "./fetch-command.ts";

/** Limit: items of one FETCH; a client names a few dozen header sections at most. */
const ITEMS_MAX = 200;
/** Limit: no message has parts nested deeper (message/digest stops there). */
const PART_DEPTH_MAX = 100;

const FAST: readonly FetchItem[] = [{ kind: "flags" }, { kind: "internaldate" }, { kind: "rfc822.size" }];
const ALL: readonly FetchItem[] = [...FAST, { kind: "envelope" }];
const FULL: readonly FetchItem[] = [...ALL, { kind: "body" }];

const SIMPLE: Readonly<Record<string, SimpleFetchKind>> = {
  FLAGS: "flags",
  INTERNALDATE: "internaldate",
  ENVELOPE: "envelope",
  BODYSTRUCTURE: "bodystructure",
  UID: "uid",
  "RFC822.SIZE": "rfc822.size",
  "RFC822.HEADER": "rfc822.header",
  "RFC822.TEXT": "rfc822.text",
  RFC822: "rfc822",
  MODSEQ: "modseq",
  EMAILID: "emailid",
  THREADID: "threadid",
  SAVEDATE: "savedate",
};

export function parseFetch(scanner: CommandScanner, uid: boolean): ImapCommandBody {
  const set = scanner.space().sequenceSet();
  const items = parseFetchItems(scanner.space());
  let changedSince: number | undefined;
  let vanished = false;
  let partial: readonly [number, number] | undefined;
  if (!scanner.atEnd) {
    scanner.space().list(() => {
      if (scanner.skipWord("CHANGEDSINCE")) changedSince = scanner.space().number("a mod-sequence");
      else if (scanner.skipWord("VANISHED")) vanished = true;
      else if (scanner.skipWord("PARTIAL")) partial = parsePartialRange(scanner.space());
      else scanner.fail("CHANGEDSINCE, VANISHED or PARTIAL");
    });
  }
  if (vanished && (!uid || changedSince === undefined))
    throw new SyntaxProblem("VANISHED is for UID FETCH with CHANGEDSINCE");
  return { name: "fetch", uid, set, items, changedSince, vanished, partial };
}

/** `1:100`, or `-1:-100` from the end (RFC 9394 §4). */
export function parsePartialRange(scanner: CommandScanner): readonly [number, number] {
  const text = scanner.match(/-?\d{1,10}:-?\d{1,10}/y) ?? scanner.fail("a range such as 1:100 or -1:-100");
  const [from = 0, to = 0] = text.split(":").map(Number);
  if (from === 0 || to === 0 || from < 0 !== to < 0)
    throw new SyntaxProblem("both ends of a partial range count from the same end, from 1");
  return Math.abs(from) <= Math.abs(to) ? [from, to] : [to, from];
}

export function parseFetchItems(scanner: CommandScanner): readonly FetchItem[] {
  if (scanner.skipWord("ALL")) return ALL;
  if (scanner.skipWord("FAST")) return FAST;
  if (scanner.skipWord("FULL")) return FULL;
  const items = scanner.peek() === "(" ? scanner.list(() => parseItem(scanner)) : [parseItem(scanner)];
  if (items.length > ITEMS_MAX) throw new SyntaxProblem(`FETCH takes at most ${ITEMS_MAX} items`);
  if (items.length === 0) scanner.fail("an item of FETCH");
  return items;
}

function parseItem(scanner: CommandScanner): FetchItem {
  const name = (scanner.match(/[A-Za-z0-9.]+/y) ?? scanner.fail("an item of FETCH")).toUpperCase();
  const simple = SIMPLE[name];
  if (simple !== undefined) return { kind: simple };
  if (name === "PREVIEW") return { kind: "preview", lazy: parseLazy(scanner) };
  const isSection = scanner.peek() === "[";
  if (name === "BODY" && !isSection) return { kind: "body" };
  if (!isSection) throw new SyntaxProblem(`${name} is no item of FETCH`);
  const peek = name.endsWith(".PEEK");
  switch (name) {
    case "BODY":
    case "BODY.PEEK":
      return { kind: "section", peek, section: parseSection(scanner), partial: parsePartial(scanner) };
    case "BINARY":
    case "BINARY.PEEK":
      return { kind: "binary", peek, part: parseBinaryPart(scanner), partial: parsePartial(scanner) };
    case "BINARY.SIZE":
      return { kind: "binary.size", part: parseBinaryPart(scanner) };
    default:
      throw new SyntaxProblem(`${name} is no item of FETCH`);
  }
}

/** RFC 8970 §3.1: `PREVIEW (LAZY)`. */
function parseLazy(scanner: CommandScanner): boolean {
  if (!scanner.skip(" (")) return false;
  if (!scanner.skipWord("LAZY")) scanner.fail("LAZY");
  scanner.expect(")");
  return true;
}

/**
 *     section      = "[" [section-spec] "]"
 *     section-spec = section-msgtext / (section-part ["." section-text])
 *     section-text = section-msgtext / "MIME"
 */
export function parseSection(scanner: CommandScanner): Section {
  scanner.expect("[");
  const part = parsePart(scanner);
  let text: Section["text"] = "all";
  let names: string[] = [];
  if (scanner.peek() !== "]") {
    const word = (scanner.match(/[A-Za-z.]+/y) ?? scanner.fail("a section")).toUpperCase();
    if (word === "HEADER") text = "header";
    else if (word === "TEXT") text = "text";
    else if (word === "MIME" && part.length > 0) text = "mime";
    else if (word === "HEADER.FIELDS" || word === "HEADER.FIELDS.NOT") {
      text = word === "HEADER.FIELDS" ? "fields" : "fieldsNot";
      names = scanner.space().list(() => scanner.astring("the name of a header field"));
      if (names.length === 0) scanner.fail("the name of a header field");
    } else throw new SyntaxProblem(`${word} is no section of a message`);
  }
  scanner.expect("]");
  return { part, text, names };
}

/** `1.2.3`, and the dot behind it when more follows. */
function parsePart(scanner: CommandScanner): number[] {
  const part: number[] = [];
  while (/\d/.test(scanner.peek())) {
    part.push(scanner.positive("the number of a part"));
    if (!scanner.skip(".")) break;
  }
  if (part.length > PART_DEPTH_MAX) throw new SyntaxProblem("no message has parts that deep");
  return part;
}

function parseBinaryPart(scanner: CommandScanner): number[] {
  scanner.expect("[");
  const part = parsePart(scanner);
  scanner.expect("]");
  return part;
}

/** `<offset.count>` */
function parsePartial(scanner: CommandScanner): Partial | undefined {
  if (!scanner.skip("<")) return undefined;
  const from = scanner.number("an offset");
  scanner.expect(".");
  const count = scanner.positive("a count of octets");
  scanner.expect(">");
  return { from, count };
}

/** The items of a list whose bracket was read already, and the one that ends it. */
export function parseInnerItems(scanner: CommandScanner): readonly FetchItem[] {
  const items = [...parseFetchItems(scanner)];
  while (scanner.skip(" ")) items.push(...parseFetchItems(scanner));
  scanner.expect(")");
  return items;
}
