/** From one whole response's octets to its value (RFC 9051 §7). What cannot be read is `malformed`; nothing is thrown. */
import { asBuffer } from "../../../base/bytes.ts";
import { normalRanges, type NumberRanges } from "../../../base/number-ranges.ts";
import { decodeModifiedUtf7 } from "../modified-utf7.ts";
import { type ImapResponse, type ImapValue, valueNumber, valueText, valueWords } from "./response.ts";
import { ValueProblem, ValueScanner } from "./value-scanner.ts";

/** `utf8`: names of mailboxes are UTF-8 (IMAP4rev2 or UTF8=ACCEPT is enabled); else modified UTF-7. */
export type ResponseOptions = { readonly utf8: boolean };

const PLUS = 43;
const SPACE = 32;
const OPEN = 40;

/** The response between `from` and `end`, where its last CRLF begins. Strings share the memory of `bytes`. */
export function parseResponse(
  bytes: Buffer,
  from: number,
  end: number,
  { utf8 }: ResponseOptions,
): ImapResponse {
  const scanner = new ValueScanner(bytes, from, end);
  try {
    if (scanner.skip(PLUS)) {
      scanner.skip(SPACE);
      return { kind: "continue", text: scanner.rest() };
    }
    const tag = scanner.atom();
    scanner.space();
    if (tag === "*") return parseUntagged(scanner, utf8);
    const status = scanner.atom().toUpperCase();
    if (status !== "OK" && status !== "NO" && status !== "BAD")
      throw new ValueProblem(`a command ends with OK, NO or BAD, not ${status}`);
    scanner.skip(SPACE);
    return { kind: "tagged", tag, status, code: scanner.code(), text: scanner.rest() };
  } catch (problem) {
    if (!(problem instanceof ValueProblem)) throw problem;
    const line = bytes.toString("latin1", from, Math.min(end, from + 200));
    return { kind: "malformed", why: problem.message, line };
  }
}

function parseUntagged(scanner: ValueScanner, utf8: boolean): ImapResponse {
  const word = scanner.atom();
  if (/^\d{1,10}$/.test(word)) return parseNumbered(scanner.space(), Number(word));
  const name = word.toUpperCase();
  if (!scanner.atEnd) scanner.space();
  switch (name) {
    case "OK":
    case "NO":
    case "BAD":
    case "BYE":
    case "PREAUTH":
      return { kind: "status", status: name, code: scanner.code(), text: scanner.rest() };
    case "CAPABILITY":
    case "ENABLED":
      return { kind: name === "ENABLED" ? "enabled" : "capability", names: valueWords(scanner.values()) };
    case "LIST":
    case "LSUB":
      return parseList(scanner, name === "LIST" ? "list" : "lsub", utf8);
    case "FLAGS":
      return { kind: "flags", flags: valueWords(scanner.list()) };
    case "STATUS": {
      const mailbox = mailboxName(scanner.value(), utf8);
      return { kind: "mailboxStatus", mailbox, items: scanner.space().pairs() };
    }
    case "SEARCH":
      return parseSearch(scanner);
    case "ESEARCH":
      return parseEsearch(scanner, utf8);
    case "VANISHED": {
      const earlier = scanner.peek() === OPEN;
      if (earlier) {
        scanner.list();
        scanner.space();
      }
      return { kind: "vanished", earlier, uids: parseNumberSet(scanner.atom()) };
    }
    default:
      return { kind: "other", name, values: scanner.values() };
  }
}

function parseNumbered(scanner: ValueScanner, number: number): ImapResponse {
  const name = scanner.atom().toUpperCase();
  switch (name) {
    case "EXISTS":
    case "RECENT":
    case "EXPUNGE":
      return { kind: name.toLowerCase() as "exists", number };
    case "FETCH":
    case "UIDFETCH":
      return { kind: "fetch", number, items: scanner.space().pairs() };
    default:
      throw new ValueProblem(`${name} is no response with a number`);
  }
}

/** `LIST (attributes) "/" name [extended]` */
function parseList(scanner: ValueScanner, kind: "list" | "lsub", utf8: boolean): ImapResponse {
  const attributes = valueWords(scanner.list());
  const delimiter = valueText(scanner.space().value());
  const mailbox = mailboxName(scanner.space().value(), utf8);
  const extended = scanner.skip(SPACE) ? scanner.list() : [];
  return { kind, attributes, delimiter, mailbox, extended };
}

/** RFC 7162 §3.1.5: `SEARCH 2 5 (MODSEQ 917162500)`. */
function parseSearch(scanner: ValueScanner): ImapResponse {
  const numbers: number[] = [];
  let modseq: number | undefined;
  while (!scanner.atEnd) {
    if (scanner.skip(SPACE)) continue;
    if (scanner.peek() === OPEN) modseq = valueNumber(scanner.pairs().get("MODSEQ"));
    else numbers.push(scanner.number());
  }
  return { kind: "search", numbers, modseq };
}

/** `ESEARCH [(TAG "a" [MAILBOX name UIDVALIDITY n])] [UID] name value …` (RFC 9051 §7.3.4, RFC 7377). */
function parseEsearch(scanner: ValueScanner, utf8: boolean): ImapResponse {
  const correlator = scanner.peek() === OPEN ? scanner.pairs() : new Map<string, ImapValue>();
  const items = new Map<string, ImapValue>();
  let uid = false;
  while (!scanner.atEnd) {
    if (scanner.skip(SPACE)) continue;
    const name = scanner.atom().toUpperCase();
    if (name === "UID") uid = true;
    else items.set(name, scanner.space().value());
  }
  const box = correlator.get("MAILBOX");
  const mailbox = box === undefined ? undefined : mailboxName(box, utf8);
  return { kind: "esearch", tag: valueText(correlator.get("TAG")), uid, mailbox, items };
}

/** `1:3,7`; a set that a server writes has no `*`. */
export function parseNumberSet(text: string): NumberRanges {
  if (!/^\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*$/.test(text))
    throw new ValueProblem(`${text.slice(0, 40)} is no set of numbers`);
  return normalRanges(
    text.split(",").map((range) => {
      const [from = "", to = from] = range.split(":");
      return [Number(from), Number(to)] as const;
    }),
  );
}

/** A name that is not well formed is taken as it stands: it is the server's, and can only be given back. */
function mailboxName(value: ImapValue, utf8: boolean): string {
  // A mailbox may be called NIL.
  if (value === undefined) return "NIL";
  const text = value instanceof Uint8Array ? asBuffer(value).toString("utf8") : valueText(value);
  if (text === undefined) throw new ValueProblem("the name of a mailbox is no list");
  if (/^inbox$/i.test(text)) return "INBOX";
  return utf8 ? text : (decodeModifiedUtf7(text) ?? text);
}
