/**
 * Looks once over a message's header, as reception must for every message: what it breaks of RFC 5322, and the few
 * values the envelope's owner needs. Works on offsets and never touches the body; each kind of problem is told once.
 * Which problems refuse a message is a setting's business.
 */
import { asBuffer } from "../base/bytes.ts";
import { parseAddressList } from "./address/address-list.ts";
import type { HeaderProblem, ProblemName } from "./header-problem.ts";
import { makeProblem } from "./header-problem.ts";
import { decodeRawText, unfold } from "./header/fields.ts";
import { LINE_OCTETS_MAX } from "./header/format.ts";
import { parseDate } from "./header/date.ts";
import { parseMessageId } from "./header/message-id.ts";

export type HeaderScan = {
  /** Offset of the body: after the empty line, or the end. */
  readonly bodyStart: number;
  /** With its brackets. */
  readonly messageId: string | undefined;
  /** Unfolded values, encoded words not decoded. */
  readonly subject: string | undefined;
  readonly from: string | undefined;
  /** Hops so far (RFC 5321 §6.3). */
  readonly receivedCount: number;
  readonly problems: readonly HeaderProblem[];
};

/** What nearly every From is: one address in brackets, and before it words that need no care. All else is parsed. */
const ONE_PLAIN_ADDRESS = /^[\w .-]*<[\w+-]+(?:\.[\w+-]+)*@[a-z\d]+(?:[.-][a-z\d]+)*\.[a-z]+>$/i;
/** Limit: no part of an address this short can be too long (RFC 5321 §4.5.3.1). */
const PLAIN_ADDRESS_LENGTH_MAX = 64;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Fields that may stand once (RFC 5322 §3.6), by lower-case name. */
const SINGLETONS = [
  "date",
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "message-id",
  "in-reply-to",
  "references",
  "subject",
] as const;
type Singleton = (typeof SINGLETONS)[number];
/** The names looked for, by their length, as bytes: compared in place, so that a field costs no string. */
const NAMES_BY_LENGTH: readonly (readonly FieldName[])[] = [...SINGLETONS, "received" as const].reduce<
  FieldName[][]
>((byLength, name) => {
  (byLength[name.length] ??= []).push({ name, bytes: Buffer.from(name, "latin1") });
  return byLength;
}, []);
type FieldName = { readonly name: Singleton | "received"; readonly bytes: Buffer };

/** `smtputf8`: the transaction allows UTF-8 in headers (RFC 6531 §3.1). */
export function scanHeader(bytes: Uint8Array, options?: { readonly smtputf8?: boolean }): HeaderScan {
  const scan = new Scan(asBuffer(bytes));
  const bodyStart = scan.lines();
  const { from, messageId } = scan.judge(options?.smtputf8 ?? false);
  return {
    bodyStart,
    messageId,
    subject: scan.value("subject"),
    from,
    receivedCount: scan.receivedCount,
    problems: scan.problems,
  };
}

