/**
 * Reads the values of one response from left to right: atoms, numbers, strings, literals, lists (RFC 9051 §9), without
 * knowing which belong where. What cannot be read is a ValueProblem, caught by the reader of responses.
 */
import type { ImapValue, ResponseCode } from "./response.ts";

export class ValueProblem extends Error {}

const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const OPEN_SQUARE = 91;
const BACKSLASH = 92;
const CLOSE_SQUARE = 93;
const OPEN_CURLY = 123;
const TILDE = 126;
/** Limit: a BODYSTRUCTURE of a message of many layers; deeper ones are a trap. */
const DEPTH_MAX = 500;

/** Where an atom ends: at a bracket's end inside of response codes; behind it in names of FETCH items. */
type AtomKind = "plain" | "item" | "code";

export class ValueScanner {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  at: number;

  /** From `at` up to and without `end`, which is where the last CRLF begins. */
  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.#start = this.at = at;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.at >= this.#end;
  }

  peek(): number {
    return this.at < this.#end ? (this.#bytes[this.at] as number) : -1;
  }

  skip(octet: number): boolean {
    if (this.peek() !== octet) return false;
    this.at++;
    return true;
  }

  space(): this {
    if (!this.skip(SPACE)) this.fail("a space");
    return this;
  }

  fail(expected: string): never {
    throw new ValueProblem(`expected ${expected} at octet ${this.at - this.#start + 1}`);
  }

  /** What is left, as text. */
  rest(): string {
    const text = this.#bytes.toString("utf8", this.at, this.#end);
    this.at = this.#end;
    return text;
  }

  atom(kind: AtomKind = "plain"): string {
    const bytes = this.#bytes;
    const from = this.at;
    let at = from;
    for (; at < this.#end; at++) {
      const octet = bytes[at] as number;
      if (octet <= SPACE || octet === OPEN || octet === CLOSE) break;
      if (octet === CLOSE_SQUARE && kind === "code") break;
      if (octet === OPEN_SQUARE && kind === "item") {
        const closed = bytes.indexOf(CLOSE_SQUARE, at);
        if (closed < 0 || closed >= this.#end) throw new ValueProblem("a section does not end");
        at = closed;
      }
    }
    if (at === from) this.fail("an atom");
    this.at = at;
    return bytes.toString("latin1", from, at);
  }

  number(): number {
    const text = this.atom();
    if (!/^\d{1,19}$/.test(text)) throw new ValueProblem(`expected a number, found ${text}`);
    return Number(text);
  }

  value(kind: AtomKind = "plain", depth = 0): ImapValue {
    const next = this.peek();
    if (next === OPEN) return this.list(kind, depth + 1);
    if (next === QUOTE) return this.#quoted();
    if (next === OPEN_CURLY) return this.#literal();
    if (next === TILDE && this.#bytes[this.at + 1] === OPEN_CURLY) {
      this.at++;
      return this.#literal();
    }
    const atom = this.atom(kind);
    return atom.length === 3 && atom.toUpperCase() === "NIL" ? undefined : atom;
  }

  list(kind: AtomKind = "plain", depth = 1): ImapValue[] {
    if (depth > DEPTH_MAX) throw new ValueProblem("lists are nested too deeply");
    if (!this.skip(OPEN)) this.fail("a list");
    const values: ImapValue[] = [];
    while (!this.skip(CLOSE)) {
      if (this.atEnd) throw new ValueProblem("a list does not end");
      // Lists stand side by side without a space in bodies of many parts.
      if (!this.skip(SPACE)) values.push(this.value(kind, depth));
    }
    return values;
  }

  /** All values up to the end. */
  values(): ImapValue[] {
    const values: ImapValue[] = [];
    while (!this.atEnd) if (!this.skip(SPACE)) values.push(this.value());
    return values;
  }

  /** `(name value name value)`, names in upper case. */
  pairs(): Map<string, ImapValue> {
    if (!this.skip(OPEN)) this.fail("a list of items");
    const pairs = new Map<string, ImapValue>();
    while (!this.skip(CLOSE)) {
      if (this.skip(SPACE)) continue;
      const name = this.atom("item").toUpperCase();
      pairs.set(name, this.space().value());
    }
    return pairs;
  }

  /** `[NAME value …] ` when it is there. */
  code(): ResponseCode | undefined {
    const from = this.at;
    if (!this.skip(OPEN_SQUARE)) return undefined;
    try {
      const name = this.atom("code").toUpperCase();
      const values: ImapValue[] = [];
      while (!this.skip(CLOSE_SQUARE)) if (!this.skip(SPACE)) values.push(this.value("code"));
      this.skip(SPACE);
      return { name, values };
    } catch (problem) {
      if (!(problem instanceof ValueProblem)) throw problem;
      // Text that only looks like a code is text.
      this.at = from;
      return undefined;
    }
  }

  #quoted(): Uint8Array {
    const from = ++this.at;
    const bytes = this.#bytes;
    let isEscaped = false;
    for (let at = from; at < this.#end; at++) {
      const octet = bytes[at];
      if (octet === BACKSLASH) {
        isEscaped = true;
        at++;
      } else if (octet === QUOTE) {
        this.at = at + 1;
        const raw = bytes.subarray(from, at);
        return isEscaped ? Buffer.from(raw.toString("latin1").replaceAll(/\\(.)/gs, "$1"), "latin1") : raw;
      }
    }
    throw new ValueProblem("a string does not end");
  }

  #literal(): Uint8Array {
    const head = /^\{(\d{1,15})\}\r?\n/.exec(
      this.#bytes.toString("latin1", this.at, Math.min(this.#end, this.at + 20)),
    );
    if (head === null) throw new ValueProblem("a literal has no size");
    const from = this.at + head[0].length;
    const to = from + Number(head[1]);
    if (to > this.#end) throw new ValueProblem("a literal is longer than its response");
    this.at = to;
    return this.#bytes.subarray(from, to);
  }
}
