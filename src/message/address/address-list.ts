/**
 * Address lists of header fields (RFC 5322 §3.4): From, To, Cc and the like, with groups, comments and encoded words.
 * Reads what it can in one forward scan; what it cannot is told in `problems`. Never throws.
 *
 *     address-list = (address *("," address)) / obs-addr-list
 *     address      = mailbox / group
 *     mailbox      = [display-name] "<" addr-spec ">" / addr-spec
 *     group        = display-name ":" [group-list] ";"
 */
import { decodeWords } from "../header/encoded-word.ts";
import { formatPhrase } from "../header/format.ts";
import type { Mailbox } from "./address.ts";
import { parseMailbox } from "./path.ts";

export type HeaderAddress = {
  /** The display name, decoded; without one, the comment of the old style `a@b.test (Ann)`; else empty. */
  readonly name: string;
  /** As written, without brackets, blanks and comments. */
  readonly address: string;
  /** Undefined when the address is none by RFC 5321. */
  readonly mailbox: Mailbox | undefined;
  /** The name of the group it stands in. */
  readonly group?: string | undefined;
};

export type AddressList = {
  readonly addresses: readonly HeaderAddress[];
  /** One sentence each. */
  readonly problems: readonly string[];
};

// Limit: more than any real field has; the rest is dropped with a problem.
const ADDRESSES_MAX = 10_000;

/** A word of a phrase or address, as written and as meant. */
type Token = { readonly raw: string; readonly text: string; readonly quoted: boolean };

type Entry = { tokens: Token[]; comment: string; angle: string | undefined };

/** `value` is an unfolded field value, encoded words not yet decoded. */
export function parseAddressList(value: string): AddressList {
  const addresses: HeaderAddress[] = [];
  const problems: string[] = [];
  let group: string | undefined;
  let entry = emptyEntry();
  const flush = (): void => {
    const read = toAddress(entry, group, problems);
    if (read !== undefined && addresses.length < ADDRESSES_MAX) addresses.push(read);
    entry = emptyEntry();
  };
  for (let at = 0; at < value.length;) {
    const character = value.charAt(at);
    switch (character) {
      case " ":
      case "\t":
      case "\r":
      case "\n":
        at++;
        break;
      case ",":
        flush();
        at++;
        break;
      case ";": // Lenient: also between addresses, as some programs write it.
        flush();
        group = undefined;
        at++;
        break;
      case ":":
        if (entry.angle === undefined && group === undefined) {
          group = phrase(entry.tokens);
          entry = emptyEntry();
        }
        at++;
        break;
      case "(": {
        const end = closeComment(value, at);
        entry.comment = value.slice(at + 1, end - 1).trim();
        at = end;
        break;
      }
      case '"': {
        const end = closeQuote(value, at);
        const raw = value.slice(at, end);
        entry.tokens.push({ raw, text: raw.slice(1, -1).replaceAll(/\\(.)/g, "$1"), quoted: true });
        at = end;
        break;
      }
      case "<": {
        const end = closeAngle(value, at);
        entry.angle = value.slice(at + 1, value.charAt(end - 1) === ">" ? end - 1 : end);
        if (value.charAt(end - 1) !== ">") problems.push("An address in angle brackets is not closed.");
        at = end;
        break;
      }
      default: {
        const end = atomEnd(value, at);
        const raw = value.slice(at, end);
        entry.tokens.push({ raw, text: raw, quoted: false });
        at = end;
      }
    }
  }
  flush();
  if (addresses.length === ADDRESSES_MAX)
    problems.push(`Only the first ${ADDRESSES_MAX} addresses are read.`);
  return { addresses, problems };
}

/** `Ann Onym <ann@arch.test>`, `"Onym, Ann" <ann@arch.test>`; the address must already be valid. */
export function formatHeaderAddress(name: string, address: string, utf8 = false): string {
  const clean = address.replaceAll(/[\0-\x20<>\x7f]/g, "");
  return name === "" ? clean : `${formatPhrase(name, utf8)} <${clean}>`;
}

function emptyEntry(): Entry {
  return { tokens: [], comment: "", angle: undefined };
}

function toAddress(entry: Entry, group: string | undefined, problems: string[]): HeaderAddress | undefined {
  if (entry.angle !== undefined) {
    const address = stripRoute(entry.angle.replaceAll(/^[\s]+|[\s]+$/g, ""));
    const name = phrase(entry.tokens) || decodeWords(entry.comment);
    return finish(name, address, group, problems);
  }
  if (entry.tokens.length === 0) return undefined;
  const words = joinAtDots(entry.tokens);
  const index = words.findLastIndex(
    (word) => word.raw.includes("@") && !(word.quoted && !word.raw.includes('"@')),
  );
  const word = words[index];
  if (word === undefined) {
    problems.push(`'${phrase(entry.tokens).slice(0, 100)}' is not an address.`);
    return undefined;
  }
  // Lenient: `Ann Onym ann@arch.test`, a name and an address without brackets.
  const name = phrase(words.filter((_, at) => at !== index)) || decodeWords(entry.comment);
  return finish(name, word.raw, group, problems);
}

function finish(name: string, address: string, group: string | undefined, problems: string[]): HeaderAddress {
  const parsed = parseMailbox(address);
  if (!parsed.ok) problems.push(`'${address.slice(0, 100)}' is not an address: ${parsed.error.text}`);
  const mailbox = parsed.ok ? parsed.value : undefined;
  return group === undefined ? { name, address, mailbox } : { name, address, mailbox, group };
}

function phrase(tokens: readonly Token[]): string {
  return decodeWords(tokens.map((token) => token.text).join(" ")).trim();
}

/** RFC 5322 §4.4 lets blanks and comments stand around the dots and the `@` of an address. */
function joinAtDots(tokens: readonly Token[]): Token[] {
  const words: Token[] = [];
  for (const token of tokens) {
    const last = words.at(-1);
    if (last !== undefined && (/^[.@]/.test(token.raw) || /[.@]$/.test(last.raw))) {
      words[words.length - 1] = {
        raw: last.raw + token.raw,
        text: last.text + token.text,
        quoted: last.quoted,
      };
    } else words.push(token);
  }
  return words;
}

function stripRoute(address: string): string {
  if (!address.startsWith("@")) return address;
  const colon = address.indexOf(":");
  return colon < 0 ? address : address.slice(colon + 1);
}

function atomEnd(value: string, start: number): number {
  let at = start;
  let literal = false; // inside [ ], where ":" is no group
  for (; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "[") literal = true;
    else if (character === "]") literal = false;
    else if (literal && character !== ",") continue;
    if (/[\s",:;(<]/.test(character)) break;
  }
  return Math.max(at, start + 1);
}

function closeQuote(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "\\") at++;
    else if (character === '"') return at + 1;
  }
  return value.length;
}

function closeComment(value: string, start: number): number {
  let depth = 0;
  for (let at = start; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "\\") at++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at + 1;
  }
  return value.length;
}

function closeAngle(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === '"') at = closeQuote(value, at) - 1;
    else if (character === ">") return at + 1;
  }
  return value.length;
}
