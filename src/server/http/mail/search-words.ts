/**
 * What a person types into the search box, as a tree: operators, phrases, `-` and NOT, OR, brackets. Pure and linear; what
 * is wrong comes back with the place where it is.
 *
 *     query  = branch *( "OR" branch )
 *     branch = 1*term
 *     term   = [ "-" / "NOT" ] ( "(" query ")" / [ operator ":" ] ( word / DQUOTE *phrase DQUOTE ) )
 */
import { err, ok, type Result } from "../../../base/result.ts";
import { readOperator } from "./search-operators.ts";
import type { SearchContext, SearchTree } from "./search-tree.ts";

export type SearchProblem = {
  /** Characters from the start, from 0. */
  readonly at: number;
  readonly message: string;
};

/** Limit: a person types a few; each is tried on every message. */
const TERMS_MAX = 50;
const DEPTH_MAX = 10;

export function parseSearch(text: string, context: SearchContext): Result<SearchTree, SearchProblem> {
  const reader = new SearchReader(text, context);
  try {
    return ok(reader.whole());
  } catch (error) {
    if (error instanceof Wrong) return err({ at: error.at, message: error.message });
    throw error;
  }
}

class Wrong extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class SearchReader {
  readonly #text: string;
  readonly #context: SearchContext;
  #at = 0;
  #terms = 0;

  constructor(text: string, context: SearchContext) {
    this.#text = text;
    this.#context = context;
  }

  whole(): SearchTree {
    this.#blanks();
    if (this.#at === this.#text.length) return { kind: "all" };
    const tree = this.#query(0);
    if (this.#at < this.#text.length) throw new Wrong(this.#at, "this bracket closes nothing");
    return tree;
  }

  #query(depth: number): SearchTree {
    if (depth > DEPTH_MAX) throw new Wrong(this.#at, `brackets go ${DEPTH_MAX} deep at most`);
    const branches = [this.#branch(depth)];
    while (this.#word("OR")) branches.push(this.#branch(depth));
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { kind: "or", of: branches };
  }

  #branch(depth: number): SearchTree {
    const terms: SearchTree[] = [];
    const start = this.#at;
    for (;;) {
      this.#blanks();
      const next = this.#text.charAt(this.#at);
      if (next === "" || next === ")" || this.#peek("OR")) break;
      terms.push(this.#term(depth));
    }
    const [only] = terms;
    if (only === undefined)
      throw new Wrong(
        Math.min(start, Math.max(0, this.#text.length - 1)),
        "something to search for is missing here",
      );
    return terms.length === 1 ? only : { kind: "and", of: terms };
  }

  #term(depth: number): SearchTree {
    if (++this.#terms > TERMS_MAX) throw new Wrong(this.#at, `a search has ${TERMS_MAX} terms at most`);
    const next = this.#text.charAt(this.#at);
    if (next === "-" && /[^\s-]/.test(this.#text.charAt(this.#at + 1))) {
      this.#at++;
      return { kind: "not", of: this.#term(depth) };
    }
    if (this.#word("NOT")) {
      this.#blanks();
      if (this.#at === this.#text.length) throw new Wrong(this.#at - 1, "NOT what?");
      return { kind: "not", of: this.#term(depth) };
    }
    if (next !== "(") return this.#plain();
    const open = this.#at++;
    const tree = this.#query(depth + 1);
    this.#blanks();
    if (this.#text.charAt(this.#at) !== ")") throw new Wrong(open, "this bracket is not closed");
    this.#at++;
    return tree;
  }

  #plain(): SearchTree {
    const start = this.#at;
    const operator = /[A-Za-z]+(?=:[^\s])/y;
    operator.lastIndex = start;
    const name = operator.exec(this.#text)?.[0].toLowerCase();
    if (name === undefined) return { kind: "words", text: this.#value() };
    // What is no operator is a word with a colon in it: `http://…`, `12:30`.
    const read = readOperator(name);
    if (read === undefined) return { kind: "words", text: this.#value() };
    this.#at = start + name.length + 1;
    const valueAt = this.#at;
    const answer = read(this.#value(), this.#context);
    if (typeof answer === "string") throw new Wrong(valueAt, answer);
    return answer;
  }

  /** A phrase in quotes or a word. */
  #value(): string {
    const start = this.#at;
    if (this.#text.charAt(start) !== '"') {
      const word = /[^\s()"]+/y;
      word.lastIndex = start;
      const found = word.exec(this.#text)?.[0];
      if (found === undefined) throw new Wrong(start, "a word or a phrase in quotes is missing here");
      this.#at = start + found.length;
      return found;
    }
    const end = this.#text.indexOf('"', start + 1);
    if (end < 0) throw new Wrong(start, "this quote is not closed");
    this.#at = end + 1;
    return this.#text.slice(start + 1, end);
  }

  #blanks(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #peek(word: string): boolean {
    return (
      this.#text.startsWith(word, this.#at) && /^(?:[\s()]|$)/.test(this.#text.charAt(this.#at + word.length))
    );
  }

  #word(word: string): boolean {
    this.#blanks();
    if (!this.#peek(word)) return false;
    this.#at += word.length;
    return true;
  }
}
