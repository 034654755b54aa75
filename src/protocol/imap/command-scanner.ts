/**
 * Reads the words of one command from left to right (RFC 9051 §9). What is not there is a SyntaxProblem, thrown to the
 * parser that began, which answers it; nobody else ever sees one.
 */
import { asBuffer } from "../../base/bytes.ts";
import type { CommandText, Literal } from "./command-text.ts";
import { LITERAL_MARK } from "./command-text.ts";
import { decodeModifiedUtf7 } from "./modified-utf7.ts";
import { STAR, type SequenceSet } from "./sequence-set.ts";

export class SyntaxProblem extends Error {
  readonly code: string | undefined;
  constructor(why: string, code?: string) {
    super(why);
    this.code = code;
  }
}

export type ScanOptions = {
  /** UTF-8 stands in quoted strings and names of mailboxes (RFC 6855, IMAP4rev2). */
  readonly utf8: boolean;
};

/** Limit: ranges of one set; a line holds no more than some 30,000. */
const ATOM = /[^\0-\x20\x7f-\xff(){%*"\\\]]+/y;
const ASTRING = /[^\0-\x20\x7f-\xff(){%*"\\]+/y;
const ASTRING_UTF8 = /[^\0-\x20\x7f(){%*"\\]+/y;
const LIST_ATOM = /[^\0-\x20\x7f(){"\\]+/y;
const NUMBER = /\d{1,20}/y;
const SET = /(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?(?:,(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?)*/y;
const UINT32_MAX = 4_294_967_295;
const MODSEQ_MAX = 2 ** 63;

export class CommandScanner {
  readonly utf8: boolean;
  /** The last name of a mailbox as it was written, where that is not the name it stands for: `inbox`, what is not NFC. */
  oldName: string | undefined;
  readonly #text: string;
  readonly #literals: readonly Literal[];
  #at = 0;
  #literalAt = 0;

  constructor({ text, literals }: CommandText, { utf8 }: ScanOptions) {
    this.#text = text;
    this.#literals = literals;
    this.utf8 = utf8;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character; "" at the end. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  fail(expected: string): never {
    const found = this.atEnd ? "the end" : JSON.stringify(this.#text.slice(this.#at, this.#at + 20));
    throw new SyntaxProblem(`expected ${expected} at octet ${this.#at + 1}, found ${found}`);
  }

  end(): void {
    // Lenient: a space before CRLF, which some clients leave behind.
    if (this.peek() === " " && this.#at === this.#text.length - 1) return;
    if (!this.atEnd) this.fail("the end of the command");
  }

  /** One space. */
  space(): this {
    if (!this.skip(" ")) this.fail("a space");
    return this;
  }

  /** Takes these characters if they are next. */
  skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** The same without case. */
  skipWord(word: string): boolean {
    const end = this.#at + word.length;
    if (this.#text.slice(this.#at, end).toUpperCase() !== word.toUpperCase()) return false;
    if (/[A-Za-z0-9]$/.test(word) && /[A-Za-z0-9.-]/.test(this.#text.charAt(end))) return false;
    this.#at = end;
    return true;
  }

  expect(text: string): void {
    if (!this.skip(text)) this.fail(`"${text}"`);
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  atom(what: string): string {
    return this.match(ATOM) ?? this.fail(what);
  }

  /** An atom in upper case, which is how words of the protocol are compared. */
  word(what: string): string {
    return this.atom(what).toUpperCase();
  }

  number(what = "a number"): number {
    const digits = this.match(NUMBER) ?? this.fail(what);
    const value = Number(digits);
    // Mod-sequences have 63 bits; ours stay far below, so that one beyond 2^53 may be rounded (RFC 7162 §7).
    if (value > MODSEQ_MAX) throw new SyntaxProblem(`${digits} is too large a number`);
    return value;
  }

  /** `nz-number`, 32 bits. */
  positive(what = "a number above zero"): number {
    const value = this.number(what);
    if (value < 1 || value > UINT32_MAX) throw new SyntaxProblem(`${value} is not ${what}`);
    return value;
  }

  /** string / literal as text; UTF-8 of literals is always read. */
  string(what: string): string {
    if (this.peek() === '"') return this.#quoted();
    return this.#decode(this.literal(what).bytes);
  }

  astring(what: string): string {
    const { peek } = { peek: this.peek() };
    if (peek === '"' || peek === LITERAL_MARK || peek === "~") return this.string(what);
    const atom = this.match(this.utf8 ? ASTRING_UTF8 : ASTRING) ?? this.fail(what);
    return this.utf8 ? this.#decode(Buffer.from(atom, "latin1")) : atom;
  }

  nstring(what: string): string | undefined {
    return this.skipWord("NIL") ? undefined : this.string(what);
  }

  literal(what: string): Literal {
    const isBinary = this.skip("~");
    if (!this.skip(LITERAL_MARK)) {
      if (isBinary) this.#at--;
      this.fail(what);
    }
    return this.#literals[this.#literalAt++] as Literal;
  }

  /** A name of a mailbox, decoded; INBOX in upper case. */
  mailbox(): string {
    return this.#mailboxName(this.astring("the name of a mailbox"));
  }

  /** The same with `*` and `%`, as LIST takes it. */
  listMailbox(): string {
    const next = this.peek();
    if (next === '"' || next === LITERAL_MARK) return this.#mailboxName(this.string("a pattern"));
    const text = this.match(LIST_ATOM) ?? this.fail("a pattern of mailbox names");
    return this.#mailboxName(this.utf8 ? this.#decode(Buffer.from(text, "latin1")) : text);
  }

  sequenceSet(what = "a set of numbers"): SequenceSet {
    if (this.skip("$")) return { kind: "saved" };
    const text = this.match(SET) ?? this.fail(what);
    const pairs: [number, number][] = [];
    for (const range of text.split(",")) {
      const colon = range.indexOf(":");
      const from = setNumber(colon < 0 ? range : range.slice(0, colon));
      pairs.push([from, colon < 0 ? from : setNumber(range.slice(colon + 1))]);
    }
    return { kind: "numbers", pairs };
  }

  /** `( item item )`, empty or not. */
  list<T>(item: () => T): T[] {
    this.expect("(");
    const items: T[] = [];
    while (!this.skip(")")) {
      if (items.length > 0) this.space();
      items.push(item());
    }
    return items;
  }

  flag(): string {
    if (!this.skip("\\")) return this.atom("a flag");
    const name = this.atom("a flag");
    return `\\${name}`;
  }

  #quoted(): string {
    let end = this.#at + 1;
    for (; ; end++) {
      const character = this.#text.charAt(end);
      if (character === "" || character === LITERAL_MARK) this.fail('a string that ends with "');
      if (character === "\\") end++;
      else if (character === '"') break;
    }
    const raw = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    const plain = raw.includes("\\") ? raw.replaceAll(/\\([\s\S])/g, "$1") : raw;
    // Lenient: UTF-8 in quoted strings also before anybody enabled it; what is not UTF-8 is refused.
    return /^[\x01-\x7f]*$/.test(plain) ? plain : this.#decode(Buffer.from(plain, "latin1"));
  }

  #decode(bytes: Uint8Array): string {
    const text = asBuffer(bytes).toString("utf8");
    if (text.includes("\ufffd") && !Buffer.from(text, "utf8").equals(bytes))
      throw new SyntaxProblem("a string is not UTF-8");
    if (text.includes("\0")) throw new SyntaxProblem("a string holds NUL");
    return text;
  }

  #mailboxName(raw: string): string {
    const name = this.utf8 || !raw.includes("&") ? raw : decodeModifiedUtf7(raw);
    if (name === undefined) throw new SyntaxProblem("the name is not well-formed modified UTF-7", "CANNOT");
    const normal = /^inbox$/i.test(name) ? "INBOX" : name.normalize("NFC");
    this.oldName = normal === name ? undefined : name;
    return normal;
  }
}

function setNumber(text: string): number {
  if (text === "*") return STAR;
  const value = Number(text);
  if (value < 1 || value > UINT32_MAX) throw new SyntaxProblem(`${text} is no number of a message`);
  return value;
}
