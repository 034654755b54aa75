/**
 * Domain names as values: presentation text, absolute, without the trailing dot; the root is ".". A byte that is not
 * plain is escaped as in a zone file, so a dot inside a label survives. Labels in parts have one character per byte.
 * Nothing here throws; a text that is no name is an answer.
 */
import { fromUtf8, latin1 } from "../../base/bytes.ts";
import { err, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";

/** Limit: RFC 1035 §2.3.4, the two top bits of a length mark a pointer. */
export const LABEL_BYTES_MAX = 63;
/** Limit: RFC 1035 §2.3.4, on the wire, lengths and the root included. */
export const NAME_BYTES_MAX = 255;

const PLAIN_LABEL = /^[A-Za-z0-9_*/+-]+$/;
const SPECIAL = /[."\\;()@$]/;

/**
 *     <domain>      ::= "." | <label> *( "." <label> ) [ "." ]
 *     <label-char>  ::= any byte | "\" DIGIT DIGIT DIGIT | "\" any        ; RFC 1035 §5.1
 *
 * The labels of a name, one character per byte; what is not ASCII becomes its UTF-8 bytes. The error says why it is no name.
 */
export function parseName(text: string): Result<string[], string> {
  if (text === ".") return ok([]);
  if (text === "") return err("an empty name");
  const split = text.includes("\\") ? splitEscaped(text) : splitPlain(text);
  if (!split.ok) return split;
  const labels = split.value;
  let sizeBytes = 1;
  for (const label of labels) {
    if (label === "") return err(`an empty label in "${text}"`);
    if (label.length > LABEL_BYTES_MAX)
      return err(`a label of "${text}" is longer than ${LABEL_BYTES_MAX} bytes`);
    sizeBytes += label.length + 1;
  }
  return sizeBytes > NAME_BYTES_MAX ? err(`"${text}" is longer than ${NAME_BYTES_MAX} bytes`) : ok(labels);
}

/** Labels (one character per byte) as text. */
export function formatName(labels: readonly string[]): string {
  if (labels.length === 0) return ".";
  let text = formatLabel(labels[0] as string);
  for (let i = 1; i < labels.length; i++) text += `.${formatLabel(labels[i] as string)}`;
  return text;
}

/** The one spelling under which names are compared: lower case, no trailing dot (RFC 4343). Text that is no name is only lowered. */
export function canonicalName(text: string): string {
  if (text === ".") return text;
  if (/^[\x21-\x5b\x5d-\x7e]*$/.test(text)) {
    const lower = text.toLowerCase();
    return lower.endsWith(".") ? lower.slice(0, -1) : lower;
  }
  const parsed = parseName(text);
  return parsed.ok ? formatName(parsed.value).toLowerCase() : text.toLowerCase();
}

export function sameName(a: string, b: string): boolean {
  return a === b || canonicalName(a) === canonicalName(b);
}

/** With its trailing dot, as zone files and dig write it. */
export function absoluteName(name: string): string {
  return name.endsWith(".") && !endsEscaped(name) ? name : `${name}.`;
}

/** The name above, or undefined above the root. */
export function parentName(name: string): string | undefined {
  if (name === ".") return undefined;
  for (let at = name.indexOf("."); at !== -1; at = name.indexOf(".", at + 1)) {
    if (!escapedAt(name, at)) return at === name.length - 1 ? "." : name.slice(at + 1);
  }
  return ".";
}

/** Whether `name` is `ancestor` or below it. Both canonical. */
export function isWithin(name: string, ancestor: string): boolean {
  if (ancestor === "." || name === ancestor) return true;
  const at = name.length - ancestor.length - 1;
  return at > 0 && name.charCodeAt(at) === 0x2e && name.endsWith(ancestor) && !escapedAt(name, at);
}

/** `below` put under `above`; either may be the root. */
export function joinNames(below: string, above: string): string {
  if (below === ".") return above;
  return above === "." ? below : `${below}.${above}`;
}

function escapedAt(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

/** Whether the last dot belongs to the last label. */
export function endsEscaped(name: string): boolean {
  return escapedAt(name, name.length - 1);
}

function splitPlain(text: string): Result<string[], string> {
  // What is not ASCII goes as its UTF-8 bytes, one character each; a domain in Unicode is made an A-label by the caller.
  const bytes = /^[\x00-\x7f]*$/.test(text) ? text : latin1(fromUtf8(text));
  const labels = bytes.split(".");
  if (labels.at(-1) === "") labels.pop();
  return ok(labels);
}

function splitEscaped(text: string): Result<string[], string> {
  const bytes = latin1(fromUtf8(text));
  const labels: string[] = [];
  let label = "";
  let open = false;
  for (let i = 0; i < bytes.length; i++) {
    const character = bytes.charAt(i);
    if (character === ".") {
      labels.push(label);
      label = "";
      open = false;
      continue;
    }
    open = true;
    if (character !== "\\") {
      label += character;
      continue;
    }
    const escape = readEscape(bytes, i);
    if (escape === undefined)
      return err(`"${text}" has a broken escape: expected \\DDD (000 to 255) or \\ and a character`);
    label += escape.character;
    i = escape.last;
  }
  if (open) labels.push(label);
  return ok(labels);
}

/** Reads the escape whose backslash is at `at`: the byte it stands for, and the index of its last character. */
export function readEscape(text: string, at: number): { character: string; last: number } | undefined {
  const digits = text.slice(at + 1, at + 4);
  if (/^\d/.test(digits)) {
    if (!/^\d{3}$/.test(digits) || Number(digits) > 255) return undefined;
    return { character: String.fromCharCode(Number(digits)), last: at + 3 };
  }
  return digits === "" ? undefined : { character: digits.charAt(0), last: at + 1 };
}

function formatLabel(label: string): string {
  if (PLAIN_LABEL.test(label)) return label;
  let text = "";
  for (const character of label) {
    const code = character.charCodeAt(0);
    if (code < 0x21 || code > 0x7e) text += `\\${String(code).padStart(3, "0")}`;
    else text += SPECIAL.test(character) ? `\\${character}` : character;
  }
  return text;
}