/** The state of one look; lives for one call. */
class Scan {
  readonly problems: HeaderProblem[] = [];
  receivedCount = 0;
  readonly #bytes: Buffer;
  /** Offsets of the first field of each name: value start, end. */
  readonly #found = new Map<Singleton, [number, number]>();
  #current: [number, number] | undefined;
  #inField = false;
  #line = 0;
  /** Once for each kind; a duplicate once for each name. */
  readonly #told = new Set<string>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Goes over the lines up to the empty one; returns where the body starts. */
  lines(): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    let start = 0;
    while (start < length) {
      this.#line++;
      let at = start;
      let colon = -1;
      let isName = true; // so far only characters a field name may hold
      for (; at < length; at++) {
        const byte = bytes[at] as number;
        if (byte === LF) break;
        if (byte === COLON) {
          if (colon < 0 && isName) colon = at;
          isName = false;
        } else if (byte < 33) {
          if (byte !== 0x20 && byte !== 0x09) this.#control(byte, at);
          isName = isName && (byte === 0x20 || byte === 0x09) && at > start && isBlankUntilColon(bytes, at);
        } else if (byte > 126) {
          if (byte > 127) this.#tell("header-8bit");
          isName = false;
        }
      }
      const hasCr = at > start && bytes[at - 1] === CR;
      if (at < length && !hasCr) this.#tell("bare-lf");
      const end = hasCr && at < length ? at - 1 : at;
      if (end === start) return Math.min(at + 1, length);
      if (end - start > LINE_OCTETS_MAX) this.#tell("long-line");
      this.#field(start, colon, end);
      start = at + 1;
    }
    return length;
  }

  /** The checks that need the whole header; gives the values it had to read for them. */
  judge(smtputf8: boolean): Pick<HeaderScan, "from" | "messageId"> {
    if (smtputf8) {
      const index = this.problems.findIndex((found) => found.problem === "header-8bit");
      if (index >= 0) this.problems.splice(index, 1);
    }
    this.#line = 0;
    if (this.#bytes.length === 0) this.#tell("empty-message");
    const from = this.value("from");
    if (from === undefined) this.#tell("missing-from");
    else this.#judgeFrom(from);
    const date = this.value("date");
    if (date === undefined) this.#tell("missing-date");
    else if (parseDate(date) === undefined) this.#tell("bad-date");
    const messageId = this.#messageId();
    if (!this.#found.has("message-id")) this.#tell("missing-message-id");
    else if (messageId === undefined) this.#tell("bad-message-id");
    return { from, messageId };
  }

  value(name: Singleton): string | undefined {
    const range = this.#found.get(name);
    return range === undefined
      ? undefined
      : unfold(decodeRawText(this.#bytes.toString("latin1", ...range))).trim();
  }

  #messageId(): string | undefined {
    const value = this.value("message-id");
    return value === undefined ? undefined : parseMessageId(value);
  }

  #judgeFrom(from: string): void {
    if (from.length <= PLAIN_ADDRESS_LENGTH_MAX && ONE_PLAIN_ADDRESS.test(from)) return;
    const { addresses } = parseAddressList(from);
    if (!addresses.some((address) => address.mailbox !== undefined)) this.#tell("from-without-address");
    else if (addresses.length > 1 && !this.#found.has("sender")) this.#tell("missing-sender");
  }

  #field(start: number, colon: number, end: number): void {
    const first = this.#bytes[start];
    if (first === 0x20 || first === 0x09) {
      if (!this.#inField) this.#tell("not-a-field");
      else if (this.#current !== undefined) this.#current[1] = end;
      return;
    }
    this.#current = undefined;
    this.#inField = colon > start;
    if (!this.#inField) return this.#tell("not-a-field");
    const name = knownName(this.#bytes, start, colon);
    if (name === undefined) return;
    if (name === "received") {
      this.receivedCount++;
      return;
    }
    if (this.#found.has(name)) return this.#tell("duplicate-field", name);
    this.#current = [colon + 1, end];
    this.#found.set(name, this.#current);
  }

  #control(byte: number, at: number): void {
    if (byte === 0) this.#tell("nul");
    else if (byte === CR && this.#bytes[at + 1] !== LF) this.#tell("bare-cr");
  }

  #tell(problem: ProblemName, field?: string): void {
    const key = field === undefined ? problem : `${problem} ${field}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problems.push(makeProblem(problem, this.#line === 0 ? undefined : this.#line, field));
  }
}

/** Which of the names looked for stands before the colon, in any case. */
function knownName(bytes: Buffer, start: number, colon: number): Singleton | "received" | undefined {
  let end = colon;
  while (end > start && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  for (const candidate of NAMES_BY_LENGTH[end - start] ?? []) {
    let at = 0;
    // 0x20 makes a capital small; among the bytes of these names it makes nothing else equal.
    while (at < candidate.bytes.length && ((bytes[start + at] as number) | 0x20) === candidate.bytes[at])
      at++;
    if (at === candidate.bytes.length) return candidate.name;
  }
  return undefined;
}

/** RFC 5322 §4.5: blanks may stand between name and colon. */
function isBlankUntilColon(bytes: Buffer, from: number): boolean {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  return bytes[at] === COLON;
}
