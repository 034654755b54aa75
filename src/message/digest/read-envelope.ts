/** The ready-made ENVELOPE read back into values: for searching and sorting, which look at every message. Linear, never throws. */
import { latin1, utf8 } from "../../base/bytes.ts";
import { decodeWords } from "../header/encoded-word.ts";

export type EnvelopeAddress = {
  /** Encoded words still encoded. */
  readonly name: string | undefined;
  readonly mailbox: string | undefined;
  /** Undefined: begins or ends a group. */
  readonly host: string | undefined;
};

export type EnvelopeField = "from" | "sender" | "replyTo" | "to" | "cc" | "bcc";

/** Values as in the header: latin1, encoded words still encoded. */
export type Envelope = Readonly<Record<EnvelopeField, readonly EnvelopeAddress[]>> & {
  readonly date: string | undefined;
  readonly subject: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly messageId: string | undefined;
};

type Value = string | undefined | readonly Value[];

export function readEnvelope(bytes: Uint8Array): Envelope {
  const [value] = readList(latin1(bytes));
  const fields = Array.isArray(value) ? (value as readonly Value[]) : [];
  const text = (index: number): string | undefined => {
    const field = fields[index];
    return typeof field === "string" ? field : undefined;
  };
  const list = (index: number): EnvelopeAddress[] => {
    const field = fields[index];
    return Array.isArray(field) ? (field as readonly Value[]).map(addressOf) : [];
  };
  return {
    date: text(0),
    subject: text(1),
    from: list(2),
    sender: list(3),
    replyTo: list(4),
    to: list(5),
    cc: list(6),
    bcc: list(7),
    inReplyTo: text(8),
    messageId: text(9),
  };
}

/** `Ann Onym <ann@arch.test>, …`, decoded. */
export function showAddresses(addresses: readonly EnvelopeAddress[]): string {
  return addresses.map(showAddress).join(", ");
}

function showAddress({ name, mailbox = "", host }: EnvelopeAddress): string {
  const address = host === undefined ? mailbox : `${mailbox}@${host}`;
  return name === undefined ? address : `${decodeRawWords(name)} <${address}>`;
}

/** Latin1 text of a header as a person reads it: raw UTF-8 and encoded words decoded. */
export function decodeRawWords(raw: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  const text = /^[\0-\x7f]*$/.test(raw) ? raw : utf8(Buffer.from(raw, "latin1"));
  return text.includes("=?") ? decodeWords(text) : text;
}

function addressOf(value: Value): EnvelopeAddress {
  const [name, , mailbox, host] = Array.isArray(value) ? (value as readonly Value[]) : [];
  const string = (one: Value): string | undefined => (typeof one === "string" ? one : undefined);
  return { name: string(name), mailbox: string(mailbox), host: string(host) };
}

/** Strings, literals, NIL and brackets: all that an envelope is made of. */
function readList(text: string): Value[] {
  const stack: Value[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    const top = stack.at(-1) as Value[];
    if (character === "(") stack.push([]);
    else if (character === ")") {
      if (stack.length > 1) {
        stack.pop();
        stack.at(-1)?.push(top);
      }
    } else if (character === '"') {
      const end = closingQuote(text, at + 1);
      const inside = text.slice(at + 1, end);
      top.push(inside.includes("\\") ? inside.replaceAll(/\\(.)/g, "$1") : inside);
      at = end;
    } else if (character === "{") {
      const line = text.indexOf("\n", at);
      const length = Number.parseInt(text.slice(at + 1, line), 10) || 0;
      top.push(text.slice(line + 1, line + 1 + length));
      at = line + length;
    } else if (character === "N") {
      top.push(undefined);
      at += 2;
    }
    at++;
  }
  return stack[0] as Value[];
}

function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end > 0 && text.charAt(end - 1) === "\\") {
    let backslashes = 1;
    while (text.charAt(end - 1 - backslashes) === "\\") backslashes++;
    if (backslashes % 2 === 0) break;
    end = text.indexOf('"', end + 1);
  }
  return end < 0 ? text.length : end;
}
