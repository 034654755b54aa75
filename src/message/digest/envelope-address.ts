/**
 * Address lists as ENVELOPE has them: name and address in their pieces, as written, without quotes. What cannot be
 * read is passed over or comes as a local part alone; nothing is decoded. Blanks are those of ASCII: A0 is a part of a
 * letter in UTF-8. Linear, never throws.
 *
 *     address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
 *     ; a group begins with (NIL NIL "name" NIL) and ends with (NIL NIL NIL NIL)        ; RFC 9051 §7.5.2
 */
import { trimBlanks } from "../header/fields.ts";
import { imapString, nstring } from "./imap-text.ts";

/** Limit: more than any field has; one of 100,000 would make every FETCH carry them. */
const ADDRESSES_MAX = 5_000;

const SIMPLE =
  /^[\t-\r ]*(?:"?([^"\\<>(),:;@[\]\t-\r ](?:[^"\\<>(),:;@[\]]*[^"\\<>(),:;@[\]\t-\r ])?)"?[\t-\r ]*)?<([\w.+=~-]+)@([\w.-]+)>[\t-\r ]*$/;
/** One piece at a time: blanks, a quoted string, a comment's start, an angle address, a literal, a mark, or a word. */
const PIECE =
  /[\t-\r \0]+|"((?:[^"\\]|\\[^])*)"?|<([^>]*)>?|\[[^\]]*\]?|[,:;()@.<>]|[^\t-\r \0",:;()<>[@.]+|[^]/g;

type Piece = { readonly text: string; readonly quoted: boolean; readonly spaced: boolean };

/** `(…)(…)` without outer brackets; empty when there is none. */
export function envelopeAddresses(value: string): string {
  const simple = SIMPLE.exec(value);
  if (simple !== null) return address(simple[1], undefined, simple[2] ?? "", simple[3] ?? "");
  return simpleList(value) ?? new AddressScan(value).scan();
}

/** Undefined when some comma may be no separator, or an address wants a closer look. */
function simpleList(value: string): string | undefined {
  if (value.includes('"') || !value.includes(",")) return undefined;
  const pieces = value.split(",", ADDRESSES_MAX + 1);
  if (pieces.length > ADDRESSES_MAX) return undefined;
  let list = "";
  for (const piece of pieces) {
    const [, name = "", local = "", host = ""] = SIMPLE.exec(piece) ?? [];
    if (host === "" || /[^\x20-\x7e]|  /.test(name)) return undefined;
    list += address(name, undefined, local, host);
  }
  return list;
}

function address(name: string | undefined, route: string | undefined, local: string, host: string): string {
  return `(${nstring(name === "" ? undefined : name)} ${nstring(route)} ${imapString(local)} ${imapString(host)})`;
}

class AddressScan {
  readonly #value: string;
  #pieces: Piece[] = [];
  #angle: string | undefined;
  #comment = "";
  #inGroup = false;
  #count = 0;
  #out = "";

  constructor(value: string) {
    this.#value = value;
  }

  scan(): string {
    let spaced = false;
    PIECE.lastIndex = 0;
    for (const found of this.#value.matchAll(PIECE)) {
      if (found.index < this.#skipTo) continue;
      const [text] = found;
      if (/^[\t-\r \0]/.test(text)) {
        spaced = true;
        continue;
      }
      if (text === "(") this.#readComment(found.index);
      else if (text === ",") this.#flush();
      else if (text === ";") this.#endGroup();
      else if (text === ":" && !this.#inGroup && this.#angle === undefined) this.#startGroup();
      else if (found[2] !== undefined) this.#angle ??= found[2];
      else
        this.#pieces.push({
          text: found[1] === undefined ? text : unescape(found[1]),
          quoted: found[1] !== undefined,
          spaced,
        });
      spaced = false;
    }
    this.#flush();
    if (this.#inGroup) this.#endGroup();
    return this.#out;
  }

  #skipTo = 0;

  #readComment(start: number): void {
    let depth = 0;
    let at = start;
    for (; at < this.#value.length; at++) {
      const character = this.#value.charAt(at);
      if (character === "\\") at++;
      else if (character === "(") depth++;
      else if (character === ")" && --depth === 0) break;
    }
    this.#comment = trimBlanks(unescape(this.#value.slice(start + 1, at)));
    this.#skipTo = at + 1;
  }

  #startGroup(): void {
    const name = phrase(this.#pieces);
    this.#pieces = [];
    this.#inGroup = true;
    this.#out += `(NIL NIL ${imapString(name)} NIL)`;
  }

  #endGroup(): void {
    this.#flush();
    if (this.#inGroup) this.#out += "(NIL NIL NIL NIL)";
    this.#inGroup = false;
  }

  #flush(): void {
    const pieces = this.#pieces;
    const angle = this.#angle;
    const comment = this.#comment === "" ? undefined : this.#comment;
    this.#pieces = [];
    this.#angle = undefined;
    this.#comment = "";
    if ((pieces.length === 0 && angle === undefined) || ++this.#count > ADDRESSES_MAX) return;
    if (angle !== undefined) {
      const [, route, spec = ""] = /^[\t-\r ]*(?:(@[^:]*):)?([^]*)$/.exec(angle) ?? [];
      const { local, host } = splitAddress(spec.replaceAll(/[\t-\r \0]+/g, ""));
      this.#out += address(
        phrase(pieces) || comment,
        route === undefined ? undefined : trimBlanks(route),
        local,
        host,
      );
      return;
    }
    const text = pieces.map((piece) => (piece.quoted ? `"${piece.text}"` : piece.text)).join("");
    const { local, host } = splitAddress(text);
    this.#out += address(comment, undefined, local, host);
  }
}

function phrase(pieces: readonly Piece[]): string {
  return pieces.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join("");
}

/** At the last `@` outside quotes; without one all of it is the local part. */
function splitAddress(text: string): { local: string; host: string } {
  const quoted = /^"((?:[^"\\]|\\[^])*)"@([^]*)$/.exec(text);
  if (quoted !== null) return { local: unescape(quoted[1] ?? ""), host: quoted[2] ?? "" };
  const at = text.lastIndexOf("@");
  return at < 0 ? { local: text, host: "" } : { local: text.slice(0, at), host: text.slice(at + 1) };
}

function unescape(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\([^])/g, "$1") : text;
}
