/**
 * The fields of one record in text (RFC 1035 §5.1), read one after the other with the place of each, so that an error
 * can say where and what was expected. Throws only `TextError`, which zone-file.ts turns into an answer.
 */
import { fromLatin1, fromUtf8, latin1 } from "../../base/bytes.ts";
import { absoluteName, endsEscaped, joinNames, parseName, formatName, readEscape } from "./name.ts";

/** One word, or one quoted string; `raw` still has its escapes. */
export type Token = {
  readonly raw: string;
  readonly quoted: boolean;
  readonly line: number;
  readonly column: number;
};

export type TextProblem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly expected: string;
};

/** A text that is no record; never seen outside this folder. */
export class TextError extends Error {
  readonly problem: TextProblem;
  constructor(at: { line: number; column: number }, message: string, expected: string) {
    super(message);
    this.problem = { line: at.line, column: at.column, message, expected };
  }
}

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** Limit: RFC 2181 §8, a TTL is 31 bits. */
const TTL_SECONDS_MAX = 2 ** 31 - 1;

/** `3600`, `1h`, `1d12h`: seconds, or undefined for what is no time. */
export function parseTtl(text: string): number | undefined {
  if (!/^(\d+|(\d+[smhdw])+)$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw]?)/gi))
    seconds += Number(count) * (UNIT_SECONDS[(unit ?? "").toLowerCase()] ?? 1);
  return seconds > TTL_SECONDS_MAX ? undefined : seconds;
}

export class TextFields {
  readonly #tokens: readonly Token[];
  #next = 0;
  /** What relative names hang under; `undefined` when there is none. */
  readonly origin: string;
  /** Called with each relative name read, and what it became. */
  readonly #onRelative: ((token: Token, name: string) => void) | undefined;
  readonly #end: { line: number; column: number };

  constructor(
    tokens: readonly Token[],
    origin: string,
    end: { line: number; column: number },
    onRelative?: (token: Token, name: string) => void,
  ) {
    this.#tokens = tokens;
    this.origin = origin;
    this.#end = end;
    this.#onRelative = onRelative;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  token(expected: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new TextError(this.#end, "the record ends too early", expected);
    this.#next++;
    return token;
  }

  fail(token: Token, expected: string): never {
    throw new TextError(token, `"${token.raw}" does not belong here`, expected);
  }

  rest(): Token[] {
    const tokens = this.#tokens.slice(this.#next);
    this.#next = this.#tokens.length;
    return tokens;
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  end(): void {
    const extra = this.peek();
    if (extra !== undefined) this.fail(extra, "the end of the record");
  }

  integer(max: number, what: string): number {
    const expected = `${what} (0 to ${max})`;
    const token = this.token(expected);
    if (token.quoted || !/^\d{1,10}$/.test(token.raw) || Number(token.raw) > max) this.fail(token, expected);
    return Number(token.raw);
  }

  seconds(what: string): number {
    const expected = `${what} in seconds, or with units as in 1h30m`;
    const token = this.token(expected);
    const seconds = token.quoted ? undefined : parseTtl(token.raw);
    return seconds ?? this.fail(token, expected);
  }

  name(what: string): string {
    return this.nameOf(this.token(what), what);
  }

  /** `@` is the origin; a name without a trailing dot is relative to it. */
  nameOf(token: Token, what: string): string {
    if (token.quoted) this.fail(token, what);
    if (token.raw === "@") return this.origin;
    const parsed = parseName(token.raw);
    if (!parsed.ok) throw new TextError(token, parsed.error, what);
    const name = formatName(parsed.value);
    if (token.raw.endsWith(".") && !endsEscaped(token.raw)) return name;
    const full = joinNames(name, this.origin);
    const checked = parseName(absoluteName(full));
    if (!checked.ok) throw new TextError(token, checked.error, what);
    this.#onRelative?.(token, full);
    return full;
  }

  /** One word or quoted string, escapes undone, one character per byte. */
  string(what: string, lengthMax = 255): string {
    const token = this.token(what);
    const text = unescapeText(token.raw);
    if (text === undefined)
      throw new TextError(
        token,
        `"${token.raw}" has a broken escape`,
        "\\DDD (000 to 255) or \\ and a character",
      );
    if (text.length > lengthMax)
      throw new TextError(
        token,
        `a string of ${text.length} bytes`,
        `at most ${lengthMax} bytes; write several strings`,
      );
    return text;
  }

  /** What is left, as hexadecimal with blanks anywhere. */
  hexRest(what: string): Uint8Array {
    const expected = `${what} in hexadecimal`;
    const first = this.token(expected);
    const text = [first, ...this.rest()].map((token) => token.raw).join("");
    if (!/^([0-9a-f]{2})+$/i.test(text)) this.fail(first, expected);
    return new Uint8Array(Buffer.from(text, "hex"));
  }

  /** What is left, as base 64 with blanks anywhere. */
  base64Rest(what: string): Uint8Array {
    const expected = `${what} in base 64`;
    const first = this.token(expected);
    const text = [first, ...this.rest()].map((token) => token.raw).join("");
    if (!/^([0-9a-z+/]{4})*([0-9a-z+/]{2}==|[0-9a-z+/]{3}=)?$/i.test(text)) this.fail(first, expected);
    return new Uint8Array(Buffer.from(text, "base64"));
  }
}

/** Undoes the escapes; characters beyond ASCII become their UTF-8 bytes. Undefined for a broken escape. */
export function unescapeText(raw: string): string | undefined {
  const bytes = /^[\x00-\x7f]*$/.test(raw) ? raw : latin1(fromUtf8(raw));
  if (!bytes.includes("\\")) return bytes;
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.charAt(i) !== "\\") {
      text += bytes.charAt(i);
      continue;
    }
    const escape = readEscape(bytes, i);
    if (escape === undefined) return undefined;
    text += escape.character;
    i = escape.last;
  }
  return text;
}

/** A string of bytes between quotes, as dig shows it. */
export function quoteText(text: string): string {
  let quoted = '"';
  for (const byte of fromLatin1(text)) {
    if (byte === 0x22 || byte === 0x5c) quoted += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x20 || byte > 0x7e) quoted += `\\${String(byte).padStart(3, "0")}`;
    else quoted += String.fromCharCode(byte);
  }
  return `${quoted}"`;
}

/** As dig: long data is cut into words of 56 characters, which every zone parser joins again. */
export function inWords(text: string): string {
  return text.replaceAll(/.{56}(?=.)/g, "$& ");
}

export function formatHex(bytes: Uint8Array): string {
  return inWords(Buffer.from(bytes).toString("hex").toUpperCase());
}
