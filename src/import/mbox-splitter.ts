/**
 * Cuts an mbox (RFC 4155) into messages as its bytes come: a line that begins with "From " behind an empty line, with a
 * time and a year in it, begins one. `>From ` lines lose one `>` (mboxrd). Pure; holds one message at a time.
 */
import { Fault } from "../base/fault.ts";
import { lineFeedsToCrlf } from "../message/line-ends.ts";

export type MboxMessage = {
  /** With CRLF. */
  readonly content: Uint8Array;
  /** Of its From_ line, ms since 1970 UTC. */
  readonly receivedAt: number | undefined;
  /** Octets of the file that it takes, its From_ line and all. */
  readonly fileBytes: number;
};

const LF = 0x0a;
const CR = 0x0d;
const FROM = Buffer.from("From ");
/** Limit: one message; more is no mbox. */
const MESSAGE_BYTES_MAX = 512 * 1024 * 1024;
/** `From ann@arch.test Mon Nov 23 10:00:00 2026`, with seconds and a zone or without. */
const FROM_LINE =
  /^From .*?(\w{3})\s+(\d{1,2})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s+(?:([A-Z]{1,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}|[A-Z]{1,5}))?\s*$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export class MboxSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #lines: Buffer[] = [];
  #bytes = 0;
  #receivedAt: number | undefined;
  #isInside = false;
  #wasEmpty = true;

  /** Throws Fault "io" when the bytes do not begin like an mbox. */
  push(bytes: Uint8Array): MboxMessage[] {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const done: MboxMessage[] = [];
    let from = 0;
    for (let end = all.indexOf(LF); end >= 0; end = all.indexOf(LF, from)) {
      this.#line(all.subarray(from, end + 1), done);
      from = end + 1;
    }
    this.#rest = all.subarray(from);
    if (this.#bytes + this.#rest.length > MESSAGE_BYTES_MAX)
      throw new Fault("overload", `a message is larger than ${MESSAGE_BYTES_MAX} bytes: this is no mbox`);
    return done;
  }

  /** The last message, when the file has ended. */
  end(): MboxMessage[] {
    const done: MboxMessage[] = [];
    if (this.#rest.length > 0) this.#line(this.#rest, done);
    this.#rest = Buffer.alloc(0);
    this.#finish(done);
    return done;
  }

  #line(line: Buffer, done: MboxMessage[]): void {
    const at =
      this.#wasEmpty && startsWith(line, 0) ? fromLineTime(line.toString("latin1").trimEnd()) : "none";
    if (at !== "none") {
      this.#finish(done);
      this.#isInside = true;
      this.#receivedAt = at;
    } else if (this.#isInside) this.#lines.push(unquoted(line));
    else if (line.length > 2) throw new Fault("io", 'it does not begin with a "From " line: this is no mbox');
    this.#bytes += line.length;
    this.#wasEmpty = line.length <= 2 && (line[0] === LF || line[0] === CR);
  }

  #finish(done: MboxMessage[]): void {
    if (this.#isInside) {
      // The empty line in front of the next From_ line is the mbox's, not the message's.
      const last = this.#lines.at(-1);
      if (this.#wasEmpty && last !== undefined && last.length <= 2) this.#lines.pop();
      const content = lineFeedsToCrlf(Buffer.concat(this.#lines));
      if (!isInternal(content)) done.push({ content, receivedAt: this.#receivedAt, fileBytes: this.#bytes });
    }
    this.#lines = [];
    this.#bytes = 0;
  }
}

/** Some servers keep their own numbers in a first "message" (c-client, Dovecot). */
function isInternal(content: Uint8Array): boolean {
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 1_000)).toString(
    "latin1",
  );
  return /^Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r$/m.test(head);
}

function startsWith(line: Buffer, at: number): boolean {
  return line.length > at + FROM.length && FROM.compare(line, at, at + FROM.length) === 0;
}

/** A `>` less, where there are only `>` before "From ". */
function unquoted(line: Buffer): Buffer {
  let at = 0;
  while (line[at] === 0x3e) at++;
  return at > 0 && startsWith(line, at) ? line.subarray(1) : line;
}

/** Undefined: a From_ line without a time that can be; "none": no From_ line. */
function fromLineTime(line: string): number | undefined | "none" {
  const parts = FROM_LINE.exec(line);
  if (parts === null) return "none";
  const [, month = "", day = "", hour = "", minute = "", second = "0", , year = ""] = parts;
  const zone = parts[8] ?? parts[6] ?? "";
  const index = MONTHS.indexOf(month);
  if (index < 0) return "none";
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  return at < 0 ? undefined : at - zoneMs(zone);
}

/** Names of zones are taken for UTC: they mean different things in different places. */
function zoneMs(zone: string): number {
  const parts = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (parts === null) return 0;
  return (Number(parts[2]) * 60 + Number(parts[3])) * 60_000 * (parts[1] === "-" ? -1 : 1);
}
